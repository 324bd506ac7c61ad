"""A small language for what is scraped: a sample every 15 s, in promtool's notation.

Lengths are minutes. https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
"""

import re

STEP = 15  # seconds between two samples; the rules' interval, too
TICK = STEP / 60  # the same in minutes
PLACE = {"cluster": "dataflux", "environment": "production"}  # labels of every target
GONE = "stale"  # what is scraped no longer has it: Prometheus marks the series as ended

_SERIES = re.compile(r"^(\w+)(?:\{(.*)\})?$")


def held(*parts):
    """`held((1, 2), (0, 10))`: 1 for two minutes, then 0 for ten; `"_"` is a scrape that failed."""
    return " ".join(_repeated(value, round(length / TICK)) for value, length in parts)


def _repeated(value, samples):
    """In promtool's notation `1x3` are four samples, but `_x3` three that are missing."""
    return f"_x{samples}" if value == "_" else f"{value}x{samples - 1}"


def counting(*parts):
    """`counting((60, 5), (0, 5))`: a counter that grows by 60 a minute for five minutes, then stands still."""
    total, samples = 0, [0]
    for each, length in parts:
        for _ in range(round(length / TICK)):
            total += each * TICK
            samples.append(total)
    return " ".join(f"{sample:.10g}" for sample in samples)


def then(*parts):
    """One after the other: `then(held((1, 5)), GONE, held((1, 5)))`."""
    return " ".join(parts)


def minute(time):
    """`minute(14.75)` → `885s`, as promtool writes a time."""
    return f"{round(time * 60)}s"


def placed(series):
    """A selector with the labels of every target; it may say itself that it is elsewhere."""
    name, labels = _SERIES.match(series).groups()
    place = (f'{k}="{v}"' for k, v in PLACE.items() if f'{k}="' not in (labels or ""))
    return name + "{" + ",".join([*([labels] if labels else []), *place]) + "}"
