"""`make bench`: prints, and judges nothing. Ratios within one run are worth more than seconds of a shared machine."""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from kit.load import ROOT

RUNS = 5
COUNTS = (17, 170, 1_700)


def command(*arguments: str) -> tuple[float, float]:
    """Seconds of wall time (median of five runs) and peak MB of a whole `build.py` process."""
    seconds = []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run([sys.executable, ROOT / "build.py", *arguments], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return statistics.median(seconds[1:]), peak


def uncached() -> tuple[float, float]:
    """`compile --check` with nothing cached."""
    seconds = []
    for _ in range(RUNS):
        (ROOT / ".cache" / "schema").unlink(missing_ok=True)
        begun = time.perf_counter()
        subprocess.run([sys.executable, ROOT / "build.py", "compile", "--check"], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def grown(count: int) -> str:
    """What `bench.grown` prints for so many dashboards, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.grown", str(count)], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout.rstrip()


def main() -> None:
    """Run everything."""
    print(f"whole commands, median of {RUNS} (s), peak of all so far (MB); Python {sys.version.split()[0]}")
    for name, (seconds, peak) in (
        ("build.py compile", command("compile")),
        ("build.py compile --check, nothing cached", uncached()),
        ("build.py compile --check, nothing changed", command("compile", "--check")),
        ("build.py check", command("check")),
    ):
        print(f"  {name:<44} {seconds:6.2f} {peak:8.0f}")
    print("\ngenerated dashboards: compile, check, bare json.dumps of the same data")
    print("  dashboards panels  compile s  check s  panels/s  json.dumps s  × json.dumps  peak MB")
    for count in COUNTS:
        print(grown(count))


if __name__ == "__main__":
    assert Path.cwd() == ROOT, "run it as `make bench`"
    main()
