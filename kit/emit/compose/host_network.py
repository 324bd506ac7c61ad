"""docker-compose.host-network.yml: node-exporter in the host's own network, so that it counts the host's bytes.

Named after the stack's file. It listens on Docker's bridge, which the host and its containers reach, and nobody else:
there is no address that both a container reaches and loopback protects.
"""

from typing import Any

from kit.emit.compose.exporters import HOST, HOST_PATHS, HOST_PORT
from kit.emit.compose.part import asked, probe, variable

PATH = "docker-compose.host-network.yml"
# docker0, unless the host's Docker was told otherwise.
BRIDGE = variable("NODE_EXPORTER_ADDRESS", "172.17.0.1")


def document() -> dict[str, Any]:
    """What differs from the stack's file."""
    return {
        "version": "3.9",
        "services": {
            HOST: {
                "network_mode": "host",
                "command": [*HOST_PATHS, f"--web.listen-address={BRIDGE}:{HOST_PORT}"],
                "healthcheck": probe(asked(HOST_PORT, "/", BRIDGE)),
            },
            "prometheus": {"extra_hosts": [f"{HOST}:{BRIDGE}"]},
        },
    }
