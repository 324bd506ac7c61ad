"""The compiled Compose files, as laws look at them."""

from collections.abc import Iterator, Mapping

from kit.check.build import Build, Json


def files(build: Build) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Each Compose file under monitoring/ with its services."""
    for path, document in build.yaml.items():
        if path.startswith("docker-compose") and isinstance(document, dict):
            yield path, document.get("services") or {}


def source(mount: str) -> str:
    """Where a mount comes from: `./alerts/slack.yml`, `/sys`, `${NAME:-../secrets}`, or a volume's name."""
    if mount.startswith("${"):
        return mount[: mount.index("}") + 1]
    return mount.split(":")[0]
