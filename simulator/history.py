"""The past: stretches of the world as OpenMetrics text, made into blocks by promtool.

https://prometheus.io/docs/prometheus/latest/storage/#backfilling-from-openmetrics-format
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import yaml

from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.model.expr import RULE_WINDOW
from kit.model.words import seconds
from simulator.day import HOUR
from simulator.ending import held
from simulator.plays import played
from simulator.scrape import Configured
from simulator.sheet import Sheet, Totals
from simulator.world import World

# Blocks begin at multiples of their length; promtool takes two hours times a power of three.
LONG, SHORT = 162 * HOUR, 2 * HOUR
AT_ONCE = 2


class NotFilled(Exception):
    """promtool refused the past; one sentence with its last words."""


def block(step: float) -> float:
    """How long blocks are made, for steps of so many seconds: about two thousand steps."""
    return LONG if step >= 60 else SHORT


def ends(now: float, until: float, step: float) -> Iterator[float]:
    """The last step in each block between now and then; where a block ends, the next one begins."""
    length = block(step)
    while now + step <= until:
        now = min(until, ((now + step) // length + 1) * length - step)
        yield now


def skip(world: World, totals: Totals, until: float, step: float) -> None:
    """Play the world until then, and write nothing."""
    for end in ends(world.now, until, step):
        played(world.play(end, step), totals)


def fill(
    world: World,
    totals: Totals,
    configured: Configured,
    blocks: Path,
    until: float,
    step: float,
    each: Callable[[], None] = lambda: None,
) -> int:
    """Play the world until then in steps of `step` seconds, and write what Prometheus would have stored into `blocks`.

    The number of samples. `each` is called after each step. Raises NotFilled.
    """
    count, length = 0, block(step)
    with ExitStack() as stack:
        begun: list[tuple[subprocess.Popen[bytes], Path]] = []
        stack.callback(_kill, begun)
        for end in ends(world.now, until, step):
            text = blocks.parent / f"past-{step:g}s-{end:.0f}.txt"
            stack.callback(text.unlink, missing_ok=True)
            count += write(played(world.play(end, step, each), totals), configured, text)
            with held():
                begun.append((_promtool(text, blocks, length), text))
            if len(begun) == AT_ONCE:
                _finish(begun)
        while begun:
            _finish(begun)
    return count


def _kill(begun: list[tuple[subprocess.Popen[bytes], Path]]) -> None:
    for process, _ in begun:
        process.kill()
        process.wait()


def write(sheet: Sheet, configured: Configured, path: Path) -> int:
    """The sheet as an OpenMetrics file; the number of samples."""
    stamps = [b" %d\n" % round(time) for time in sheet.frame.times]
    count = 0
    with path.open("wb") as file:
        for begin, values in _series(sheet, configured):
            there = ~np.isnan(values)
            numbers = orjson.dumps(_short(values[there]), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
            if numbers:
                parts = numbers.split(b",")
                at = stamps if len(parts) == len(stamps) else [stamps[i] for i in np.flatnonzero(there)]
                file.write(b"".join([begin + value + stamp for value, stamp in zip(parts, at, strict=True)]))
                count += len(parts)
        file.write(b"# EOF\n")
    return count


def _short(values: Any) -> Any:
    """Whole numbers as such: their text is shorter."""
    return values.astype(np.int64) if np.all(values == np.floor(values)) else values


def _series(sheet: Sheet, configured: Configured) -> Iterator[tuple[bytes, Any]]:
    for target, series in sheet.series.items():
        up = sheet.up(target)
        gone = up == 0
        for one in series:
            if begin := configured.stored(target, one.name, one.labels):
                yield begin, np.where(gone, np.nan, one.values) if gone.any() else one.values
        for name, values in _of_the_scrape(up, len(series)).items():
            if begin := configured.stored(target, name, ()):
                yield begin, values


def _of_the_scrape(up: Any, samples: int) -> dict[str, Any]:
    """What Prometheus itself says of each scrape."""
    return {
        "up": up,
        "scrape_samples_scraped": np.where(up > 0, float(samples), 0.0),
        "scrape_duration_seconds": np.where(up > 0, 0.002 + 0.000012 * samples, 0.001),
    }


def _promtool(text: Path, blocks: Path, length: float) -> subprocess.Popen[bytes]:
    argv = [*_blocks_from(length), "--quiet", "openmetrics", str(text), str(blocks)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def _blocks_from(length: float) -> list[str]:
    return ["promtool", "tsdb", "create-blocks-from", f"--max-block-duration={int(length // HOUR)}h"]


def _finish(begun: list[tuple[subprocess.Popen[bytes], Path]]) -> None:
    """Wait for the first, which stays begun until then."""
    process, text = begun[0]
    said, _ = process.communicate()
    del begun[0]
    text.unlink(missing_ok=True)
    if process.returncode:
        raise NotFilled(f"promtool made no blocks of the past: {_last(said.decode(errors='replace').splitlines())}")


def _last(lines: list[str]) -> str:
    return ([line.strip() for line in lines if line.strip()] or ["it said nothing"])[-1]


def record(blocks: Path, rules: Path, begin: float, end: float, step: float) -> None:
    """Evaluate the recording rules over the past that lies in `blocks`, and add what they make. Raises NotFilled.

    A Prometheus that scrapes nothing answers the queries, since promtool asks one.
    """
    widened = blocks.parent / "past-rules.yml"
    widened.write_text(_recording(rules, step))
    config = blocks.parent / "past.yml"
    config.write_text("scrape_configs: []\n")
    url = f"http://{LOOPBACK}:{free_port()}"
    server = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={blocks}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]
    log, ready = blocks.parent / "past.log", f"{url}/-/ready"
    with running(server, log=log, until=lambda: answers(ready), starting=held()):
        argv = [*_blocks_from(block(step)), "rules", f"--url={url}"]
        argv += [f"--start={begin:.0f}", f"--end={end:.0f}", f"--eval-interval={step:g}s", f"--output-dir={blocks}"]
        found = subprocess.run([*argv, str(widened)], capture_output=True, text=True)
    wrong = [line for line in found.stderr.splitlines() if "level=error" in line]
    if found.returncode or wrong:
        raise NotFilled(f"promtool recorded nothing of the past: {_last(wrong or found.stderr.splitlines())}")


def _recording(rules: Path, step: float) -> str:
    """The recording rules of a folder as one group.

    Where steps are as long as the rules' window, that would hold one sample and have no rate: it is doubled.
    """
    files = [yaml.safe_load(path.read_text()) for path in sorted(rules.glob("*.yml"))]
    found = [rule for file in files for group in file["groups"] for rule in group["rules"] if "record" in rule]
    window = seconds(RULE_WINDOW)
    if step * 2 > window:
        wider = f"[{2 * window}s]"
        found = [{**rule, "expr": rule["expr"].replace(f"[{RULE_WINDOW}]", wider)} for rule in found]
    return yaml.safe_dump({"groups": [{"name": "past", "rules": found}]})


def move(blocks: Path, into: Path) -> None:
    """Hand finished blocks over to a Prometheus that runs on `into`; it finds them within a minute."""
    for path in sorted(blocks.glob("01*")):
        path.rename(into / path.name)
    shutil.rmtree(blocks)
