"""Secrets never reach a log, an exception or a sentence."""

import pytest
from dataflux_exporter import secret
from dataflux_exporter.config.build import Refused, load
from dataflux_exporter.errors import Broken, scrubbed, sentence
from dataflux_exporter.run import Run, outcomes

WORD = "hunter2-äö'x"


@pytest.mark.parametrize(
    "text",
    [
        f"collectors: {{db: {{type: sql, password: {WORD}}}}}",
        f"collectors: {{db: {{type: sql, password: [{WORD}]}}}}",
        f"collectors: {{db: {{type: sql, password: {{env: '{WORD}'}}}}}}".replace("'x", "x"),
        f"collectors: {{db: {{type: sql, host: 'postgres://u:{WORD}@h'}}}}".replace("'x", "x"),
        f"collectors: {{db: {{type: kafka, brokers: ['u:{WORD}@h:1']}}}}".replace("'x", "x"),
        "password: *hunter2",
        "password: !hunter2 x",
        "password: @hunter2",
        "password: %hunter2\n- x",
        "password: 'hunter2\n",
    ],
)
def test_a_mistake_is_told_without_what_stands_there(configuration, text):
    with pytest.raises(Refused) as error:
        load(configuration(text))
    assert "hunter2" not in str(error.value)


def test_a_secret_is_read_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("A_PASSWORD", WORD)
    (tmp_path / "password").write_text(WORD + "\n")
    assert secret.of({"env": "A_PASSWORD"}).reveal() == WORD
    kept = secret.of({"file": str(tmp_path / "password")})
    assert kept.reveal() == WORD and WORD not in repr(kept)
    (tmp_path / "password").write_text("rotated")
    assert kept.reveal() == "rotated"
    assert secret.of(None) is None


def test_a_secret_that_is_not_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("A_PASSWORD", raising=False)
    with pytest.raises(Broken, match="the environment variable A_PASSWORD is not set"):
        secret.of({"env": "A_PASSWORD"}).reveal()
    with pytest.raises(Broken, match="cannot be read: No such file"):
        secret.of({"file": str(tmp_path / "none")}).reveal()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"cannot log in with {WORD}", "cannot log in with ***"),
        ("postgresql://me:pw@db/x is down", "postgresql://***@db/x is down"),
        ("password=pw host=db", "password=*** host=db"),
        ("Password: 'p w' refused", "Password: *** refused"),
        ("two\n  lines", "two lines"),
    ],
)
def test_messages_are_scrubbed(text, left):
    assert scrubbed(text, {WORD}) == left


def test_a_very_short_secret_silences_the_message():
    assert sentence(ValueError("a is 1"), {"1"}) == "ValueError: (not shown: it may contain a secret)"


def test_what_a_client_library_raises_is_told_without_the_secret(monkeypatch):
    monkeypatch.setenv("A_PASSWORD", WORD)

    class Talkative:
        parts = ("one",)

        def open(self, run):
            raise RuntimeError(f"dsn was host=db secret {run.reveal(secret.of({'env': 'A_PASSWORD'}))}")

    [outcome] = outcomes(Talkative(), Run(10, 10))
    assert outcome.problem == "RuntimeError: dsn was host=db secret ***"
