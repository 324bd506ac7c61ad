"""What the tests of compiled files share."""

import json
import urllib.parse
import urllib.request

import pytest
import yaml
from attrs import frozen

from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.load import ROOT


@frozen
class Alertmanager:
    """A real one, on what was compiled; it is asked and told over HTTP."""

    url: str

    def post(self, *alerts):
        """Let alerts of these labels fire."""
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()

    def alerts(self, matchers=()):
        """What fires and is matched, as it says itself."""
        asked = urllib.parse.urlencode([("filter", one) for one in matchers])
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts?{asked}", timeout=5) as answer:
            return json.load(answer)

    def found(self, matchers):
        """The labels of what is matched."""
        return [one["labels"] for one in self.alerts(matchers)]


@pytest.fixture(scope="module")
def alertmanager(tool, compiled_by, tmp_path_factory):
    """Alertmanager, with the configuration that it gets where Prometheus notifies."""
    folder, address = tmp_path_factory.mktemp("alertmanager"), f"{LOOPBACK}:{free_port()}"
    (folder / "templates").mkdir()
    config = folder / "alertmanager.yml"
    config.write_text(compiled_by("prometheus").files["alertmanager/alertmanager.yml"])
    argv = [tool("prometheus-alertmanager"), f"--config.file={config}", f"--storage.path={folder / 'data'}"]
    argv += [f"--web.listen-address={address}", "--cluster.listen-address="]
    with running(argv, log=folder / "log", until=lambda: answers(f"http://{address}/-/ready")):
        yield Alertmanager(f"http://{address}")


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
