"""What production's pods wait for is what the page of deployment makes, command by command."""

import re
import shutil

import pytest

from tests.e2e.k8s.conftest import MONITORING

TITLE = "### Production, command by command\n"
WHOLE = ""


@pytest.fixture(params=["grafana", "prometheus"])
def evaluator(request):
    return request.param


@pytest.fixture
def production(build, compiled_by, evaluator, tmp_path):
    """The objects of the overlay, as they are for an evaluator."""
    for path, text in compiled_by(evaluator).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    shutil.copytree(MONITORING / "exporters/logs", tmp_path / "exporters/logs", dirs_exist_ok=True)
    return build(tmp_path / "overlays/production")


def waits(value):
    """(Kind, name, key or all of it) of each Secret and ConfigMap that a pod cannot do without."""
    if isinstance(value, list):
        for one in value:
            yield from waits(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            kind = {"secret": "Secret", "configMap": "ConfigMap"}.get(re.sub("(Key)?Ref$", "", key))
            if kind is None or not isinstance(inner, dict):
                yield from waits(inner)
            elif not inner.get("optional"):
                yield kind, inner.get("secretName") or inner["name"], inner.get("key", WHOLE)


def needed(objects):
    """What the pods wait for, and is not among the objects."""
    there = {(one["kind"], one["metadata"]["name"]) for one in objects}
    asked = {one for it in objects if "template" in it.get("spec", {}) for one in waits(it["spec"]["template"])}
    found = {}
    for kind, name, key in asked:
        if (kind, name) not in there:
            found.setdefault((kind, name), set()).update({key} - {WHOLE})
    return found


def blocks():
    """The commands of each block of the section."""
    section = (MONITORING.parent / "docs/deployment.md").read_text().split(TITLE)[1].split("\n### ")[0]
    found = re.findall(r"^```console\n(.*?)^```", section, re.M | re.S)
    return [block.replace("\\\n", "").splitlines() for block in found]


def keys(said):
    """Those that a command names, or the words behind it: `# user, password`."""
    told, _, remark = said.partition(" # ")
    named = re.findall(r"--from-literal=(\w+)=|--from-file=\S*?(\w+)(?=\s|$)", told)
    return {one for pair in named for one in pair if one} | {one for one in remark.split(", ") if one.isidentifier()}


def made(lines):
    """(Kind, name) → the keys of what the commands make."""
    created = [found for line in lines if (found := re.search(r"create (secret generic|configmap) (\S+) (.*)", line))]
    return {("Secret" if one[1][0] == "s" else "ConfigMap", one[2]): keys(one[3]) for one in created}


def test_everything_that_is_waited_for_is_made_and_nothing_else(production, evaluator):
    whole, instead = map(made, blocks())
    if evaluator == "prometheus":
        whole = {key: names for key, names in whole.items() if key[1] != "grafana-channels"} | instead
    wanted = needed(production)
    assert whole.keys() == wanted.keys()
    for key, names in wanted.items():
        assert not names or names == whole[key], key


def test_the_namespace_comes_first_and_everything_else_before_it_is_applied():
    whole, _ = blocks()
    assert whole[0] == "$ kubectl create namespace dataflux-monitoring"
    [at] = [at for at, line in enumerate(whole) if " apply " in line]
    assert "--server-side -k monitoring/overlays/production" in whole[at]
    assert not [line for line in whole[at:] if " create " in line]
    assert all("-n dataflux-monitoring" in line for line in whole if "create " in line and "namespace" not in line)
