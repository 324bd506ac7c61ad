"""No file that is published holds a secret: what is secret is a reference to the environment or to a file."""

import re
from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.texts import keyed

ID = "secrets"
# What has the form of a secret, wherever it stands; the first part is looked for by itself, because that is quick.
_FORMS = {
    "a Slack address": ("hooks.slack.com/", re.compile(r"hooks\.slack\.com/(?:services|workflows)/\w")),
    "a Slack token": ("xox", re.compile(r"\bxox[abprs]-[\w-]{8,}")),
    "a bearer token": ("Bearer ", re.compile(r"\bBearer [A-Za-z0-9._~+/-]{12,}")),
    "a Grafana token": ("glsa_", re.compile(r"\bglsa_\w{16,}")),
    "a key of AWS": ("AKIA", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    "a signed token": ("eyJ", re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.")),
    "a private key": ("PRIVATE KEY-----", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    "a password in an address": ("://", re.compile(r"://[^\s/:@\"'${}]+:[^\s/@\"'${}]+@")),
}
_KEY = re.compile(r"(?:password|passwd|token|secret|credentials|api_?key)$", re.IGNORECASE)
_IN_QUERY = re.compile(r"[?&](?:token|key|api_?key|secret|password|sig)=(?!\$)[^&]+", re.IGNORECASE)
# $NAME and ${NAME} are filled in by Grafana and Compose, $(NAME) by Kubernetes.
_REFERENCE = re.compile(r"\$\w+|\$\{\w+(?::?[-?][^}]*)?\}|\$\(\w+\)|\$__file\{[^}]+\}|")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for path, text in build.files.items():
        for what, (needle, form) in _FORMS.items():
            if needle in text and form.search(text):
                yield Finding(ruled.file(path), ID, path, f"it holds {what}; write a reference such as $NAME instead")
    for path, document in build.yaml.items():
        for key, value in keyed(document):
            # What points at a file (`credentials_file`, `url_file`) has another key, and passes.
            if _KEY.search(key) and not _REFERENCE.fullmatch(value):
                message = f"its {key} is written out; write a reference such as $NAME instead"
                yield Finding(ruled.file(path), ID, path, message)
            elif key.endswith("url") and _IN_QUERY.search(value):
                message = f"its {key} carries a secret in its query; write a reference such as $NAME instead"
                yield Finding(ruled.file(path), ID, path, message)
