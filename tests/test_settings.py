"""A setting that cannot be is told in one sentence: file and line of it, what is wrong, what to do."""

import ast
import re

import attrs
import pytest

from kit import load
from kit.settings import Job, Settings

SOURCE = (load.ROOT / "settings.py").read_text()
[CALL] = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Call) and node.func.id == "Settings"]
LINES = {word.arg: (word.lineno, word.value) for word in CALL.keywords}

EMPTY = "it is empty; write what it is (settings.py says what for)"
UNSEEN = "it has white space at an end, or signs that cannot be seen; write it without them"
NO_URL = "it is no http(s) address; write one such as https://example.org:8080"
ENDS = "paths are added to it; write it without / at its end, and without ? and #"
USER = "it names a user; write it without user and password"
NO_REFERENCE = "it is written out; write a reference such as $NAME"
NEITHER = "it is neither a reference such as $NAME nor an http(s) address; write one of them"
NO_NAME = "is no name; begin with a letter or digit, and use only those, blanks and . _ : / @ + -"
NO_TUPLE = "is no tuple; write ('…',), with a comma also where there is only one"
NO_PORT = "is no HOST:PORT; write both, and nothing else"
PORT = "has a port that is none; write one from 1 to 65535"
SCHEME = "has a scheme; write HOST:PORT alone"
NO_DURATION = "is no duration like 30s, 5m, 1h30m or 1d"
NO_DAY = "is no time of the week; write one such as ('sunday', '03:00', '04:00')"
NO_TEXT = "is no text; write it in quotes"

URLS = ("grafana_url", "runbook_url", "prometheus_url", "loki_url", "alertmanager_webhook_url")
BASES = URLS[:-1]
ADDRESSES = ("alertmanager", "smtp")
DURATIONS = ("scrape_interval", "service_scrape_interval", "rule_interval")
REFERENCES = ("slack_url", "webhook_url")
NAMES = ("grafana_version", "cluster", "environment", "slack_channel", "email", "email_from", "secrets_dir", "timezone")
TEXTS = (*NAMES, *ADDRESSES, *URLS, *DURATIONS, "webhook_token")

WRONG = [
    *((one, bad, EMPTY) for one in TEXTS for bad in ("", "  ")),
    *((one, bad, UNSEEN) for one in TEXTS for bad in (" x", "x\n", "x\u200by")),
    *((one, 5, NO_TEXT) for one in TEXTS if one != "webhook_token"),
    *((one, bad, NO_URL) for one in URLS
      for bad in ("nonsense", "example.org:3000", "ftp://x", "http://", "http://x:99999", "http://x:0", "http://a b",
                  'http://x"', "http://[::1")),
    *((one, "http://me:secret@x", USER) for one in URLS),
    *((one, bad, ENDS) for one in BASES for bad in ("http://x/", "http://x?token=secret", "http://x#y")),
    *((one, bad, NO_PORT) for one in ADDRESSES
      for bad in ("localhost", "localhost:", ":25", "a b:25", "x:25/", "[::1]")),
    *((one, bad, PORT) for one in ADDRESSES for bad in ("x:0", "x:65536")),
    *((one, "http://x:9093", SCHEME) for one in ADDRESSES),
    *((one, bad, NO_DURATION) for one in DURATIONS for bad in ("x", "15", "-5s", "1.5s")),
    *((one, "0s", "'0s' is no time at all; write one such as 15s") for one in DURATIONS),
    *((one, bad, NEITHER) for one in REFERENCES for bad in ("", "nonsense", "$", "hooks.example.org/secret", 5)),
    ("webhook_token", "secret", NO_REFERENCE),
    ("webhook_token", 5, "it is no text; write a reference such as $NAME in quotes"),
    ("grafana_version", "latest", "'latest' is no version; write one such as 13.1.0"),
    ("evaluator", "", "'' is none of grafana, prometheus"),
    ("evaluator", "Grafana", "'Grafana' is none of grafana, prometheus; did you mean 'grafana'?"),
    ("evaluator", None, "None is none of grafana, prometheus"),
    *(("cluster", bad, NO_NAME) for bad in ('a"b', "a'b", "{x}", "$x", "a\\b", "-x")),
    ("environment", "`x`", NO_NAME),
    ("services", (), "it is empty; name at least 1"),
    ("services", "ingestion-service:8001", NO_TUPLE),
    ("services", ["ingestion-service:8001"], NO_TUPLE),
    ("services", ("a:1", "b:1", "a:1"), "'a:1' stands in it twice; leave one out"),
    ("services", ("a:1", "b"), f"'b' {NO_PORT}"),
    ("services", ("a:1", ""), EMPTY),
    ("services", ("http://a:1",), SCHEME),
    ("services", ("a:1/metrics",), NO_PORT),
    ("services", ("a:80000",), PORT),
    ("services", (8001,), NO_TEXT),
    ("short_names", ("ingestion",), "is no dict; write {'…': '…'}"),
    ("short_names", {"": "x"}, EMPTY),
    ("short_names", {"x": 'a"b'}, NO_NAME),
    ("short_names", {"(": "x"}, NO_NAME),
    ("repairs", ({"source_label": ["x"]},), "'source_label' is none of source_labels, separator,"),
    ("repairs", ({},), "is no rule of relabelling; write a dict"),
    ("repairs", {"regex": "x"}, NO_TUPLE),
    ("jobs", (("node", ()),), "is no job; write Job('NAME', ('HOST:PORT',))"),
    ("jobs", (Job("node", ()), Job("node", ("a:1",))), "two of them are named 'node'; rename one"),
    ("jobs", (Job("dataflux-services", ()),), "'dataflux-services' is the job of services=; rename it"),
    ("jobs", Job("node", ()), NO_TUPLE),
    ("not_exported", "redis_up", NO_TUPLE),
    ("not_exported", ("redis_up{}",), "is no name of a metric; use letters, digits and _, and no labels"),
    ("not_exported", ("redis_up", "redis_up"), "stands in it twice"),
    ("namespaces", (), "it is empty; name at least 1"),
    ("namespaces", "dataflux", NO_TUPLE),
    *(("namespaces", (bad,), f"'{bad}' is no namespace of Kubernetes; use a-z, 0-9 and - alone, and no - at an end")
      for bad in ("DataFlux", "a.b", "-a", "a-", "a" * 64, "a|b")),
    ("reached_at", {"nobody:1": "a:1"}, "no target is named 'nobody:1'"),
    ("reached_at", {"ingestion-service:8001": "here"}, f"'here' {NO_PORT}"),
    ("reached_at", "ingestion-service:8001", "is no dict"),
    ("slack_channel", "#a b", "is no single word; write it without blanks"),
    *(("email", bad, "is no mailbox; write one such as me@example.org, or several with commas between")
      for bad in ("admin", "@x", "a@", "a@b@c", "a@b; c@d", "a@b,", "Me <a@b>", "$ADMIN@x")),
    *(("email_from", bad, "is no mailbox; write one such as me@example.org")
      for bad in ("admin", "a@b, c@d", "Me a@b")),
    *(("secrets_dir", bad, "is no folder; write all of its path, from / on and without / at its end")
      for bad in ("secrets", "/secrets/", "/")),
    ("maintenance", (), NO_DAY),
    ("maintenance", ("sunday", "03:00"), NO_DAY),
    ("maintenance", "sunday", NO_DAY),
    ("maintenance", ("sunday", 3, 4), NO_DAY),
    ("maintenance", ("sundy", "03:00", "04:00"), "'sundy' is no day; write one such as sunday, or monday:friday; did"),
    ("maintenance", ("Sunday", "03:00", "04:00"), "'Sunday' is no day"),
    ("maintenance", ("sunday", "3:00", "04:00"), "'3:00' is no time of day; write one from 00:00 to 24:00"),
    ("maintenance", ("sunday", "03:00", "25:00"), "'25:00' is no time of day"),
    ("maintenance", ("sunday", "23:00", "01:00"), "it ends (01:00) before it begins (23:00); let it end by 24:00"),
    ("timezone", "Europe/Berln", "'Europe/Berln' is no time zone; say browser, utc, or a name such as Europe/Berlin"),
    ("timezone", "/etc/passwd", "is no time zone"),
    ("plugins", ("a", "a"), "stands in it twice"),
    ("plugins", ("",), EMPTY),
    ("plugins", "clock", NO_TUPLE),
    *(("time_scale", bad, "is no number from 1 on; write 1 for what is real")
      for bad in (0, -1, 0.5, "20", True, None, float("nan"), float("inf"))),
]  # fmt: skip


def written(value):
    """A value as Python; a number that has no literal by its name."""
    return f"float('{value}')" if isinstance(value, float) and not value.is_integer() and value != 0.5 else repr(value)


def refused(tmp_path, **changed):
    """What is told of settings.py where one setting is another; the place is told apart from the sentence."""
    [(name, value)] = changed.items()
    line, node = LINES[name]
    lines = SOURCE.splitlines()
    lines[line - 1 : node.end_lineno] = [f"    {name}={value},"]
    (tmp_path / "settings.py").write_text("\n".join(lines))
    with pytest.raises(load.Unusable) as told:
        load.settings(tmp_path / "settings.py")
    place, _, sentence = str(told.value).removeprefix(f"{tmp_path}/").partition(": ")
    assert place == f"settings.py:{line}"
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(("name", "value", "told"), WRONG, ids=[f"{n}={v!r}" for n, v, _ in WRONG])
def test_a_setting_that_cannot_be_is_told_at_its_line(tmp_path, name, value, told):
    sentence = refused(tmp_path, **{name: written(value)})
    assert sentence.startswith(f"{name}: ")
    assert told in sentence
    assert "secret" not in sentence.replace("secrets_dir", "").replace("'secrets'", "").replace("/secrets/", "")


def test_every_setting_is_in_the_table():
    assert {name for name, _, _ in WRONG} == {one.name for one in attrs.fields(Settings)}
    assert all(one.validator for one in (*attrs.fields(Settings), *attrs.fields(Job)))


@pytest.mark.parametrize(
    ("job", "told"),
    [
        ("Job('', ('a:1',))", f"name: {EMPTY}"),
        ("Job('../x', ('a:1',))", "name: '../x' is no name of a file; begin with a letter or digit"),
        ("Job('a b', ('a:1',))", "name: 'a b' is no name of a file"),
        ("Job('x', 'a:1')", f"addresses: 'a:1' {NO_TUPLE}"),
        ("Job('x', ('a',))", f"addresses: 'a' {NO_PORT}"),
        ("Job('x', ('a:1', 'a:1'))", "addresses: 'a:1' stands in it twice; leave one out"),
        ("Job('x', ('a:1',), path='metrics')", "path: 'metrics' is no path; begin with / and leave out"),
        ("Job('x', ('a:1',), path='/m?x=y')", "path: '/m?x=y' is no path"),
        ("Job('x', (), containers='yes')", "containers: 'yes' is neither True nor False; write one of them"),
    ],
)
def test_a_job_that_cannot_be_is_told_at_its_line(tmp_path, job, told):
    assert refused(tmp_path, jobs=f"({job},)").startswith(told)


def test_a_setting_that_is_taken_from_another_file_is_told_where_it_is_said(tmp_path):
    other = (
        "from attrs import evolve\nfrom settings import settings as ours\nsettings = evolve(\n  ours,\n  smtp='x',\n)\n"
    )
    (tmp_path / "other.py").write_text(other)
    with pytest.raises(load.Unusable, match=r"other.py:5: smtp: 'x' is no HOST:PORT"):
        load.settings(tmp_path / "other.py")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cluster", "arn:aws:eks:eu-west-1:1234:cluster/name"),
        ("environment", "München 2"),
        ("services", ("[::1]:8001", "10.0.0.1:8002", "query_service:8003")),
        ("email", "a@example.org, b@example.org"),
        ("email_from", "DataFlux <a@example.org>"),
        ("slack_url", "http://slack.example.org/proxy"),
        ("webhook_url", "${WEBHOOK_URL}"),
        ("webhook_token", "$__file{/run/secrets/token}"),
        ("alertmanager_webhook_url", "https://example.org/alerts/?team=1"),
        ("grafana_url", "https://example.org:8443/grafana"),
        ("maintenance", ("saturday:sunday", "22:00", "24:00")),
        ("namespaces", ("dataflux", "dataflux-2")),
        ("timezone", "Europe/Berlin"),
        ("time_scale", 1.5),
    ],
)
def test_what_can_be_is_taken(name, value):
    ours = load.settings(load.ROOT / "settings.py")
    assert getattr(attrs.evolve(ours, **{name: value}), name) == value


def test_a_version_without_schemas_is_told_at_its_line(project):
    place = project.edit("settings.py", 'grafana_version="13.1.0"', 'grafana_version="9.0.0"')
    ran = project.build("check")
    assert (ran.code, ran.out) == (2, "")
    assert re.search(rf"{place}: grafana_version: There are no schemas for Grafana '9.0.0': choose one of ", ran.err)
