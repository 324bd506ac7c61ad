"""What the tests of compiled files share."""

import pytest
import yaml

from kit.load import ROOT


@pytest.fixture(scope="session")
def recorded():
    """`recorded("alerting/rules.yml")`: a provisioning file that a real Grafana accepted."""
    return lambda path: yaml.safe_load((ROOT / "tests/recorded/provisioning" / path).read_text())


@pytest.fixture(scope="session")
def prometheus(compiled, parsed):
    """prometheus.yml, read."""
    return parsed(compiled, "prometheus/prometheus.yml")


@pytest.fixture(scope="session")
def jobs(prometheus):
    """Job's name → its scrape configuration."""
    return {job["job_name"]: job for job in prometheus["scrape_configs"]}
