"""One service, played by itself, as the Compose stack's demo runs it: from what its image holds, and nothing else."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kit.load import ROOT
from simulator import alone

# Of loopback's many addresses one that nothing else here listens on.
HOST, ADDRESS = "127.0.0.83", "analysis-service:8003"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A folder with what the Dockerfile copies."""
    folder = tmp_path_factory.mktemp("image")
    for line in (ROOT / "simulator/Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / source, folder)
    return folder


def scrape():
    with OPENER.open(f"http://{HOST}:8003/metrics", timeout=5) as answer:
        return answer.read().decode()


def awaited(process):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read()
        try:
            return scrape()
        except OSError:
            time.sleep(0.2)
    raise AssertionError("it never answered")


def test_it_answers_scrapes_says_lines_and_ends_when_it_is_told(image):
    words = [sys.executable, "-m", "simulator.alone", ADDRESS, "--host", HOST, "--incident="]
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=image, env=environment, **pipes) as process:
        families = {family.name for family in text_string_to_metric_families(awaited(process))}
        assert {"dataflux_build_info", "dataflux_analysis_duration_seconds"} <= families
        line = json.loads(process.stdout.readline())
        process.terminate()
        said, wrong = process.communicate(timeout=30)
    assert line["service"] == "analysis-service"
    assert {"timestamp", "level", "request_id", "message"} <= line.keys()
    assert all(json.loads(one)["service"] == "analysis-service" for one in said.splitlines())
    assert (process.returncode, wrong) == (0, "")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["analysis:8003"], "no service is played at 'analysis:8003'; there is ingestion-service:8001"),
        ([ADDRESS, "--host", HOST, "--incident", "bad_deplo"], "bad_deploy"),
    ],
)
def test_what_cannot_be_played_is_told(words, part, capsys):
    assert alone.main(words) == alone.UNUSABLE
    assert part in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(capsys):
    with socket.create_server((HOST, 8013)):
        assert alone.main(["analysis-service:8013", "--host", HOST]) == alone.FAILED
    assert "port 8013 of 127.0.0.83 cannot be used" in capsys.readouterr().err


def test_its_image_holds_all_that_it_copies_and_runs_as_nobody():
    lines = (ROOT / "simulator/Dockerfile").read_text().splitlines()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    for line in lines:
        for source in line.split()[1:-1] if line.startswith("COPY") else ():
            assert (ROOT / source).exists() and f"!{source}" in ignored, source
    assert "USER 65532:65532" in lines
    assert re.fullmatch(r"FROM python:\d+\.\d+\.\d+-[\w-]+", lines[1])
