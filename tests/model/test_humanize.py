"""Numbers as Prometheus writes them in alert texts, compared with Prometheus's own."""

import math
import subprocess

import pytest
import yaml

from kit.model import unit
from kit.model.humanize import FUNCTIONS

WHOLE = (0, 1, 7, 59, 60, 61, 90, 999, 1000, 1023, 1024, 1200, 1536, 3599, 3600, 9999, 12_345, 86_400, 90_061, 10**6)
PARTS = (0.05, 0.07, 0.1234567, 0.25, 0.0005, 1.5, 59.99, 99.999, 999.95, 1e-7, 2.5e-10, 1e-30)
GREAT = (123_456_789, 2**30, 12 * 2**30 + 5, 5e15, 1e18)
VALUES = [*WHOLE, *PARTS, *GREAT, *(-value for value in (0.05, 1, 90, 1200, 90_061))]


def test_every_unit_is_written_by_one_of_them():
    units = [value for value in vars(unit).values() if isinstance(value, unit.Unit)]
    assert {one.template for one in units} <= set(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("humanize", 1200, "1.2k"),
        ("humanize", 0.02, "20m"),
        ("humanize", 0, "0"),
        ("humanize", 1e27, "1000Y"),
        ("humanize", math.nan, "NaN"),
        ("humanize1024", 12 * 2**30, "12Gi"),
        ("humanize1024", math.inf, "+Inf"),
        ("humanizePercentage", 0.0725, "7.25%"),
        ("humanizeDuration", 90, "1m 30s"),
        ("humanizeDuration", 0.25, "250ms"),
        ("humanizeDuration", 0, "0s"),
        ("humanizeDuration", -math.inf, "-Inf"),
    ],
)
def test_a_number_is_written_for_people(name, value, text):
    assert FUNCTIONS[name](value) == text


def test_prometheus_writes_the_same(tool, tmp_path):
    """One rule for each number, whose annotations are all the functions of it; promtool compares the texts."""
    texts = {name.split()[0]: f"{{{{ $value | {name} }}}}" for name in FUNCTIONS}
    rules = [
        {"alert": f"N{n}", "expr": f"vector({value!r}) != -12345678", "annotations": texts}
        for n, value in enumerate(VALUES)
    ]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    expected = [
        {
            "eval_time": "1m",
            "alertname": f"N{n}",
            "exp_alerts": [
                {
                    "exp_labels": {},
                    "exp_annotations": {name.split()[0]: write(float(value)) for name, write in FUNCTIONS.items()},
                }
            ],
        }
        for n, value in enumerate(VALUES)
    ]
    story = {"rule_files": ["rules.yml"], "tests": [{"alert_rule_test": expected, "input_series": []}]}
    (tmp_path / "story.yml").write_text(yaml.safe_dump(story))
    ran = subprocess.run(
        [tool("promtool"), "test", "rules", "story.yml"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
