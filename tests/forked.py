"""build.py without the start of a Python: a process that has imported all of kit/ forks a child for each run.

`run` is what tests call; the process is this module as a program, started when the first run is asked for. It reads
lines of JSON (what to run, and where), and answers each with an exit code. The child runs build.py as `python build.py`
would, in a project elsewhere: only kit/ is the one that is tested here, not that project's copy.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds


def run(project, arguments, **env):
    """The exit code of build.py in a project, and what it prints on stdout and stderr."""
    program = _program()
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        wish = {"project": str(project), "arguments": arguments, "out": str(out), "err": str(err)}
        print(json.dumps({**wish, "environ": {**os.environ, **env}}), file=program.stdin, flush=True)
        return int(program.stdout.readline()), out.read_text(), err.read_text()


@cache
def _program():
    command = [sys.executable, "-m", "tests.forked"]
    program = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(program.stdin.close)  # it ends with its stdin
    return program


def main():
    """Fork for each line on stdin."""
    import numpy  # noqa: F401, for the demo

    import kit

    for module in pkgutil.walk_packages(kit.__path__, "kit."):
        importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin:
        if not (child := os.fork()):
            _played(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _played(project, arguments, out, err, environ):
    """Become build.py; never returns."""
    from kit import load

    signal.alarm(PATIENCE)
    os.chdir(project)
    os.environ.clear()
    os.environ.update(environ)
    for place, flags, number in ((os.devnull, os.O_RDONLY, 0), (out, _WRITTEN, 1), (err, _WRITTEN, 2)):
        os.dup2(os.open(place, flags), number)
    load.ROOT = Path(project)
    sys.argv, sys.path[0] = ["build.py", *arguments], project
    runpy.run_path("build.py", run_name="__main__")
    sys.exit()


_WRITTEN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    main()
