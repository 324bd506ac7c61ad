"""Compose 1.29 and 2 both load the file, with no variable set, and understand the same."""

import pytest
import yaml

from tests.e2e.compose.conftest import FILE, HOST_NETWORK

OBSOLETE = "the attribute `version` is obsolete"


def test_it_loads_with_no_variable_set_and_nothing_is_said(either_compose, services):
    result, found = either_compose()
    assert result.returncode == 0, result.stderr
    # Compose 2 needs no `version`; 1.29 does.
    assert [line for line in result.stderr.splitlines() if OBSOLETE not in line] == []
    assert found["services"].keys() == services.keys()


def published(service):
    """host:port:port of each port, in either version's words."""
    for port in service.get("ports", ()):
        if isinstance(port, dict):
            yield f"{port['host_ip']}:{port['published']}:{port['target']}"
        else:
            yield str(port).removesuffix("/tcp")


def mounts(service):
    """Where each mount ends, and whether it can be written to."""
    for mount in service.get("volumes", ()):
        if isinstance(mount, dict):
            yield mount["target"], bool(mount.get("read_only"))
        else:
            yield mount.split(":")[1], mount.endswith(":ro")


def test_both_understand_the_same(first, second):
    one, two = first()[1]["services"], second()[1]["services"]
    for name, service in one.items():
        other = two[name]
        for key in ("image", "user", "read_only", "cap_drop", "security_opt", "tmpfs", "pids_limit", "profiles"):
            assert service.get(key) == other.get(key), (name, key)
        assert [word.replace("$$", "$") for word in service.get("command") or ()] == (other.get("command") or [])
        assert (service.get("environment") or {}) == (other.get("environment") or {}), name
        assert set(published(service)) == set(published(other)), name
        assert set(mounts(service)) == set(mounts(other)), name
        assert int(service["mem_limit"].removesuffix("m")) * 1024**2 == int(other["mem_limit"]), name
        assert float(service["cpus"]) == float(other["cpus"])
        probe, asked = service.get("healthcheck", {}), other.get("healthcheck", {})
        assert [word.replace("$$", "$") for word in probe.get("test", ())] == asked.get("test", []), name


def test_what_is_published_is_for_this_host_only(either_compose):
    ports = [port for service in either_compose()[1]["services"].values() for port in published(service)]
    assert {port.rsplit(":", 1)[-1] for port in ports} >= {"3000", "9090"}
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_a_port_and_an_address_are_told_by_one_variable(either_compose):
    _, found = either_compose(GRAFANA_LISTEN="0.0.0.0:3001", PROMETHEUS_LISTEN="127.0.0.1:9091")
    assert list(published(found["services"]["grafana"])) == ["0.0.0.0:3001:3000"]
    assert list(published(found["services"]["prometheus"])) == ["127.0.0.1:9091:9090"]
    assert list(published(found["services"]["loki"])) == ["127.0.0.1:3100:3100"]


def password(found):
    return found["services"]["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"].replace("$$", "$")


@pytest.mark.parametrize(
    ("given", "is_"),
    [({}, "admin"), ({"GRAFANA_ADMIN_PASSWORD": "a$b"}, "a$b")]
    + [({"GRAFANA_ADMIN_PASSWORD": "$__file{/etc/dataflux/secrets/grafana_password}"},) * 2],
)
def test_the_password_of_the_admin(either_compose, given, is_):
    is_ = is_ if isinstance(is_, str) else is_["GRAFANA_ADMIN_PASSWORD"]
    assert password(either_compose(**given)[1]) == is_


def test_a_variable_set_to_nothing_is_as_good_as_unset(either_compose):
    names = ("SLACK_WEBHOOK_URL", "WEBHOOK_URL", "WEBHOOK_TOKEN", "PROVISION", "GRAFANA_LISTEN", "SECRETS_DIR")
    plain, empty = either_compose()[1], either_compose(**dict.fromkeys(names, ""))[1]
    assert plain == empty


def test_what_one_of_them_refuses_is_refused_by_it_indeed(first, second, tmp_path):
    """The two are asked for something: the file is one that both accept, and these are not."""
    broken = yaml.safe_load(FILE.read_text())
    broken["services"]["loki"]["healthcheck"]["start_interval"] = "1s"
    path = tmp_path / "broken.yml"
    path.write_text(yaml.safe_dump(broken))
    assert first((path,))[0].returncode != 0
    broken["services"]["loki"] = {"imagee": "x"}
    path.write_text(yaml.safe_dump(broken))
    assert second((path,))[0].returncode != 0


def test_node_exporter_sees_the_hosts_network_where_that_is_asked_for(either_compose, services):
    result, found = either_compose(files=(FILE, HOST_NETWORK), NODE_EXPORTER_ADDRESS="172.18.0.9")
    assert result.returncode == 0, result.stderr
    one, whole = found["services"]["node-exporter"], services["node-exporter"]
    assert one["network_mode"] == "host" and not one.get("networks") and not one.get("ports")
    assert "--web.listen-address=172.18.0.9:9100" in one["command"]
    assert set(whole["command"]) - set(one["command"]) == {
        "--no-collector.netdev",
        "--no-collector.netstat",
        "--no-collector.sockstat",
    }
    assert one["healthcheck"]["test"][-1] == "http://172.18.0.9:9100/"
    assert (one["image"], one["user"], one["read_only"]) == (whole["image"], whole["user"], True)
    hosts = found["services"]["prometheus"]["extra_hosts"]
    assert hosts in ({"node-exporter": "172.18.0.9"}, ["node-exporter=172.18.0.9"])
    assert "extra_hosts" not in services["prometheus"]
