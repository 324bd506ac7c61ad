"""The tree of notification policies."""

import re

from tests.double.durations import seconds, written
from tests.double.http import BadJson, answer, says
from tests.double.notes import marked, problem
from tests.double.routes import route
from tests.double.rules import PROVISIONING, provenance_of
from tests.double.store import empty_policies

SIGNS = ("=", "!=", "=~", "!~")


def named(policy, key):
    """Every receiver (or mute timing) that a policy tree names, from the root down."""
    own = policy.get(key) or []
    below = [name for each in policy.get("routes") or [] for name in named(each, key)]
    return [*([own] if isinstance(own, str) else own), *below]


def normal_policy(given):
    """A policy as it is stored. Raises BadJson."""
    kept = {key: value for key, value in given.items() if value not in (None, [], False, "") and key != "provenance"}
    for key in ("group_wait", "group_interval", "repeat_interval"):
        if key in kept:
            kept[key] = written(seconds(kept[key]))
    if matchers := kept.get("object_matchers"):
        if any(len(each) != 3 or each[1] not in SIGNS for each in matchers):
            raise BadJson
        kept["object_matchers"] = sorted(matchers, key=lambda each: each[0])
    if matchers := kept.get("matchers"):
        kept["matchers"] = [re.sub(r'([=~])"?([^"]*)"?$', r'\1"\2"', each) for each in matchers]
    if routes := kept.get("routes"):
        kept["routes"] = [normal_policy(each) for each in routes]
    return kept


@route("GET", PROVISIONING + "/policies")
def policies(double, request):
    return answer(double.state.policies)


@route("PUT", PROVISIONING + "/policies")
def put_policies(double, request):
    tree = normal_policy(request.json())
    known = {point["name"] for point in double.state.contact_points.values()} | {"empty"}
    error = ""
    if unknown := [each for each in named(tree, "receiver") if each not in known]:
        error = f"receiver '{unknown[0]}' does not exist"
    elif unknown := [each for each in named(tree, "mute_time_intervals") if each not in double.state.mute_timings]:
        error = f"mute time interval '{unknown[0]}' does not exist"
    if error:
        message = f"Invalid format of the submitted route: {error}. Correct the payload and try again."
        return problem(400, "routes.invalidFormat", message, Error=error)
    double.state.policies = marked(tree, provenance_of(request))
    return says(202, "policies updated")


@route("DELETE", PROVISIONING + "/policies")
def reset_policies(double, request):
    double.state.policies = empty_policies()
    return answer(double.state.policies, 202)
