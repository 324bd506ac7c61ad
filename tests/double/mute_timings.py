"""Mute timings."""

import re

from tests.double.http import BadJson, answer
from tests.double.notes import marked, problem, version_of
from tests.double.policies import named
from tests.double.routes import route
from tests.double.rules import PROVISIONING, provenance_of

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october"]
MONTHS += ["november", "december"]


def normal_timing(given):
    """A mute timing as it is stored. Raises BadJson."""
    if not given.get("name"):
        raise BadJson
    intervals = [normal_interval(each) for each in given.get("time_intervals") or []]
    return {"name": given["name"], "time_intervals": intervals, "version": version_of([given["name"], intervals])}


def normal_interval(given):
    kept = {key: value for key, value in given.items() if value not in ([], None, "")}
    for span in kept.get("times", []):
        if not all(is_clock(span.get(key, "")) for key in ("start_time", "end_time")):
            raise BadJson
    if months := kept.get("months"):
        kept["months"] = [":".join(month(each) for each in span.split(":")) for span in months]
    return kept


def is_clock(text):
    return bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text))


def month(text):
    return str(MONTHS.index(text.lower()) + 1) if text.lower() in MONTHS else text


@route("GET", PROVISIONING + "/mute-timings")
def timings(double, request):
    return answer([double.state.mute_timings[name] for name in sorted(double.state.mute_timings)])


@route("GET", PROVISIONING + "/mute-timings/{name}")
def read_timing(double, request, name):
    found = double.state.mute_timings.get(name)
    return answer(found) if found else problem(404, "time-intervals.notFound", "NotFound")


@route("POST", PROVISIONING + "/mute-timings")
def create_timing(double, request):
    timing = normal_timing(request.json())
    if timing["name"] in double.state.mute_timings:
        message = "Time interval with this name already exists. Use a different name or update existing one."
        return problem(400, "time-intervals.nameExists", message)
    double.state.mute_timings[timing["name"]] = marked(timing, provenance_of(request))
    return answer(double.state.mute_timings[timing["name"]], 201)


@route("PUT", PROVISIONING + "/mute-timings/{name}")
def put_timing(double, request, name):
    body = request.json()
    timing, held = normal_timing(body), double.state.mute_timings.get(name)
    if not held or timing["name"] != name:
        return problem(404, "time-intervals.notFound", "NotFound")
    if body.get("version") and body["version"] != held["version"]:
        return problem(409, "conflict", "Conflict")
    double.state.mute_timings[name] = marked(timing, provenance_of(request))
    return answer(double.state.mute_timings[name], 202)


@route("DELETE", PROVISIONING + "/mute-timings/{name}")
def delete_timing(double, request, name):
    held, given = double.state.mute_timings.get(name), request.query.get("version")
    if name in named(double.state.policies, "mute_time_intervals"):
        return problem(409, "time-intervals.used", "Conflict", UsedByRoutes=True)
    if held and given and given != held["version"]:
        return problem(409, "conflict", "Conflict")
    double.state.mute_timings.pop(name, None)
    return answer(None, 204)
