"""What several of these tests need: promtool as the judge of what a query means."""

import json
import subprocess
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Promtool:
    """Evaluates queries over series written as promtool writes them (`0+10x20`)."""

    program: str
    folder: object

    def check(self, series, expected, *, rules=(), interval="30s"):
        """Assert that each (query, minute) of `expected` gives exactly these samples: {labels: value}."""
        groups = {"groups": [{"name": "g", "interval": interval, "rules": list(rules)}] if rules else []}
        cases = [
            {
                "expr": query,
                "eval_time": f"{round(minute * 60)}s",
                "exp_samples": [{"labels": labels, "value": value} for labels, value in samples.items()],
            }
            for (query, minute), samples in expected.items()
        ]
        test = {
            "rule_files": ["rules.json"],
            "evaluation_interval": interval,
            "tests": [
                {
                    "interval": interval,
                    "input_series": [{"series": name, "values": values} for name, values in series.items()],
                    "promql_expr_test": cases,
                }
            ],
        }
        (self.folder / "rules.json").write_text(json.dumps(groups))
        (self.folder / "test.json").write_text(json.dumps(test))
        run = subprocess.run(
            [self.program, "test", "rules", "test.json"], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, (run.stdout + run.stderr)[:2000]


@pytest.fixture
def promtool(tool, tmp_path):
    return Promtool(tool("promtool"), tmp_path)
