"""Makes ../kubernetes/ from the Prometheus Operator's own definitions of its objects: python schemas/make/crds.py

They come with its Go module, so Go is needed. Left out: descriptions, what only Kubernetes reads (`x-kubernetes-…`,
`format`, `default`), the status, and the kinds of receivers that are not ours.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

MODULE = "github.com/prometheus-operator/prometheus-operator@v0.93.0"
OUT = Path(__file__).resolve().parents[1] / "kubernetes"
# Kind → its file in the module, and the version of it that the API server stores.
KINDS = {
    "PrometheusRule": ("prometheusrules", "v1"),
    "ServiceMonitor": ("servicemonitors", "v1"),
    "AlertmanagerConfig": ("alertmanagerconfigs", "v1alpha1"),
}
RECEIVERS = ("name", "slackConfigs", "emailConfigs", "webhookConfigs")
LEFT_OUT = ("description", "format", "default")


def main() -> None:
    """Write one schema a kind."""
    said = subprocess.run(["go", "mod", "download", "-json", MODULE], capture_output=True, text=True, check=True)
    folder = Path(json.loads(said.stdout)["Dir"]) / "jsonnet/prometheus-operator"
    OUT.mkdir(exist_ok=True)
    for kind, (file, version) in KINDS.items():
        crd = json.loads((folder / f"{file}-crd.json").read_text())
        [found] = [one for one in crd["spec"]["versions"] if one["name"] == version]
        schema = made(kind, f"{crd['spec']['group']}/{version}", found["schema"]["openAPIV3Schema"])
        text = json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False)
        (OUT / f"{kind}.json").write_text(f"{text}\n")


def made(kind: str, api: str, crd: dict[str, Any]) -> dict[str, Any]:
    """A kind's schema: that of its `spec`, below the head that every object has."""
    spec = pruned(crd["properties"]["spec"], "spec")
    defs = {}
    if kind == "AlertmanagerConfig":
        receivers = spec["properties"]["receivers"]["items"]
        receivers["properties"] = {name: receivers["properties"][name] for name in RECEIVERS}
        # The definition allows anything below a route, since Kubernetes knows no schema that holds itself.
        spec["properties"]["route"]["properties"]["routes"]["items"] = {"$ref": "#/$defs/route"}
        defs = {"$defs": {"route": spec["properties"]["route"]}}
        spec["properties"]["route"] = {"$ref": "#/$defs/route"}
    head = {"apiVersion": {"const": api}, "kind": {"const": kind}, "metadata": {"type": "object"}, "spec": spec}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"From {MODULE}, by schemas/make/crds.py.",
        "title": f"a {kind}",
        "type": "object",
        "additionalProperties": False,
        "required": list(head),
        "properties": head,
        **defs,
    }


def pruned(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of a definition, called as its key is, with unknown keys refused, as the API server does."""
    kept = {key: value for key, value in schema.items() if key not in LEFT_OUT and not key.startswith("x-")}
    if "pattern" in kept and "(?i)" in kept["pattern"]:  # Go takes it anywhere, Python in front
        kept["pattern"] = "(?i)" + kept["pattern"].replace("(?i)", "")
    if "properties" in kept:
        inner = {key: pruned(value, key) for key, value in kept["properties"].items()}
        kept |= {"title": name, "properties": inner, "additionalProperties": False}
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = pruned(kept[key], name)
    return kept


if __name__ == "__main__":
    main()
