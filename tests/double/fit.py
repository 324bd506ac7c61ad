"""What a dashboard or folder must be to be accepted through the resource API, and who may write it."""

import re

from tests.double import folders
from tests.double.http import failure, failure_without_words
from tests.double.kinds import FOLDERS, of

LONGEST = 262_144
LABEL = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
LABELS = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    f"'{LABEL}')"
)


def unfit(kind, name, labels, annotations, times=1):
    """The answer that refuses labels or annotations, or None; an update is judged two times."""
    problem = f'{kind.name}.{kind.group} "{name}" is invalid: metadata.'
    for value in labels.values():
        if len(value.encode()) > 63:
            return failure(422, f'{problem}labels: Invalid value: "{value}": must be no more than 63 bytes')
        if not re.fullmatch(LABEL, value):
            return failure(422, f'{problem}labels: Invalid value: "{value}": {LABELS}')
    if sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items()) > LONGEST:
        long = f"Too long: may not be more than {LONGEST} bytes"
        causes = [{"reason": "FieldValueTooLong", "message": long, "field": "metadata.annotations"}] * times
        named = {"name": name, "group": kind.group, "kind": kind.name, "causes": causes}
        return failure(422, f"{problem}annotations: {long}", "Invalid", **named)
    return None


def refused(double, kind, name, spec, folder, moved=False):
    """Why a dashboard or folder of this name, title and place is not accepted, or None."""
    if kind is FOLDERS:
        if error := folders.fault(name, spec.get("title", "")):
            return failure(400, error[0], uid=error[1])
        return folders.misplaced(double.state, name, folder, moved)
    if folder and folder != "general" and folder not in double.state.folders:
        return failure(404, f'folders.folder.grafana.app "{folder}" not found', "NotFound", **of(FOLDERS, folder))
    return None


def sees(double, login, kind, resource, level=1):
    """Whether a login may read a resource, or write it (2)."""
    return folders.allowed(double.state, login, resource.name if kind is FOLDERS else resource.folder, level)


def forbidden(double, login, kind, folder):
    """The answer that refuses a new resource in a folder, or None."""
    if folders.allowed(double.state, login, folder, 2):
        return None
    if kind is FOLDERS:
        return failure(403, "Access denied")
    if not folder:
        return failure_without_words(403)
    message = f'folders.folder.grafana.app "{folder}" is forbidden: access denied to folder'
    return failure(403, message, "Forbidden", **of(FOLDERS, folder))
