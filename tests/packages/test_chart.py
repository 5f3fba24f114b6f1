"""The Helm chart: rendered by Helm itself, checked against Kubernetes' schemas, and its
configuration read by the server that it is for.
"""

import copy
import json
import shutil
import unittest
from pathlib import Path

import certifi
import yaml
from parcel import BINARIES, PACKAGING, Case, run, tool

CHART = PACKAGING / "helm/durward"
HERE = Path(__file__).resolve().parent
VALUES = {
    "hosts": ["iam.example.com", "iam.example.org"],
    "database": {"url": "postgres://durward@db.example.com/durward"},
}
EVERYTHING = VALUES | {
    "replicas": 3,
    "image": {"repository": "images.example.com/durward", "digest": "sha256:" + "0f" * 32,
              "pullSecrets": [{"name": "pull"}]},
    "secret": {"name": "iam-secrets", "databaseAuthority": True},
    "publicUrl": "https://iam.example.com",
    "trustedProxies": ["10.0.0.5", "fd00::5"],
    "settings": 'mail-from = "iam@example.com"\n[limits]\nusers = 7\n',
    "metrics": {"serviceMonitor": True},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "iam-tls",
                "annotations": {"a/b": "c"}},
    "podAnnotations": {"a/b": "c"},
    "nodeSelector": {"disk": "fast"},
    "tolerations": [{"key": "x", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
}


class Chart(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.python = tool("python")
        cls.plain, cls.full = cls.rendered(VALUES), cls.rendered(EVERYTHING)

    @classmethod
    def answer(cls, values):
        done = run(cls.python, HERE / "rendering.py", CHART, stdin=json.dumps(values))
        return json.loads(done.stdout)

    @classmethod
    def rendered(cls, values):
        """The resources, by kind and name; and the lint's messages under `lint`."""
        answer = cls.answer(values)
        assert "files" in answer, answer
        found = {"lint": answer["lint"]}
        for name, text in answer["files"].items():
            for resource in yaml.safe_load_all(text) if name.endswith(".yaml") else ():
                if resource:
                    found[resource["kind"], resource["metadata"]["name"]] = resource
        return found

    def pod(self, of):
        return of["Deployment", "iam-durward"]["spec"]["template"]

    def test_helm_finds_no_fault(self):
        for rendered in (self.plain, self.full):
            messages = [message for message in rendered["lint"]["messages"]
                        if message["severity"] > 1]
            self.assertEqual((messages, rendered["lint"]["errors"]), ([], []))

    def test_kubernetes_knows_every_field(self):
        for number, rendered in enumerate((self.plain, self.full)):
            known = [resource for key, resource in rendered.items()
                     if key != "lint" and key[0] != "ServiceMonitor"]
            file = self.dir / f"{number}.yaml"
            file.write_text(yaml.safe_dump_all(known))
            run(tool("kubernetes-validate"), "--strict", file)
        wrong = copy.deepcopy(self.plain["Deployment", "iam-durward"])
        wrong["spec"]["template"]["spec"]["enableServiceLink"] = False
        file.write_text(yaml.safe_dump(wrong))
        said = run(tool("kubernetes-validate"), "--strict", file, code=1)
        self.assertIn("enableServiceLink", said.stdout + said.stderr, "a fault is seen")

    def test_what_is_made_is_this_and_no_secret(self):
        kinds = {key for key in self.plain if key != "lint"}
        self.assertEqual(kinds, {
            ("ConfigMap", "iam-durward"), ("Deployment", "iam-durward"),
            ("PodDisruptionBudget", "iam-durward"), ("Service", "iam-durward"),
            ("Service", "iam-durward-metrics"), ("ServiceAccount", "iam-durward"),
        })
        more = {key for key in self.full if key != "lint"} - kinds
        self.assertEqual(more, {("Ingress", "iam-durward"), ("ServiceMonitor", "iam-durward")})

    def test_there_are_two_nodes_and_one_may_be_away(self):
        deployment = self.plain["Deployment", "iam-durward"]["spec"]
        self.assertEqual(deployment["replicas"], 2)
        self.assertEqual(deployment["strategy"]["rollingUpdate"]["maxUnavailable"], 0)
        budget = self.plain["PodDisruptionBudget", "iam-durward"]["spec"]
        self.assertEqual(budget["maxUnavailable"], 1)
        alone = self.rendered(VALUES | {"replicas": 1})
        self.assertNotIn(("PodDisruptionBudget", "iam-durward"), alone, "it could not be drained")

    def test_everything_that_selects_pods_finds_these(self):
        for rendered in (self.plain, self.full):
            labels = self.pod(rendered)["metadata"]["labels"].items()
            selectors = [rendered["Deployment", "iam-durward"]["spec"]["selector"]["matchLabels"],
                         rendered["PodDisruptionBudget", "iam-durward"]["spec"]["selector"]
                         ["matchLabels"]]
            selectors += [resource["spec"]["selector"] for key, resource in rendered.items()
                          if key[0] == "Service"]
            for selector in selectors:
                self.assertLessEqual(selector.items(), labels)
        monitor = self.full["ServiceMonitor", "iam-durward"]["spec"]["selector"]["matchLabels"]
        by_monitor = [key[1] for key, resource in self.full.items() if key[0] == "Service"
                      and monitor.items() <= resource["metadata"]["labels"].items()]
        self.assertEqual(by_monitor, ["iam-durward-metrics"])

    def test_a_pod_may_do_nothing_that_it_need_not(self):
        pod = self.pod(self.plain)["spec"]
        [container] = pod["containers"]
        self.assertEqual(container["securityContext"], {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        })
        self.assertIs(pod["securityContext"]["runAsNonRoot"], True)
        self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertIs(pod["automountServiceAccountToken"], False)
        self.assertIs(pod["enableServiceLinks"], False)
        [secret] = [volume["secret"] for volume in pod["volumes"] if "secret" in volume]
        # What the server accepts of root's files: its group reads, nobody else.
        self.assertEqual((secret["defaultMode"], pod["securityContext"]["fsGroup"]), (0o440, 65532))

    def test_health_is_asked_for_where_it_is_told(self):
        [container] = self.pod(self.plain)["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        self.assertEqual(ports, {"http": 7070, "metrics": 7071})
        asked = {name: container[name]["httpGet"] for name in
                 ("readinessProbe", "livenessProbe", "startupProbe")}
        self.assertEqual(asked["readinessProbe"], {"path": "/readyz", "port": "http"})
        self.assertEqual(asked["livenessProbe"], {"path": "/healthz", "port": "http"})
        self.assertEqual(asked["startupProbe"]["path"], "/healthz")
        open_ports = [port["targetPort"] for port in
                      self.plain["Service", "iam-durward"]["spec"]["ports"]]
        self.assertEqual(open_ports, ["http"], "metrics are not among them")

    def test_it_stops_after_it_was_drained(self):
        values = VALUES | {"drainSeconds": 40}
        grace = self.pod(self.rendered(values))["spec"]["terminationGracePeriodSeconds"]
        self.assertGreaterEqual(grace, 40 + 10 + 5)

    def read(self, rendered):
        """What the server makes of the configuration."""
        text = rendered["ConfigMap", "iam-durward"]["data"]["durward.toml"]
        file, authority = self.dir / "durward.toml", self.dir / "database-ca.pem"
        shutil.copy(certifi.where(), authority)
        file.write_text(text.replace("/secrets/database-ca.pem", str(authority)))
        [container] = self.pod(rendered)["spec"]["containers"]
        self.assertEqual(container["args"], ["serve", "--config", "/configuration/durward.toml"])
        return run(BINARIES / "durward", "serve", "--config", file, "--print-config").stdout

    def test_the_server_reads_the_configuration(self):
        said = self.read(self.plain)
        self.assertIn('database-url = "postgres://durward@db.example.com/durward"\n', said)
        self.assertIn('key-file = "/secrets/durward.key"\n', said)
        self.assertIn("drain-seconds = 10\n", said)
        said = self.read(self.full)
        self.assertIn(f'durward?sslrootcert={self.dir}/database-ca.pem"\n', said)
        self.assertIn('mail-from = "iam@example.com"\n', said)
        self.assertIn("users = 7\n", said)
        self.assertIn('"fd00::5"', said)

    def test_another_configuration_is_another_pod(self):
        one, other = (self.pod(rendered)["metadata"]["annotations"]["checksum/configuration"]
                      for rendered in (self.plain, self.full))
        self.assertNotEqual(one, other)

    def test_values_that_cannot_work_are_refused(self):
        for wrong, named in (
            ({"hosts": []}, "hosts"),
            ({"hosts": ["https://iam.example.com"]}, "hosts"),
            ({"database": {"url": ""}}, "url"),
            ({"database": {"url": "postgres://durward:secret@db.example.com/durward"}}, "url"),
            ({"image": {"repository": "x", "digest": "latest"}}, "digest"),
            ({"replica": 3}, "replica"),
        ):
            answer = self.answer(VALUES | wrong)
            self.assertIn(named, answer.get("refused", ""), wrong)
        answer = self.answer(VALUES | {"ingress": {"enabled": True}})
        self.assertIn("ingress.tlsSecret", answer.get("refused", ""))


if __name__ == "__main__":
    unittest.main()
