"""The compiled Compose files, read."""

import pytest
import yaml

from kit.load import ROOT


@pytest.fixture(scope="session")
def stack():
    """docker-compose.monitoring.yml."""
    return yaml.safe_load((ROOT / "monitoring/docker-compose.monitoring.yml").read_text())


@pytest.fixture(scope="session")
def host_network():
    """The file that is named beside it."""
    return yaml.safe_load((ROOT / "monitoring/docker-compose.host-network.yml").read_text())


@pytest.fixture(scope="session")
def services(stack):
    return stack["services"]
