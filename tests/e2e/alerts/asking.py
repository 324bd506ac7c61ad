"""Asking over HTTP, and waiting for what is asked."""

import json
import time
import urllib.request

# Seconds that anything may take on a busy machine; what is waited for normally takes a fraction.
PATIENCE = 240


def until(what, missing, patience=PATIENCE, every=0.2):
    """Wait until `missing()` is empty; fails with what is still missing."""
    end = time.monotonic() + patience
    while left := missing():
        assert time.monotonic() < end, f"{what}: after {patience} s this is missing: {left}"
        time.sleep(every)


def text_of(url, data=None):
    with urllib.request.urlopen(url, data, timeout=60) as answer:
        return answer.read().decode()


def json_of(url):
    return json.loads(text_of(url))
