"""The files of certificates, looked at before they are used: later, TLS only says that something is wrong."""

import ssl
from collections.abc import Callable
from pathlib import Path


def check(ca_cert: str, client_cert: str, client_key: str) -> None:
    """Raises ValueError with a sentence where a file is not there, or holds something else. Empty: not used."""
    if client_key and not client_cert:
        raise ValueError("there is a client key and no certificate; set GRAFANA_CLIENT_CERT as well")
    for name, file in (("CA_CERT", ca_cert), ("CLIENT_CERT", client_cert), ("CLIENT_KEY", client_key)):
        if file and not Path(file).is_file():
            raise ValueError(f"GRAFANA_{name} names {file}, which is no file")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_cert and not _loads(lambda: context.load_verify_locations(ca_cert)):
        raise ValueError(f"GRAFANA_CA_CERT names {ca_cert}, which cannot be read as certificates in PEM")
    if client_cert and not _loads(lambda: context.load_cert_chain(client_cert, client_key or None, lambda: "")):
        files = f"{client_cert} and {client_key}" if client_key else client_cert
        raise ValueError(
            f"GRAFANA_CLIENT_CERT and GRAFANA_CLIENT_KEY name {files}, which cannot be read as a certificate"
            " and its own key, both in PEM, the key without a passphrase"
        )


def _loads(load: Callable[[], None]) -> bool:
    try:
        load()
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False
    return True
