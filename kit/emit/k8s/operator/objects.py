"""What the operator's objects have in common with one another, and not with the files that they stand for.

Files write their keys in snake_case, objects theirs in camelCase; what they say is the same.
https://prometheus-operator.dev/docs/api-reference/api/
"""

from typing import Any

Json = dict[str, Any]
GROUP = "monitoring.coreos.com"


def object_of(kind: str, name: str, spec: Json, version: str = "v1") -> Json:
    """An object of one of the operator's kinds. Its namespace is set by Kustomize."""
    return {"apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": {"name": name}, "spec": spec}


def camel(value: Any) -> Any:
    """`{"group_wait": …}` → `{"groupWait": …}`, all the way down."""
    if isinstance(value, dict):
        return {camel_key(key): camel(inner) for key, inner in value.items()}
    return [camel(inner) for inner in value] if isinstance(value, list | tuple) else value


def camel_key(key: str) -> str:
    """`slack_configs` → `slackConfigs`."""
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)
