"""Starts a Durward for tests: a server of OCI's Identity API with a tenancy, an administrator and a
key of their own, in a directory that is removed afterwards.

With pytest, a test asks for the fixture `durward`. Without it:

    import durward

    with durward.server() as iam:
        client = iam.client(oci.identity.IdentityClient)
"""

from .server import DurwardError, Server, program, server

__all__ = ["DurwardError", "Server", "program", "server"]
