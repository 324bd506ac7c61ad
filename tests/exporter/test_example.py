"""What is delivered beside the code: the example, the image's recipe, the README."""

import re

import yaml
from dataflux_exporter.config.build import load
from dataflux_exporter.config.check import schema
from dataflux_exporter.samples import KNOWN
from dataflux_exporter.sources import Missing, source_of
from jsonschema import Draft202012Validator


def _keys(data):
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _keys(value)
    elif isinstance(data, list):
        for item in data:
            yield from _keys(item)


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(schema())


def test_the_example_is_valid_and_covers_every_collector(exporter):
    config = load(exporter / "config.example.yml")
    assert {one.type for one in config.collectors} == set(schema()["$defs"]["collector"]["properties"]["type"]["enum"])
    sources = [source_of(one) for one in config.collectors]
    assert not any(isinstance(source, Missing) for source in sources)
    assert all(source.parts for source in sources)


def test_the_example_shows_every_key_there_is(exporter):
    text = (exporter / "config.example.yml").read_text()
    shown = set(_keys(yaml.safe_load(text))) | set(re.findall(r"^ *# (\w+): ", text, re.MULTILINE))
    shapes = [schema(), *schema()["$defs"].values()]
    known = {key for shape in shapes for key in shape.get("properties", {})}
    assert known - shown == set()


def test_the_example_gives_every_metric_that_the_catalogue_expects_of_sql(exporter):
    text = (exporter / "config.example.yml").read_text()
    for name in ("dataflux_assets", "dataflux_active_users"):
        assert re.search(rf"name: {name}\b", text)


def test_names_and_labels_are_the_catalogues():
    from signals import business, queue, storage

    for metric in (
        business.stored,
        business.users,
        queue.size,
        queue.oldest_age,
        storage.used_bytes,
        storage.capacity_bytes,
    ):
        ours = KNOWN[metric.name]
        assert set(ours.labels) == set(metric.labels), metric.name


def test_the_image_is_pinned_and_not_root(exporter):
    recipe = (exporter / "Dockerfile").read_text()
    assert re.search(r"^FROM python:3\.11\.\d+-slim-\w+$", recipe, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", recipe, re.MULTILINE)
    assert "HEALTHCHECK" in recipe and "/healthz" in recipe
    wanted = [line for line in (exporter / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert wanted and all("==" in line for line in wanted)


def test_the_image_gets_all_it_copies_and_nothing_else(exporter):
    ignored = (exporter / ".dockerignore").read_text().splitlines()
    copied = re.findall(r"^COPY (\S+) ", (exporter / "Dockerfile").read_text(), re.MULTILINE)
    assert "*" in ignored
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == set(copied)
    assert all((exporter / name).exists() for name in copied)


def test_the_readme_names_every_metric_and_every_type(exporter):
    text = (exporter / "README.md").read_text()
    own = [
        f"dataflux_exporter_{name}"
        for name in ("collector_success", "collector_age_seconds", "collector_duration_seconds", "build_info")
    ]
    types = schema()["$defs"]["collector"]["properties"]["type"]["enum"]
    assert [word for word in [*KNOWN, *own, *types] if f"`{word}" not in text] == []


def test_what_compose_mounts_is_valid_and_looks_where_its_volume_is(exporter):
    config = load(exporter / "compose/config.yml")
    stack = yaml.safe_load((exporter.parents[1] / "docker-compose.monitoring.yml").read_text())
    mounted = {mount.split(":")[-2] for mount in stack["services"]["dataflux-exporter"]["volumes"]}
    assert config.listen == ("0.0.0.0", 9400)
    assert {path["path"] for one in config.collectors for path in one.options["paths"]} <= mounted
