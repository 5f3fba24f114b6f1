"""The official command line, run many times over: loaded once, then forked for each command.

Loading takes a second each time, a fork a few milliseconds, and what a command does after it is the
same: nothing of one command is seen by the next. `Fork` starts a process for this, which has one
thread alone and can therefore be forked safely; below `main` is what runs in it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile

SECONDS_MAX = 60


class Fork:
    """The process that waits for commands. `called` holds the names of all operations that they
    called. Where it is `watched`, a command whose answer lost something in the models of the SDK
    says so on stderr."""

    def __init__(self, watched=False):
        self.called = set()
        # What is found when it is loaded lies in no one's own home.
        self.home = tempfile.TemporaryDirectory(prefix="durward-clients-")
        self.process = subprocess.Popen(
            [sys.executable, __file__, *["watched"] * watched],
            # The environment of a command is given with it.
            env={"PATH": os.environ["PATH"], "HOME": self.home.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, words, env, cwd, stdin=""):
        """Runs a command to its end: exit code, stdout, stderr."""
        order = {"words": words, "env": env, "cwd": str(cwd), "stdin": stdin}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.called |= set(answer.pop("called"))
        return answer

    def stop(self):
        """Ends the process."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)
        self.home.cleanup()


def command(order, files):
    """Becomes the command; never returns, and is ended where it takes too long."""
    signal.alarm(SECONDS_MAX)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    for number, mode in enumerate("rww"):
        stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
        setattr(sys, ("stdin", "stdout", "stderr")[number], stream)
    sys.argv = ["oci", *order["words"]]
    import traceback

    from oci_cli.cli import cli

    code = 1
    try:
        code = cli()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
    if isinstance(code, str):
        print(code, file=sys.stderr)
        code = 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code or 0)


def watched(called):
    """Notes what the command calls, and says on stderr what the models of the SDK lose."""
    from lossless import watch

    watch(
        lambda name: os.write(called.fileno(), f"{name}\n".encode()),
        lambda what: print(f"LOST: {what}", file=sys.stderr),
    )


def main():
    """Waits for commands."""
    import gc

    import oci.audit
    import oci.identity
    import oci.identity_domains
    import oci_cli.cli  # noqa: F401
    from oci_cli import dynamic_loader

    for service in ("audit", "identity", "identity_domains"):
        dynamic_loader.load_service_dir(service)
    # What is loaded stays as it is: a child that looked it through would copy it all.
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            tempfile.TemporaryFile() as called,
        ):
            given.write(order["stdin"].encode())
            given.seek(0)
            child = os.fork()
            if child == 0:
                if "watched" in sys.argv:
                    watched(called)
                command(order, (given, out, err))
            _, status = os.waitpid(child, 0)
            texts = []
            for file in (out, err, called):
                file.seek(0)
                texts.append(file.read().decode())
        answer = {"code": os.waitstatus_to_exitcode(status), "out": texts[0], "err": texts[1],
                  "called": texts[2].split()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
