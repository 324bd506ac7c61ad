"""Nothing is lost: not while a receiver is down, not where it fails, not by a restart of Alertmanager."""

from tests.e2e.alerts.conftest import WHILE_DOWN
from tests.e2e.alerts.receivers import WEBHOOK


def test_what_a_receiver_missed_while_it_was_down_arrives_after_alertmanagers_restart(tale):
    assert tale.told_while_down == []
    for name in WHILE_DOWN:
        assert tale.inbox.of(WEBHOOK, name)[0].whole["alerts"]


def test_a_receiver_that_fails_twice_is_told_the_third_time_and_once(tale):
    assert tale.inbox.refused == [(WEBHOOK, "MemoryUsageHigh")] * 2
    assert len(tale.inbox.of(WEBHOOK, "MemoryUsageHigh")) == 1


def test_a_receiver_is_shown_the_token_of_the_credentials_file_and_nobody_else_knocks(tale):
    assert tale.strangers == [[], []]
