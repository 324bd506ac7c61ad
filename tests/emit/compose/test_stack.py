"""What the stack is made of: every name agrees with what Prometheus, Grafana, the runbooks and the pages say."""

import re

import pytest
import yaml

from kit.check.parts.composed import source
from kit.check.parts.texts import texts
from kit.emit.images import images
from kit.load import ROOT

MONITORING = ROOT / "monitoring"
# Of DataFlux itself: played, or for trying, here; in earnest they run where DataFlux does, and join the network.
PLAYED = {"ingestion-service", "query-service", "analysis-service"}
DEMO = PLAYED | {"postgres", "redis", "kafka", "minio", "mail"}
# Other ways for log lines.
OTHER_PORTS = {"alloy": "12345", "mail": "8025", "elasticsearch": "9200", "logstash": "9600", "kibana": "5601"}
PROFILES = {"fluentd": {"fluentd"}, "elk": {"elasticsearch", "elk-setup", "logstash", "kibana"}}
OURS = "/etc/dataflux/grafana"


def mounts(service):
    """Target → source, relative to monitoring/; variables by their defaults."""
    found = {}
    for mount in service.get("volumes", ()):
        origin = source(mount)
        target = mount[len(origin) + 1 :].removesuffix(":ro")
        found[target] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", origin)
    return found


def test_every_folder_of_ours_that_is_mounted_is_there_and_cannot_be_written_to(services):
    seen = 0
    for name, service in services.items():
        for mount in service.get("volumes", ()):
            path = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", source(mount))
            if path.startswith("."):
                seen += 1
                assert (MONITORING / path).exists(), (name, path)
                assert mount.endswith(":ro"), mount
    assert seen > 15


def test_prometheus_reads_changed_files_by_itself(services):
    """Its folder is mounted, not a file of it, which would stay the one of before."""
    assert services["prometheus"]["command"].count("--config.auto-reload") == 1
    assert mounts(services["prometheus"])["/etc/prometheus"] == "./prometheus"


def test_of_the_host_only_what_is_known_is_mounted(services):
    host = {
        (name, path) for name, service in services.items() for path in mounts(service).values() if path.startswith("/")
    }
    assert host == {
        ("node-exporter", "/"),
        ("cadvisor", "/"),
        ("cadvisor", "/sys"),
        ("cadvisor", "/var/lib/docker"),
        ("cadvisor", "/var/run/docker.sock"),
        ("alloy", "/var/run/docker.sock"),
    }
    assert all(mount.endswith(":ro") for name, _ in host for mount in services[name]["volumes"] if mount[0] == "/")


def test_cadvisor_finds_containerd_in_what_is_mounted_of_the_host(services):
    """From Docker 29 on images are in containerd by default, and it tells of no container where it cannot ask it."""
    [socket] = [word.split("=")[1] for word in services["cadvisor"]["command"] if word.startswith("--containerd=")]
    [at] = [target for target, path in mounts(services["cadvisor"]).items() if path == "/"]
    assert socket == f"{at}/run/containerd/containerd.sock"


def test_volumes_are_declared_and_used(stack, services):
    used = {
        path for service in services.values() for path in mounts(service).values() if not path.startswith((".", "/"))
    }
    assert used == stack["volumes"].keys()
    assert {"prometheus_data", "grafana_data"} <= used


def test_a_file_that_a_program_reads_again_is_not_mounted_by_itself(services):
    """Compiling replaces files; a container would keep the one that was there when it started."""
    for name, service in services.items():
        single = [path for path in mounts(service).values() if path.startswith("./") and (MONITORING / path).is_file()]
        assert name == "grafana" or not single
        assert all("/alerting/" in target for target, path in mounts(service).items() if path in single)


def test_every_path_that_a_command_names_is_there(services):
    seen = 0
    for name, service in services.items():
        for word in service.get("command", ()):
            path = word.rpartition("=")[2]
            for target, origin in mounts(service).items():
                if path.startswith(f"{target}/") and origin.startswith("."):
                    seen += 1
                    assert (MONITORING / origin / path[len(target) + 1 :]).is_file(), (name, word)
    assert seen == 7


def test_what_is_scraped_is_a_service(compiled, services):
    settings = compiled.product.settings
    scraped = [*settings.services, *(address for job in settings.jobs for address in job.addresses)]
    hosts = {address.rsplit(":", 1)[0] for address in scraped}
    assert hosts <= services.keys()
    other = {name for names in PROFILES.values() for name in names}
    assert services.keys() - hosts == {"alloy", "postgres", "redis", "kafka", "mail"} | other


def test_what_is_dataflux_itself_comes_with_the_demo_only(services):
    found = {}
    for name, service in services.items():
        for profile in service.get("profiles", ()):
            found.setdefault(profile, set()).add(name)
    assert found == PROFILES | {"demo": DEMO}
    assert all(not mount.startswith("..") for name in DEMO for mount in services[name].get("volumes", ()))


def test_what_the_exporters_ask_is_what_the_demo_has(services):
    text = " ".join(texts([services[f"{name}-exporter"] for name in ("postgres", "redis", "kafka")]))
    for name in ("postgres:5432", "redis:6379", "kafka:9092"):
        assert name in text and name.split(":")[0] in services
    login = services["postgres-exporter"]["environment"]["DATA_SOURCE_PASS"]
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == login


def test_the_demo_plays_each_service_that_is_scraped(compiled, services):
    from simulator.cast import ADDRESSES

    for address in compiled.product.settings.services:
        assert address in ADDRESSES
        assert services[address.split(":")[0]]["command"][0] == address
    for name in PLAYED:
        assert (MONITORING / services[name]["build"]["context"] / services[name]["build"]["dockerfile"]).is_file()


def test_the_mail_of_grafana_and_alertmanager_goes_to_the_demo(compiled, services, parsed):
    host = services["grafana"]["environment"]["GF_SMTP_HOST"]
    assert host == "${SMTP_HOST:-mail:1025}"
    assert parsed(compiled, "alertmanager/alertmanager.yml")["global"]["smtp_smarthost"] == "mail:1025"


def test_what_runs_elsewhere_is_not_played(compiled_by):
    files = compiled_by(services=("10.0.0.1:8001", "query.example.org:8002"), smtp="smtp.example.org:587").files
    found = yaml.safe_load(files["docker-compose.monitoring.yml"])["services"]
    assert not found.keys() & (PLAYED | {"mail", "10.0.0.1", "smtp.example.org", "query.example.org"})


def test_ports_are_those_that_are_scraped(compiled, services):
    settings = compiled.product.settings
    addresses = [*settings.services, *(address for job in settings.jobs for address in job.addresses)]
    ports = dict(address.rsplit(":", 1) for address in addresses) | OTHER_PORTS
    for name, service in services.items():
        for port in service.get("ports", ()):
            assert port.rsplit(":", 1)[1] == ports[name]
        probe = " ".join(service.get("healthcheck", {}).get("test", ()))
        if found := re.search(r"127\.0\.0\.1:(\d+)/", probe):
            assert found[1] == ports[name]


def test_where_grafana_asks_is_a_service(compiled, services):
    settings = compiled.product.settings
    for url in (settings.prometheus_url, settings.loki_url, f"http://{settings.alertmanager}"):
        assert re.fullmatch(r"http://([\w-]+):\d+", url)[1] in services


def test_runbooks_ask_services_that_are_there(services):
    command = re.compile(
        r"docker compose -f monitoring/docker-compose\.monitoring\.yml (?:exec|logs|ps|restart|up|kill)\b([^`\n|;)]*)"
    )
    values = re.compile(r"--(?:since|scale|tail) \S+|-s \S+|(?<!\w)-[\w-]+")
    asked = set()
    for page in (ROOT / "docs").rglob("*.md"):
        for found in command.finditer(page.read_text()):
            words = values.sub("", found[1]).split()
            asked |= set(words[:1])
    assert {"prometheus", "grafana", "alertmanager", "postgres-exporter", "redis-exporter"} <= asked
    assert {word for word in asked if word.islower()} <= services.keys()


def provisioned(services, chosen):
    """What Grafana finds below its provisioning folder: folder → what is mounted into it, from monitoring/."""
    found = {}
    for target, origin in mounts(services["grafana"]).items():
        if target.startswith(f"{OURS}/{chosen}/"):
            folder = target[len(f"{OURS}/{chosen}/") :].split("/")[0]
            found.setdefault(folder, set()).add(origin.removeprefix("./"))
    return found


def test_all_is_provisioned_from_files(services, compiled):
    found = provisioned(services, "all")
    assert found["datasources"] == {"grafana/datasources"}
    assert found["dashboards"] == {"grafana/provisioning/dashboards"}
    folders = ("alerts/", "grafana/provisioning/alerting/")
    alerting = {path for path in compiled.files if path.startswith(folders) and path.endswith(".yml")}
    assert found["alerting"] == alerting and len(alerting) == 7
    [provider, *_] = yaml.safe_load(compiled.files["grafana/provisioning/dashboards/dataflux.yml"])["providers"]
    folder = provider["options"]["path"].rsplit("/", 1)[0]
    assert mounts(services["grafana"])[folder] == "./grafana/dashboards"


def test_for_those_who_publish_only_data_sources_are(services):
    assert provisioned(services, "datasources") == {"datasources": {"grafana/datasources"}}


@pytest.mark.parametrize("chosen", ["all", "datasources"])
def test_every_folder_that_grafana_looks_into_is_there(services, chosen):
    """It logs an error for each that is not."""
    folders = provisioned(services, chosen).keys()
    empty = {path.rsplit("/", 1)[1] for path in services["grafana"]["tmpfs"] if path.startswith(f"{OURS}/{chosen}/")}
    assert folders | empty == {"datasources", "dashboards", "alerting", "plugins"}
    assert not folders & empty


def test_no_secret_stands_in_it(services):
    """A password or token is a reference; the defaults are those that any laptop may know."""
    for name, service in services.items():
        for key, value in service.get("environment", {}).items():
            if re.search("PASS|TOKEN|SECRET|KEY", key):
                default = re.fullmatch(r"\$\{\w+:-([^}]*)\}", value)
                assert default and default[1] in ("", "admin", "not-set", "postgres", "minioadmin"), (name, key, value)


@pytest.mark.parametrize("name", ["cadvisor", "postgres-exporter", "kafka-exporter"])
def test_exporters_are_those_whose_metrics_are_known(compiled, name):
    version = images(compiled.product.settings)[name].rsplit(":v", 1)[1]
    assert (ROOT / f"tests/exposition/{name.replace('-', '_')}-{version}.txt").is_file()


def test_grafana_is_the_one_that_is_compiled_for(compiled, services):
    assert services["grafana"]["image"] == f"grafana/grafana:{compiled.product.settings.grafana_version}"


def test_an_exporter_that_is_not_scraped_is_left_out(compiled_by):
    from kit import load

    jobs = tuple(job for job in load.settings(ROOT / "settings.py").jobs if job.name != "kafka")
    found = yaml.safe_load(compiled_by(jobs=jobs).files["docker-compose.monitoring.yml"])
    assert "kafka-exporter" not in found["services"] and "redis-exporter" in found["services"]


def test_logstash_waits_for_the_template_and_what_is_loaded_is_loaded_once(services):
    assert services["logstash"]["depends_on"] == {"elk-setup": {"condition": "service_completed_successfully"}}
    assert services["elk-setup"]["restart"] == "on-failure"
    others = [name for name, service in services.items() if service["restart"] != "unless-stopped"]
    assert others == ["elk-setup"] and [name for name in services if "depends_on" in services[name]] == ["logstash"]


def test_the_parts_of_the_elk_stack_are_of_one_version(services):
    found = {services[name]["image"].rpartition(":")[2] for name in PROFILES["elk"]}
    assert len(found) == 1


def test_every_variable_is_explained(stack, host_network):
    asked = dict(found for text in texts([stack, host_network]) for found in re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    page = (ROOT / "docs/deployment.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|–) \|", page, re.M))
    assert told == asked
