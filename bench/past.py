"""Measure how long `build.py demo` takes until its past is there: `python -m bench.past`. It judges nothing."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from kit.live.programs import free_port
from kit.load import ROOT

SAID = re.compile(r"The last (\S+) h are there|(\S+) days before are there")


def main() -> None:
    """Play once, and print when each part of the past was there."""
    with tempfile.TemporaryDirectory() as work:
        ports = [f"--prometheus-port={free_port()}", f"--first-port={free_port(32)}"]
        argv = [sys.executable, str(ROOT / "build.py"), "demo", f"--work={work}/demo", *ports]
        begun = time.perf_counter()
        process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ))
        assert process.stdout
        print("build.py demo: seconds until its past is there")
        for line in process.stdout:
            if SAID.search(line):
                print(f"  {time.perf_counter() - begun:6.1f}  {line.strip()}", flush=True)
            if "days before" in line:
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


if __name__ == "__main__":
    main()
