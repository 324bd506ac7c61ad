"""Which function answers which request."""

import re
from urllib.parse import unquote

from tests.double.http import says

ROUTES = []


def route(method, path):
    """`@route("GET", "/api/folders/{uid}")` before `answer(double, request, uid)`; names are percent-decoded."""
    # A trailing slash is another path in Grafana too, so nothing is forgiven here.
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

    def add(answer):
        ROUTES.append((method, pattern, answer))
        ROUTES.sort(key=lambda each: each[1].groups)  # a path without names comes before one that would take it
        return answer

    return add


def handled(double, request):
    """The answer to a request by the route that fits it."""
    for method, pattern, respond in ROUTES:
        if method == request.method and (found := pattern.fullmatch(request.path)):
            return respond(double, request, **{name: unquote(value) for name, value in found.groupdict().items()})
    return says(404, "Not found")
