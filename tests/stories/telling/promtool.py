"""Stories told to promtool: a file for each, many in one process, because each start costs time."""

import json
import os
import re
import subprocess
from pathlib import Path

import yaml

from tests.stories.telling.series import STEP

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A rule in a story leaves much garbage and keeps little: Go looks for it a quarter as often as it would.
GARBAGE = {"GOGC": "400"}
_FILE = re.compile(r"^Unit Testing: .*\n", re.MULTILINE)
_VERDICT = re.compile(r"^  (SUCCESS|FAILED:)$", re.MULTILINE)


def asked_for():
    """The promtool to use: PROMTOOL=…, else the one on the PATH."""
    return os.environ.get("PROMTOOL") or "promtool"


def alerts(groups):
    """Alert's name → its rule."""
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


def only(names, groups):
    """The groups with these alerts, and what is recorded for them; all rules would take long."""
    kept = []
    for group in groups:
        mine = [rule for rule in group["rules"] if rule.get("alert") in names]
        read = " ".join(rule["expr"] for rule in mine)
        recorded = [rule for rule in group["rules"] if "record" in rule and rule["record"] in read]
        if mine:
            kept.append({**group, "rules": [*recorded, *mine]})
    return kept


def failures(told, promtool, folder):
    """Name → what promtool found wrong, `""` for a story that is true. `told`: name → (groups, test group)."""
    folder = Path(folder)
    files = {}
    for number, (name, (groups, test)) in enumerate(told.items()):
        rules, path = folder / f"rules-{number}.json", folder / f"story-{number}.json"
        rules.write_text(json.dumps({"groups": groups}))  # JSON is YAML, and quicker to write
        asked = {"rule_files": [rules.name], "evaluation_interval": f"{STEP}s", "tests": [test]}
        path.write_text(json.dumps(asked))
        files[path.name] = name
    ran = subprocess.run(
        [promtool, "test", "rules", *files],
        cwd=folder,
        env={**GARBAGE, **os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return dict(zip(files.values(), verdicts(ran.stdout, len(files)), strict=True))


def verdicts(output, many):
    """What promtool found wrong with each of so many files, in their order, `""` for one that is true.

    Version 2 names the file above its verdict, version 3 does not.
    """
    before, *parts = _VERDICT.split(_FILE.sub("", output))
    assert len(parts) == 2 * many, output
    assert not before.strip(), output
    return [
        "" if verdict == "SUCCESS" else f"{verdict}\n{text.strip()}"
        for verdict, text in zip(parts[::2], parts[1::2], strict=True)
    ]
