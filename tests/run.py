"""Runs the Python tests in the folders that are named, each class in a process of its own, as many
at a time as there are processors, or, where the first word is `--alone`, one after the other. Ends
with the totals on a line: `N passed, N failed`.
"""

import io
import multiprocessing
import os
import sys
import time
import unittest
from pathlib import Path


def classes(tests):
    """The names of the test classes in what was discovered, each once."""
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from classes(test)
        else:
            yield test.id() if "_FailedTest" in test.id() else test.id().rpartition(".")[0]


def run(work):
    """Runs one class; answers with its name, its seconds, how many passed, and what failed."""
    folder, name = work
    sys.path.insert(0, folder)
    began = time.monotonic()
    said = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    result = unittest.TextTestRunner(said, verbosity=0).run(suite)
    unsuccessful = [*result.failures, *result.errors]
    # A failed subtest counts for its test, and a test that failed in several counts once.
    failed = {getattr(test, "test_case", test).id() for test, _ in unsuccessful}
    failed |= {test.id() for test in result.unexpectedSuccesses}
    passed = max(result.testsRun - len(failed) - len(result.skipped), 0)
    return name, time.monotonic() - began, passed, len(failed), said.getvalue()


def main(folders):
    work, jobs = [], os.cpu_count()
    if folders[:1] == ["--alone"]:
        folders, jobs = folders[1:], 1
    for folder in folders:
        folder = str(Path(folder).resolve())
        sys.path.insert(0, folder)
        found = unittest.TestLoader().discover(folder, "test_*.py", folder)
        work += [(folder, name) for name in dict.fromkeys(classes(found))]
    passed = failed = 0
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(jobs, maxtasksperchild=1) as pool:
        for name, seconds, good, bad, said in pool.imap_unordered(run, work):
            passed, failed = passed + good, failed + bad
            print(f"{name}: {good} passed, {bad} failed in {seconds:.1f} s", flush=True)
            if bad:
                print(said, flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
