"""What Prometheus answers over time, asked of promtool: it compares, so it is told to expect nothing, and says what
it got instead. Many stories in one process."""

import json
import re
import subprocess
from pathlib import Path

from kit.model.words import seconds
from tests.stories.telling.promtool import verdicts
from tests.stories.telling.series import STEP, placed

_GOT = re.compile(r'expr: (?P<expr>".*"), time: (?P<time>\w+),\s+exp: .*\s+got: (?P<got>.*)')
_SAMPLE = re.compile(r"\{([^}]*)\} (\S+?)(?:, |$)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
OF_THE_ALERT = {"__name__", "alertname", "alertstate", "severity", "signal"}


def ask(promtool, told, folder):
    """Name → {(query, time): {labels: value}}. `told`: name → (groups, series, [(query, time)])."""
    folder, paths = Path(folder), []
    for number, (groups, series, asked) in enumerate(told.values()):
        rules, path = folder / f"rules-{number}.json", folder / f"asked-{number}.json"
        rules.write_text(json.dumps({"groups": groups}))
        test = {
            "interval": f"{STEP}s",
            "input_series": [{"series": placed(one), "values": values} for one, values in series.items()],
            "promql_expr_test": [{"expr": query, "eval_time": f"{time}s"} for query, time in asked],
        }
        path.write_text(json.dumps({"rule_files": [rules.name], "evaluation_interval": f"{STEP}s", "tests": [test]}))
        paths.append(path.name)
    command = [promtool, "test", "rules", *paths]
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    return {name: _answers(text) for name, text in zip(told, verdicts(ran.stdout, len(paths)), strict=True)}


def _answers(text):
    if not text:
        return {}
    found = {}
    for got in _GOT.finditer(text):
        values = {labels_of(labels): float(value) for labels, value in _SAMPLE.findall(got["got"])}
        assert values, got["got"]
        found[json.loads(got["expr"]), seconds(got["time"])] = values
    assert found, text
    return found


def labels_of(text):
    """The labels of a series, without those of an alert; in one order, as text."""
    return ",".join(f"{name}={value}" for name, value in sorted(_LABEL.findall(text)) if name not in OF_THE_ALERT)
