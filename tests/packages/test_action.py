"""The GitHub Action: its steps are run here as a runner runs them, and the steps that follow find a
server.
"""

import json
import os
import re
import shutil
import signal
import sys
import unittest

import yaml
from parcel import BINARIES, PACKAGING, Case, run, tool

ACTION = PACKAGING / "github-action"
SDK = """
import os, oci
config = oci.config.from_file(os.environ["FILE"], os.environ["PROFILE"])
client = oci.identity.IdentityClient(config, service_endpoint=os.environ["ENDPOINT"])
print(client.get_tenancy(os.environ["TENANCY"]).data.name)
"""


class Action(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = yaml.safe_load((ACTION / "action.yml").read_text())

    def perform(self, **given):
        """Runs the steps with those inputs; answers the outputs, and the environment that later
        steps have."""
        inputs = {name: about["default"] for name, about in self.action["inputs"].items()} | given
        here = self.dir / self.id().rpartition(".")[2]
        here.mkdir(exist_ok=True)
        output, variables = here / "output", here / "env"
        output.touch()
        variables.touch()
        base = {
            "PATH": os.environ["PATH"], "HOME": str(here), "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_OUTPUT": str(output), "GITHUB_ENV": str(variables), "RUNNER_TEMP": str(here),
        }
        said = None
        for step in self.action["runs"]["steps"]:
            env = {
                name: re.sub(r"\$\{\{ inputs\.([a-z]+) \}\}", lambda of: inputs[of[1]], value)
                for name, value in step["env"].items()
            }
            self.assertEqual(step["shell"], "bash")
            self.assertNotIn("${{", step["run"], "an input would become a part of the script")
            said = run("bash", "-eo", "pipefail", "-c", step["run"], env=base | env, code=None)
            found = re.search(r"\(process ([0-9]+)\)", said.stdout)
            if found:
                self.addCleanup(self.end, int(found[1]))
        read = (dict(line.split("=", 1) for line in path.read_text().splitlines())
                for path in (output, variables))
        outputs, later = read
        wanted = {
            name: re.sub(r"\$\{\{ steps\.start\.outputs\.([a-z-]+) \}\}",
                         lambda of: outputs.get(of[1], ""), about["value"])
            for name, about in self.action["outputs"].items()
        }
        return wanted, base | later, said

    @staticmethod
    def end(server):
        os.kill(server, signal.SIGTERM)

    def test_it_is_an_action_as_github_knows_them(self):
        run(tool("check-jsonschema"), "--builtin-schema", "vendor.github-actions",
            ACTION / "action.yml")

    def test_later_steps_find_a_server(self):
        outputs, later, said = self.perform(
            program=str(BINARIES / "durward"),
            init="--tenancy-name=acme\n--admin-name=ann\n",
            serve="--log-level=debug\n",
        )
        self.assertEqual(said.returncode, 0, said)
        self.assertNotIn("", outputs.values())
        listed = run(BINARIES / "oci", "iam", "user", "list", env=later).stdout
        [user] = json.loads(listed)["data"]
        self.assertEqual((user["name"], user["id"]), ("ann", outputs["user-id"]))
        env = later | {"FILE": outputs["config-file"], "PROFILE": outputs["profile"],
                       "ENDPOINT": outputs["endpoint"], "TENANCY": outputs["tenancy-id"]}
        self.assertEqual(run(sys.executable, "-c", SDK, env=env).stdout, "acme\n")
        # What is exported must not be taken for an option of the server's own.
        run(BINARIES / "durward", "verify", "--data-dir",
            outputs["config-file"].removesuffix("/config"), env=later)

    def test_what_is_said_does_not_become_a_command(self):
        hostile = "--tenancy-name=$(touch broken)`touch broken`; touch broken"
        _, _, said = self.perform(program=str(BINARIES / "durward"), init=hostile)
        self.assertNotEqual(said.returncode, 0)
        self.assertIn("touch broken", said.stderr)
        self.assertEqual(list(self.dir.rglob("broken")), [])

    def test_a_server_that_does_not_start_fails_the_step(self):
        _, _, said = self.perform(
            program=str(BINARIES / "durward"), serve="--tls-cert=/nowhere"
        )
        self.assertEqual(said.returncode, 1)
        self.assertIn("tls-cert needs tls-key", said.stderr)
        self.assertIn("::error::", said.stdout)

    def test_the_program_in_the_search_path_is_taken(self):
        folder = self.dir / "path"
        folder.mkdir()
        shutil.copy(BINARIES / "durward", folder)
        before, os.environ["PATH"] = os.environ["PATH"], f"{folder}:{os.environ['PATH']}"
        try:
            outputs, _, said = self.perform()
        finally:
            os.environ["PATH"] = before
        self.assertEqual(said.returncode, 0, said)
        self.assertTrue(outputs["endpoint"].startswith("http://127.0.0.1:"))


if __name__ == "__main__":
    unittest.main()
