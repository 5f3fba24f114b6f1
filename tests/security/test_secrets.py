"""OTP-2 and CRY-1: a secret is in the answer that gave it, and nowhere else. Every form in which it
could lie about is looked for in every place that the server leaves something in.
"""

import os
import re
import shutil
import subprocess
import time
import unittest
import urllib.parse
from pathlib import Path

from canary import forms
from stage import CHOSEN, SESSION, Stage

BETTER = "Copper?Kettle-19-mist"
TOKEN = "ATokenThatNobodyKnows7"


class Places(unittest.TestCase):
    """A server that logs everything, and has handled secrets of every kind."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(serve=("--log-level", "trace"))
        cls.addClassCleanup(cls.stage.stop)
        stage, cls.secrets = cls.stage, {}
        cls.user = stage.user("ann")
        first = stage.admin.ask("POST", f"/users/{cls.user}/uiPassword", opc_retry_token=TOKEN)
        cls.secrets |= {"a one-time password": first["password"], "a retry token": TOKEN}
        visitor = stage.visitor()
        visitor.sign_in("ann", first["password"])
        cls.secrets["a session that may only change"] = visitor.cookies[SESSION]
        visitor.get("/console/change-password")
        new = {"new_password": CHOSEN, "repeat_password": CHOSEN}
        visitor.ask(visitor.filled("/console/change-password", **new))
        cls.secrets |= {"a chosen password": CHOSEN, "a session": visitor.cookies[SESSION]}
        cls.secrets["a form's token"] = cls.form_token(visitor)
        stage.visitor().sign_in("ann", BETTER)  # wrong, and perhaps right elsewhere
        cls.secrets["a wrong password"] = BETTER
        stage.visitor().sign_in(BETTER[::-1], "x")  # a password in the field of the name
        cls.secrets["a password instead of a name"] = BETTER[::-1]
        cls.an_upset(stage)
        second = stage.one_time_password(cls.user)
        cls.secrets["a one-time password that nobody used"] = second

    @classmethod
    def an_upset(cls, stage):
        """Has something logged, with all that a careless line could take along."""
        query = f"?password={BETTER}"
        raw = stage.admin.signed("GET", f"/users/{cls.user}/apiKeys{query}")
        stage.admin.wire.ask(raw.replace(b"rsa-sha256", b"rsa-sha1"))
        body = {"compartmentId": stage.tenancy_id, "name": BETTER, "description": CHOSEN}
        stage.admin.wire.ask(stage.admin.signed("POST", "/users", body))
        stage.visitor().get(f"/console/sign-in{query}")

    @classmethod
    def form_token(cls, visitor):
        visitor.get("/console/change-password")
        form = visitor.filled("/console/change-password").decode()
        return urllib.parse.parse_qs(form.partition("\r\n\r\n")[2])["form-token"][0]

    def assert_nowhere(self, places):
        for place, content in places.items():
            for name, secret in self.secrets.items():
                found = [form for form in forms(secret) if form in content]
                self.assertEqual(found, [], f"{name} is in {place}")

    def files(self):
        paths = [path for path in self.stage.data_dir.rglob("*") if path.is_file()]
        return {path.name: path.read_bytes() for path in paths}

    def test_no_secret_is_in_a_file(self):
        files = self.files()
        self.assertIn("durward.db-wal", files)
        everything = b"".join(files.values())
        self.assertTrue(self.user.encode() in everything, "what is there is found")
        self.assert_nowhere(files)

    def test_no_secret_is_in_the_log(self):
        logged = self.stage.logged().encode()
        self.assertIn(b"the signature's algorithm", logged, "what was logged is found")
        self.assert_nowhere({"the log": logged})

    def test_no_secret_is_in_what_the_system_tells_of_the_process(self):
        proc = f"/proc/{self.stage.server.pid}"
        places = {}
        for name in ("cmdline", "environ", "status", "maps"):
            with open(f"{proc}/{name}", "rb") as file:
                places[name] = file.read()
        self.assertIn(b"serve", places["cmdline"])
        self.assert_nowhere(places)

    def test_the_process_leaves_no_core(self):
        with open(f"/proc/{self.stage.server.pid}/limits") as limits:
            [line] = [line for line in limits if line.startswith("Max core file size")]
        self.assertEqual(line.split()[4:6], ["0", "0"])


class Memory(unittest.TestCase):
    """What whoever may read any memory finds in that of the process, when its work is done."""

    def memory(self, stage):
        """All that the process holds, by the debugger's way, which is not kept from the
        superuser."""
        core = stage.dir / "core"
        command = ["gcore", "-a", "-o", str(core), str(stage.server.pid)]
        taken = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(taken.returncode, 0, taken.stderr)
        memory = Path(f"{core}.{stage.server.pid}").read_bytes()
        return re.sub(b"\0{256,}", b"\0", memory)  # most of it is empty

    @unittest.skipUnless(shutil.which("gcore") and os.geteuid() == 0, "it takes gdb and its right")
    def test_no_secret_stays_in_memory(self):
        stage = Stage()
        self.addCleanup(stage.stop)
        user = stage.user("ann")
        secrets = {"one-time password": stage.one_time_password(user), "chosen password": CHOSEN}
        visitor = stage.visitor()
        visitor.sign_in("ann", secrets["one-time password"])
        secrets["first session"] = visitor.cookies[SESSION]
        visitor.get("/console/change-password")
        new = {"new_password": CHOSEN, "repeat_password": CHOSEN}
        visitor.ask(visitor.filled("/console/change-password", **new))
        secrets["second session"] = visitor.cookies[SESSION]
        visitor.get("/console/")
        # What is under way is in the buffers of its connection.
        visitor.wire.close()
        stage.admin.wire.close()
        time.sleep(1)
        memory = self.memory(stage)
        self.assertTrue(user.encode() in memory, "what is there is found")
        for name, secret in secrets.items():
            self.assertEqual([form for form in forms(secret) if form in memory], [], name)


if __name__ == "__main__":
    unittest.main()
