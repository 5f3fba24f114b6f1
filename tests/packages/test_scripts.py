"""The shell scripts of packages, as shellcheck sees them."""

import unittest

from parcel import PACKAGING, Case, run, tool

MAINTAINERS = ("postinst", "prerm", "postrm")


class Scripts(Case):
    def test_shellcheck_finds_no_fault(self):
        scripts = [*sorted(PACKAGING.rglob("*.sh")),
                   *(PACKAGING / "deb" / name for name in MAINTAINERS)]
        self.assertGreater(len(scripts), 5)
        run(tool("shellcheck"), *scripts)
        wrong = self.dir / "wrong.sh"
        wrong.write_text("#!/bin/sh\nrm -rf $1/*\n")
        self.assertIn("SC2086", run(tool("shellcheck"), wrong, code=1).stdout, "a fault is seen")


if __name__ == "__main__":
    unittest.main()
