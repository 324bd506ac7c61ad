"""What CONTRIBUTING.md shows works as it stands there."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from kit.model.alert import Alert
from kit.model.fault import collecting
from kit.model.signal import Signal

TEXT = (Path(__file__).resolve().parents[1] / "CONTRIBUTING.md").read_text()
BLOCKS = re.findall(r"```python\n# (signals|alerts)/(\w+)\.py\n(.*?)```", TEXT, re.S)


@pytest.fixture(scope="module")
def after():
    """The modules' names after all blocks ran in them, one after the other; and what was reported."""
    spaces = {}
    with collecting() as faults:
        for package, module, code in BLOCKS:
            space = spaces.setdefault((package, module), dict(vars(import_module(f"{package}.{module}"))))
            if package == "alerts":
                space["queue"] = type("queue", (), spaces["signals", "queue"])
            exec(code, space)
    return spaces, faults


def test_its_samples_define_a_metric_a_signal_and_an_alert_without_fault(after):
    spaces, faults = after
    assert faults == []
    assert isinstance(spaces["signals", "queue"]["retried"], Signal)
    assert spaces["signals", "queue"]["retried"].warning.value == 5
    assert isinstance(spaces["alerts", "queues"]["QueueRetries"], Alert)


def test_its_sample_of_a_panel_stands_in_a_page():
    [line] = re.findall(r"# dashboards/(\w+/\w+)\.py\n(.*?)\n```", TEXT)
    page = Path(__file__).resolve().parents[1] / "dashboards" / f"{line[0]}.py"
    assert line[1].strip() in page.read_text()


def test_its_incident_is_one_that_is_played():
    [(path, code)] = re.findall(r"```python\n# (incidents/\w+\.py)\n(.*?)```", TEXT, re.S)
    lines = {line.strip() for line in (Path(__file__).resolve().parents[1] / path).read_text().splitlines()}
    assert [line for line in code.splitlines() if line.strip() not in lines] == []


def test_the_readme_shows_the_code_as_it_is():
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text()
    for path, code in re.findall(r"```python\n# (\S+\.py)\n(.*?)```", readme, re.S):
        source = (Path(__file__).resolve().parents[1] / path).read_text()
        lines = {line.strip() for line in source.splitlines()}
        assert [line for line in code.splitlines() if line.strip() not in lines] == [], path
