"""An alert is a name, a fixed sentence, a value and two links, and carries the labels that route and silence it."""

import re
from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.compared import branches
from kit.draw.style import SEVERITY
from kit.model import promql
from kit.model.alert import HEARTBEAT
from kit.model.words import nearest, seconds

ID = "alert-text"
_NAME = re.compile(r"(?:[A-Z][a-z0-9]*)+")
_LONGEST = 40
_SEVERITIES = (*SEVERITY, HEARTBEAT)
_LABEL = re.compile(r"\$labels\.(\w+)")
# It asks what it speaks of, and says nothing with that.
_WHETHER = re.compile(r"\{\{ if \$labels\.\w+ \}\}")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    signals = {alert.signal.name for alert in build.product.site.alerts}
    for rules, value in ((ruled.alerts(build), "$value"), (ruled.grafana(build), "$values.")):
        seen: set[str] = set()
        for rule in rules:
            own = (*_name(rule.name, seen), *_labels(rule.json, signals), *_texts(rule.json, value))
            for message in (*own, *_hold(rule.json), *_named(rule.json, build)):
                yield Finding(rule.where, ID, rule.name, message)
            seen.add(rule.name)


def _name(name: str, seen: set[str]) -> Iterator[str]:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        yield f"its name is not CamelCase of at most {_LONGEST} letters; rename it"
    if name in seen:
        yield "two rules have its name; rename one"


def _labels(json: Json, signals: set[str]) -> Iterator[str]:
    labels = json.get("labels") or {}
    severity, signal = labels.get("severity"), labels.get("signal")
    if severity not in _SEVERITIES:
        meant, known = nearest(str(severity), _SEVERITIES), ", ".join(_SEVERITIES)
        yield f"its severity is {severity!r}{meant}; it is one of {known}"
    if signal not in signals:
        yield f"its label signal is {signal!r}, which is no signal{nearest(str(signal), signals)}; inhibition needs it"


def _texts(json: Json, value: str) -> Iterator[str]:
    told = json.get("annotations") or {}
    summary, description = str(told.get("summary", "")), str(told.get("description", ""))
    if not summary or "{{" in summary:
        yield "its summary is not fixed text, so notifications cannot be grouped; say one sentence without values"
    if value not in description:
        yield f"its description has no value ({value}), so nobody knows how bad it is; name {{value}} in it"
    yield from (f"it has no {key}; write it" for key in ("runbook_url", "dashboard_url") if not told.get(key))


def _hold(json: Json) -> Iterator[str]:
    try:
        seconds(str(json.get("for", "0s")))
    except ValueError as error:
        yield f"its hold cannot be read: {error}"


def _named(json: Json, build: Build) -> Iterator[str]:
    """Labels that the texts name are kept by the query: by all of its sides where people read them."""
    told = json.get("annotations") or {}
    try:
        sides = branches(_query(json))
    except promql.Unreadable:
        return
    kept = [(side, promql.labels(side, build.catalogue)) for side in sides]
    for key, text in told.items():
        for label in dict.fromkeys(_LABEL.findall(_WHETHER.sub("", str(text)))):
            without = [(side, labels) for side, labels in kept if labels is not None and label not in labels]
            if "{{ if $labels." in str(text) or "{{ if $values." in str(text):
                # The text asks first whether it speaks of a series, and has other words where there is none.
                without = [pair for pair in without if "absent(" not in pair[0]]
            if without and (key == "description" or len(without) == len(kept)):
                side, known = without[0]
                yield f"its {key} names the label '{label}', which {_cut(side)} drops{nearest(label, known)}"


def _query(json: Json) -> str:
    """Prometheus's condition; of Grafana's queries the first, whose series are the alert's instances."""
    models = [node.get("model", {}) for node in json.get("data") or ()]
    return str(json.get("expr") or next((model["expr"] for model in models if "expr" in model), ""))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
