"""The compiled Compose files, as either version of Compose understands them."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from kit.load import ROOT

FILE = ROOT / "monitoring/docker-compose.monitoring.yml"
HOST_NETWORK = ROOT / "monitoring/docker-compose.host-network.yml"
# What a shell needs; nothing that the file could ask for.
BARE = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture(scope="session")
def services():
    """What stands in the committed file."""
    return yaml.safe_load(FILE.read_text())["services"]


def ran(*command, **variables):
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=120,
        env={**BARE, **variables},
        cwd=ROOT,
    )


@pytest.fixture(scope="session")
def first(tool):
    """`first(PROVISION="datasources")`: what Compose 1.29 understands; `files=` are further files."""
    program = tool("docker-compose")

    def config(files=(FILE,), **variables):
        named = [word for file in files for word in ("-f", file)]
        result = ran(program, *named, "config", **variables)
        return result, yaml.safe_load(result.stdout) if result.returncode == 0 else None

    return config


@pytest.fixture(scope="session")
def second(go_program):
    """The same, of Compose 2: by its own library, whose version stands in loader/go.mod."""
    program = go_program(Path(__file__).parent / "loader")

    def config(files=(FILE,), **variables):
        result = ran(program, *files, **variables)
        return result, json.loads(result.stdout) if result.returncode == 0 else None

    return config


@pytest.fixture(scope="session", params=["first", "second"])
def either_compose(request):
    """What each of the two understands, in turn."""
    return request.getfixturevalue(request.param)
