"""Each example says how it is run, what it needs, and how it becomes an image."""

import re

import pytest
import yaml

FOLDERS = ["python-service", "go-service", "as-documented"]
PYTHON = ["python-service", "as-documented"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_its_page_says_how_to_run_it(examples, folder):
    page = (examples / folder / "README.md").read_text()
    assert "```console" in page
    assert f"examples/{folder}" in page


@pytest.mark.parametrize("folder", FOLDERS)
def test_its_image_is_pinned_and_runs_as_nobody(examples, folder):
    lines = (examples / folder / "Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    assert all(base == "scratch" or re.fullmatch(r"\w+:\d+\.\d+\.\d+-[\w-]+", base) for base in bases), bases
    assert "USER 65532:65532" in lines
    for line in lines:
        if line.startswith("COPY") and "--from" not in line:
            assert all(list(examples.glob(f"{folder}/{source}")) for source in line.split()[1:-1]), line


@pytest.mark.parametrize("folder", PYTHON)
def test_what_it_needs_is_pinned(examples, folder):
    needs = (examples / folder / "requirements.txt").read_text().splitlines()
    assert needs
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", need) for need in needs)


@pytest.mark.parametrize(("folder", "port"), [("python-service", 8001), ("go-service", 8002), ("as-documented", 8001)])
def test_it_listens_where_it_is_scraped(examples, folder, port):
    targets = yaml.safe_load((examples.parent / "monitoring/prometheus/prometheus.yml").read_text())
    [services] = [job for job in targets["scrape_configs"] if job["job_name"] == "dataflux-services"]
    assert port in {int(target.split(":")[1]) for static in services["static_configs"] for target in static["targets"]}
    assert f"EXPOSE {port}" in (examples / folder / "Dockerfile").read_text()
