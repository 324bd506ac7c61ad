"""Everything that takes its time, `settings.time_scale` times as fast: for trying alerts in minutes that take hours.

The emitters write the real durations, and this divides them, in one place: a build that is scaled differs from the
real one in durations only (law time-scale). Names, levels and texts stay: a recorded `…:rate5m` is still called that.

Three kinds of durations have a floor, below which the programs would do other things than the real ones:
scrapes and evaluations (FLOOR: a busy machine still answers in time), Grafana's evaluations (it takes multiples of its
tick only), and windows (Unscalable where one would hold less than FEWEST scrapes).
"""

import math
import re
from collections.abc import Mapping
from typing import Any

import yaml

from kit.emit.text import yaml_text_below
from kit.model.alert import TICK
from kit.model.words import duration, milliseconds
from kit.settings import Settings

# Prometheus gives a scrape as long as its interval, and no longer.
FLOOR = 1_000
# A rate needs two samples; four leave room for a scrape that is late or lost.
FEWEST = 4
FOLDERS = (
    "prometheus/prometheus.yml",
    "prometheus/rules/",
    "k8s/config/prometheus.yml",
    "overlays/mimir/config/prometheus.yml",
    "overlays/mimir/config/datasource.yml",
    "alertmanager/alertmanager.yml",
    "grafana/datasources/",
)
GRAFANA = "grafana/provisioning/alerting/"
GRAFANAS = (f"{GRAFANA}rules.yml", f"{GRAFANA}policies.yml")
# What stands under these keys is a duration.
INTERVALS = frozenset({"scrape_interval", "scrape_timeout", "evaluation_interval", "interval", "timeInterval"})
WAITS = frozenset(
    ["for", "keep_firing_for", "keepFiringFor", "group_wait", "group_interval", "repeat_interval", "resolve_timeout"]
)  # fmt: skip
_ONE = r"(?:\d+(?:ms|[smhdwy]))+"
_WINDOW = re.compile(rf"\[({_ONE})\]|\boffset ({_ONE})")
_AHEAD = re.compile(rf"(predict_linear\([^()]*\[{_ONE}\](?: offset {_ONE})?, )(\d+)\)")
# How long the critical level has lasted, asked at each tick of Grafana (kit/model/alert.py).
_PAST = re.compile(r"\[(\d+)s:(\d+)s\]")
_POINTS = re.compile(r"(?<=>= bool )\d+(?=\) or \()")
_TEXT = re.compile(r"\"(?:[^\"\\]|\\.)*\"")


class Unscalable(ValueError):
    """A scale at which a window would hold too few scrapes; one sentence."""


def scaled(files: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """Path → text, with every duration divided by `settings.time_scale`. Raises Unscalable."""
    if settings.time_scale == 1:
        return dict(files)
    return {path: _text(path, text, settings) if is_scaled(path) else text for path, text in files.items()}


def is_scaled(path: str) -> bool:
    """Whether the file under monitoring/ has durations that are scaled."""
    return path.startswith(FOLDERS) or path in GRAFANAS


def _text(path: str, text: str, settings: Settings) -> str:
    first, _, rest = text.partition("\n")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml_text_below(first, document(path, yaml.load(rest, loader), settings))


def document(path: str, value: Any, settings: Settings, key: str = "") -> Any:
    """A parsed file, or a part of it that stands under `key`, scaled. Raises Unscalable."""
    if isinstance(value, dict):
        return {name: document(path, inner, settings, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [document(path, inner, settings, key) for inner in value]
    if not isinstance(value, str):
        return value
    if key in INTERVALS:
        return ticks(value, settings) if path.startswith(GRAFANA) else interval(value, settings)
    if key in WAITS:
        return shorter(value, settings)
    return expression(value, settings) if key == "expr" else value


def shorter(given: str, settings: Settings) -> str:
    """`"5m"` at 20 → `"15s"`."""
    return duration(round(milliseconds(given) / settings.time_scale))


def interval(given: str, settings: Settings) -> str:
    """An interval of scrapes or evaluations; not below FLOOR."""
    return duration(max(min(FLOOR, milliseconds(given)), round(milliseconds(given) / settings.time_scale)))


def ticks(given: str, settings: Settings) -> str:
    """An interval of Grafana's rule groups: a multiple of its tick."""
    return duration(math.ceil(milliseconds(given) / settings.time_scale / 1000 / TICK) * TICK * 1000)


def expression(query: str, settings: Settings) -> str:
    """A query with shorter windows and offsets; what stands in quotes is left alone. Raises Unscalable."""
    found = _PAST.search(query)
    query = _AHEAD.sub(lambda match: f"{match[1]}{round(int(match[2]) / settings.time_scale)})", query)
    between, quoted = _TEXT.split(query), _TEXT.findall(query)
    parts = [_WINDOW.sub(lambda match: _window(match, settings), part) for part in between]
    query = "".join(part + text for part, text in zip(parts, [*quoted, ""], strict=True))
    return _lasting(query, int(found[1]) - 1, settings) if found else query


def _window(match: re.Match[str], settings: Settings) -> str:
    given = match[1] or match[2]
    short = shorter(given, settings)
    scrape = interval(settings.scrape_interval, settings)
    if match[1] and milliseconds(short) < FEWEST * milliseconds(scrape) <= milliseconds(given):
        most = milliseconds(given) / FEWEST / milliseconds(scrape)
        raise Unscalable(
            f"time_scale {settings.time_scale:g} makes the window {given} {short}, which holds less than {FEWEST} "
            f"scrapes ({scrape} apart); {most:.0f} is the most that it allows"
        )
    return match[0].replace(given, short)


def _lasting(query: str, hold: int, settings: Settings) -> str:
    """Grafana's tick stays what it is: so a shorter hold is fewer of them."""
    points = math.ceil(hold / settings.time_scale / TICK) + 1
    query = _PAST.sub(f"[{(points - 1) * TICK + 1}s:{TICK}s]", query)
    return _POINTS.sub(str(points), query)
