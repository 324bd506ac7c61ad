"""Measure publishing against doubles of Grafana in another process: `python -m bench.publish`. It judges nothing.

A read takes 2 ms there and a write 8 ms. Each measured process is whole: its start and its imports are in it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from attrs import frozen

from bench import bare, project
from kit.load import ROOT
from kit.publish.here.credentials import names

RUNS = 5
COUNT, MANY, TARGETS = 200, 2_000, 20
PUBLISH = ("build.py", "publish")


@frozen
class Spent:
    """What one process took: seconds of wall time, seconds of user and system time, and peak MB."""

    wall: float
    process: float
    peak: float


@frozen
class Doubles:
    """The process with the doubles, and their addresses."""

    process: "subprocess.Popen[str]"
    urls: tuple[str, ...]

    def ask(self, word: str) -> Any:
        """What it says to `log`, `forget` or `reset`."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def doubles(count: int = 1) -> Iterator[Doubles]:
    """So many doubles of Grafana in one process."""
    argv = [sys.executable, "-m", "bench.grafanas", str(count)]
    with subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield Doubles(process, tuple(json.loads(process.stdout.readline())))
        process.communicate()


@frozen
class Bench:
    """A project, and the environment in which its processes run: bytecode is kept, as it is for everybody."""

    root: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str) -> Spent:
        """A whole Python process. Fails where it does not end well."""
        begun = time.perf_counter()
        child = subprocess.Popen([sys.executable, *arguments], cwd=self.root, env=self.environ, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)  # fmt: skip
        said = b"".join(stream.read() for stream in (child.stdout, child.stderr) if stream)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, said.decode()[-2_000:]
        return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    def first(self, grafana: Doubles, *more: str) -> Spent:
        """Publish to an empty Grafana, as if never before."""
        grafana.ask("reset")
        shutil.rmtree(self.root / ".history", ignore_errors=True)
        return self.run(*PUBLISH, *more)


@contextmanager
def bench(urls: Sequence[str], count: int | None = None) -> Iterator[Bench]:
    """A project with so many dashboards (None: this one's own) that publishes to these addresses."""
    with tempfile.TemporaryDirectory() as work:
        root = project.made(Path(work), count)
        environ = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHONDONT", "GRAFANA_"))}
        targets = {f"t{number}": url for number, url in enumerate(urls)}
        (root / "grafanas.toml").write_text("".join(f'[{name}]\nurl = "{url}"\n' for name, url in targets.items()))
        for name in targets:
            _, user, password = names(name)
            environ |= {user: "admin", password: "admin"}
        yield Bench(root, environ)


def row(what: str, measured: str, asked: str = "") -> None:
    """A line of the table."""
    print(f"  {what:<64} {measured:>18}  {asked}", flush=True)


def first_publish(grafana: Doubles, measured: Bench) -> None:
    """A first publish beside the same requests without it."""
    measured.first(grafana)
    whole = bare.phases(grafana.ask("log"))
    writes = [(at_once, [one for one in many if one[0] != "GET"]) for at_once, many in whole]
    files = {"whole": measured.root / "whole.json", "writes": measured.root / "writes.json"}
    for file, phases in zip(files.values(), (whole, writes), strict=True):
        file.write_bytes(orjson.dumps(phases))
    taken: dict[str, list[float]] = {"publish": [], "whole": [], "writes": []}
    for _ in range(RUNS):
        taken["publish"].append(measured.first(grafana).wall)
        for name, file in files.items():
            grafana.ask("reset")
            taken[name].append(measured.run("-m", "bench.bare", grafana.urls[0], str(file)).wall)
    counts = {name: sum(len(many) for _, many in phases) for name, phases in (("whole", whole), ("writes", writes))}
    row(f"{COUNT} dashboards, first publish", f"{median(taken['publish']):.2f} s")
    row(f"its {counts['whole']} requests bare", f"{median(taken['whole']):.2f} s")
    pairs = list(zip(taken["publish"], taken["whole"], strict=True))
    row("publish / its requests bare, median of pairs", f"{median([a / b for a, b in pairs]):.2f}", "at most 1.5")
    row(f"its {counts['writes']} writes bare", f"{median(taken['writes']):.2f} s")


def unchanged(grafana: Doubles, measured: Bench) -> None:
    """A publish that has nothing to do."""
    grafana.ask("forget")
    measured.run(*PUBLISH)
    row(f"{COUNT} dashboards, nothing changed: requests", str(len(grafana.ask("log"))), "at most 12")
    spent = [measured.run(*PUBLISH) for _ in range(2 * RUNS)]
    row("process time", f"{median([one.process for one in spent]):.2f} s", "at most 0.6 s")
    row("wall time", f"{median([one.wall for one in spent]):.2f} s")
    row("peak", f"{max(one.peak for one in spent):.0f} MB")


def many(grafana: Doubles) -> None:
    """Ten times as many dashboards, nothing changed."""
    with bench(grafana.urls, MANY) as measured:
        measured.first(grafana)
        grafana.ask("forget")
        spent = measured.run(*PUBLISH)
        log = grafana.ask("log")
        pages = [path for _, path, *_ in log if path.endswith("/dashboards")]
        row(f"{MANY} dashboards, nothing changed: requests", str(len(log)), "grow with the pages alone")
        row("of them pages of the list", str(len(pages)))
        row("peak", f"{spent.peak:.0f} MB", "below 300 MB")
        row("process time", f"{spent.process:.2f} s")


def fleet() -> None:
    """Twenty Grafanas at once beside one, this project's own build, nothing changed."""
    with doubles(TARGETS) as grafanas, bench(grafanas.urls) as measured:
        measured.first(grafanas, "--all")
        pairs = [(measured.run(*PUBLISH, "--all").wall, measured.run(*PUBLISH, "--target", "t0").wall)
                 for _ in range(RUNS)]  # fmt: skip
    row("this project's own dashboards, one target, nothing changed", f"{median([one for _, one in pairs]):.2f} s")
    row(f"{TARGETS} targets at once", f"{median([every for every, _ in pairs]):.2f} s")
    row("twenty / one, median of pairs", f"{median([every / one for every, one in pairs]):.2f}", "at most 4")


def main() -> None:
    """Run everything."""
    print(f"publishing, whole processes, median of {RUNS}; Python {sys.version.split()[0]}")
    with doubles() as grafana:
        with bench(grafana.urls, COUNT) as measured:
            first_publish(grafana, measured)
            unchanged(grafana, measured)
        many(grafana)
    fleet()


if __name__ == "__main__":
    main()
