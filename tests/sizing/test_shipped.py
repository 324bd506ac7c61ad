"""What the Prometheus of this project has, and what that is enough for."""

import re

import pytest
import yaml

from kit.sizing.needs import RETENTION_DAYS, Needs
from kit.sizing.said import kept
from kit.sizing.shipped import BASE, PRODUCTION, SHIPPED

ENVIRONMENT = "prometheus-environment"


def container(text):
    """Of the one object with pods in a file: its container, and the claims of its pods."""
    [found] = [one for one in yaml.safe_load_all(text) if "template" in one.get("spec", {})]
    [one] = found["spec"]["template"]["spec"]["containers"]
    return one, found["spec"].get("volumeClaimTemplates", [])


def told(text):
    """What a kustomization tells it to keep."""
    [said] = [one["literals"] for one in yaml.safe_load(text)["configMapGenerator"] if one["name"] == ENVIRONMENT]
    return dict(one.split("=") for one in said)


@pytest.mark.parametrize(
    ("shipped", "workload", "folder"),
    [
        (BASE, "k8s/prometheus-deployment.yaml", "k8s"),
        (PRODUCTION, "overlays/production/prometheus.yaml", "overlays/production"),
    ],
)
def test_it_has_what_is_said_of_it(compiled, shipped, workload, folder):
    found, claims = container(compiled.files[workload])
    if not claims:
        claims = [
            one
            for one in yaml.safe_load_all(compiled.files["k8s/prometheus.yaml"])
            if one["kind"] == "PersistentVolumeClaim"
        ]
    assert found["resources"]["limits"]["memory"] == f"{shipped.megabytes}Mi"
    assert [one["spec"]["resources"]["requests"]["storage"] for one in claims] == [f"{shipped.volume}Gi"]
    said = told(compiled.files[f"{folder}/kustomization.yaml"])
    assert said["PROMETHEUS_RETENTION_SIZE"] == f"{shipped.kept}GB"
    assert said["PROMETHEUS_RETENTION"] == f"{RETENTION_DAYS}d"


def test_that_of_compose_has_what_the_base_has(compiled):
    service = yaml.safe_load(compiled.files["docker-compose.monitoring.yml"])["services"]["prometheus"]
    assert service["mem_limit"] == f"{BASE.megabytes}m"
    assert re.search(r"RETENTION_SIZE:-(\w+)}", str(service["command"]))[1] == f"{BASE.kept}GB"


@pytest.mark.parametrize("shipped", SHIPPED)
def test_a_fifth_of_its_volume_stays_free(shipped):
    assert shipped.kept <= shipped.volume * 0.8


@pytest.mark.parametrize("shipped", SHIPPED)
def test_what_it_is_enough_for_is_where_it_ends(shipped):
    """Just below, all is kept; with a little more, it is killed, or forgets."""
    below, above = (Needs(shipped.series * more, shipped.samples * more) for more in (0.999, 1.001))
    assert (shipped.fits(below), shipped.days(below)) == (True, RETENTION_DAYS)
    assert (shipped.fits(above), shipped.days(above)) == (False, RETENTION_DAYS - 1)


def test_a_large_one_is_more_than_the_base_holds_and_production_forgets_it_early(compiled):
    """80 GB are 85.9e9 bytes, of which a day of the large installation takes 9.3e9."""
    large = Needs(529_698, 53_673)
    assert not BASE.fits(large) and PRODUCTION.fits(large)
    assert PRODUCTION.days(large) == 9
    assert kept(PRODUCTION, Needs(529_698, 53_673 * 12)) == "0 days instead of 35"
