"""A profile whose key is encrypted, with both command lines and the SDK."""

import unittest

import oci
from cryptography.hazmat.primitives import serialization
from installation import OFFICIAL, OURS, Installation

PASSPHRASE = "correct horse battery staple"


class EncryptedKey(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.durward = Installation()
        cls.addClassCleanup(cls.durward.stop)
        profile = oci.config.from_file(cls.durward.config_file)
        with open(profile["key_file"], "rb") as file:
            key = serialization.load_pem_private_key(
                file.read().replace(b"OCI_API_KEY", b""), password=None
            )
        cls.files = {}
        forms = {
            "pkcs8": serialization.PrivateFormat.PKCS8,
            "pkcs1": serialization.PrivateFormat.TraditionalOpenSSL,
        }
        for name, form in forms.items():
            text = key.private_bytes(
                serialization.Encoding.PEM,
                form,
                serialization.BestAvailableEncryption(PASSPHRASE.encode()),
            ).decode()
            key_file = cls.durward.file(f"{name}.pem", text + "OCI_API_KEY\n")
            fields = ("user", "tenancy", "fingerprint", "region")
            lines = "".join(f"{field}={profile[field]}\n" for field in fields)
            text = f"[DEFAULT]\n{lines}key_file={key_file}\n"
            cls.files[name] = cls.durward.file(f"{name}-asks", text)
            text += f"pass_phrase={PASSPHRASE}\n"
            cls.files[f"{name} with passphrase"] = cls.durward.file(f"{name}-config", text)
        for file in cls.durward.dir.iterdir():
            if file.is_file():
                file.chmod(0o600)

    def list_users(self, program, file, **more):
        return self.durward.oci(program, "iam", "user", "list", OCI_CLI_CONFIG_FILE=file, **more)

    def test_the_passphrase_stands_in_the_profile(self):
        for name in ("pkcs8 with passphrase", "pkcs1 with passphrase"):
            for program in (OURS, OFFICIAL):
                with self.subTest(f"{name} {program}"):
                    done = self.list_users(program, self.files[name])
                    self.assertEqual((done.code, done.err), (0, ""), done)
                    self.assertEqual(done.data[0]["name"], "admin")

    def test_the_passphrase_stands_in_the_environment(self):
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                done = self.list_users(
                    program, self.files["pkcs8"], OCI_CLI_PASSPHRASE=PASSPHRASE
                )
                self.assertEqual(done.code, 0, done)

    def test_the_sdk_signs_with_it(self):
        config = oci.config.from_file(self.files["pkcs8 with passphrase"])
        client = oci.identity.IdentityClient(config, service_endpoint=self.durward.url)
        self.assertEqual(client.get_user(self.durward.admin_id).data.name, "admin")

    def test_a_wrong_passphrase_is_an_error_and_not_a_crash(self):
        for program in (OURS, OFFICIAL):
            with self.subTest(str(program)):
                done = self.list_users(program, self.files["pkcs8"], OCI_CLI_PASSPHRASE="wrong")
                self.assertEqual((done.code, done.out), (1, ""), done)
                self.assertNotIn("panicked", done.err)


if __name__ == "__main__":
    unittest.main()
