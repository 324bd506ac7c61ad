"""What contact points, policies, templates and mute timings share (notifications.json)."""

import hashlib

import orjson

from tests.double.http import answer


def problem(status, identity, message, **extra):
    """An error of the notifications API, with its id."""
    body = {"statusCode": status, "messageId": f"alerting.notifications.{identity}", "message": message}
    return answer(body | ({"extra": extra} if extra else {}), status)


def version_of(content):
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def marked(value, provenance):
    """A value with its provenance, which is no key at all when there is none."""
    kept = {key: each for key, each in value.items() if key != "provenance"}
    return kept | ({"provenance": provenance} if provenance else {})
