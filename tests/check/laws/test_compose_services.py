import pytest

FILE = "docker-compose.monitoring.yml"
WHOLE = {
    "image": "a/b:v1.2",
    "user": "1",
    "healthcheck": {"test": ["CMD", "true"]},
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "mem_limit": "1m",
    "cpus": 1,
    "pids_limit": 1,
}


def added(**changes):
    whole = {key: value for key, value in {**WHOLE, **changes}.items() if value is not None}
    return lambda document: document["services"].update(new=whole)


def test_a_whole_service(bench):
    bench.yaml(FILE, added()).is_silent()
    bench.yaml(FILE, added(image=None, build="./exporters/x")).is_silent()


@pytest.mark.parametrize(
    "image", ["a/b", "a/b:latest", "a/b:stable", "a/b:", "localhost:5000/a", "a/b@sha256", "${IMAGE:-a:1}"]
)
def test_an_image_without_a_version(bench, image):
    bench.yaml(FILE, added(image=image), "new").says("has no version", at=FILE)


@pytest.mark.parametrize("image", ["a:1", "ghcr.io/a/b:v0.60.5", "m/m:RELEASE.2025-09-07T16-13-09Z", "r/r:v1-alpine"])
def test_an_image_with_a_version(bench, image):
    bench.yaml(FILE, added(image=image)).is_silent()


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"healthcheck": None}, "nothing asks for its health"),
        ({"user": None}, "it runs as root"),
        ({"user": "0:0"}, "it runs as root"),
        ({"user": "root"}, "it runs as root"),
        ({"read_only": None}, "it may write into its image"),
        ({"cap_drop": None}, "it keeps root's capabilities"),
        ({"cap_drop": ["NET_RAW"]}, "it keeps root's capabilities"),
        ({"security_opt": None}, "it can gain privileges"),
        ({"privileged": True}, "it is privileged"),
        ({"mem_limit": None}, "it has no mem_limit"),
        ({"cpus": None}, "it has no cpus"),
        ({"pids_limit": None}, "it has no pids_limit"),
        ({"ports": ["9999:9999"]}, "it publishes 9999:9999"),
        ({"ports": ["${P:-0.0.0.0:9999}:9999"]}, "so that others cannot reach it"),
        ({"ports": ["${P:-127.0.0.1:9090}:9999"]}, "it publishes port 9090, and so does prometheus"),
        ({"healthcheck": {"test": ["CMD", "true"], "start_interval": "1s"}}, "it has a start_interval"),
        (
            {"image": None, "build": {"context": ".", "dockerfile_inline": "FROM a"}},
            "its Dockerfile stands in the file",
        ),
        ({"volumes": ["./alert:/x:ro"]}, "it mounts alert, which is not compiled"),
        ({"volumes": ["./alerts/slak.yml:/x:ro"]}, "it mounts alerts/slak.yml, which is not compiled"),
    ],
)
def test_what_a_service_lacks(bench, changes, part):
    bench.yaml(FILE, added(**changes), "new").says(part, at=FILE)


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("health", {"healthcheck": None}),
        ("root", {"user": None}),
        ("writes", {"read_only": None}),
        ("capabilities", {"cap_drop": None}),
    ],
)
def test_a_reason_spares_it(bench, why, changes):
    bench.yaml(FILE, added(**changes, **{"x-why": {why: "it must"}})).is_silent()
    bench.yaml(FILE, added(**changes, **{"x-why": {why: ""}}), "new").says(
        {
            "health": "nothing asks for its health",
            "root": "it runs as root",
            "writes": "it may write into its image",
            "capabilities": "it keeps root's capabilities",
        }[why],
        at=FILE,
    )


def test_a_change_of_a_service_is_no_service(bench):
    other = "docker-compose.other.yml"
    bench.file(other, "services: {prometheus: {extra_hosts: ['a:b']}}\n").is_silent()


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        (lambda one: one.update(name="x"), "name"),
        (lambda one: one.update(include=["x.yml"]), "include"),
        (lambda one: one.update(configs={"a": {"content": "x"}}), "a"),
    ],
)
def test_what_one_of_the_versions_refuses(bench, change, subject):
    bench.yaml(FILE, change, subject).says("Compose 1.29 refuses it", at=FILE)


def test_all_of_grafanas_alerting_is_mounted(bench):
    path = "alerts/slack.yml"

    def take(document):
        volumes = document["services"]["grafana"]["volumes"]
        volumes[:] = [mount for mount in volumes if path not in mount]

    bench.yaml(FILE, take, "grafana").says(f"it does not mount {path}", at=FILE)
    new = "grafana/provisioning/alerting/new.yml"
    bench.file(new, "apiVersion: 1\n", "grafana").says(f"it does not mount {new}", at=FILE)
