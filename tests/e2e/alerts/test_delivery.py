"""Nothing is lost: not while a receiver is down, not where it fails, not by a restart of Alertmanager."""

from tests.e2e.alerts.dataflux import WHILE_DOWN
from tests.e2e.alerts.receivers import WEBHOOK
from tests.e2e.alerts.watchers import REFUSED


def test_what_a_receiver_missed_while_it_was_down_arrives_after_alertmanagers_restart(tale):
    assert tale.told_while_down == []
    for name in WHILE_DOWN:
        assert tale.inbox.of(WEBHOOK, name)[0].whole["alerts"]


def test_a_receiver_that_fails_twice_is_told_the_third_time(tale):
    assert tale.inbox.refused == [(WEBHOOK, "MemoryUsageHigh")] * 2
    assert tale.inbox.of(WEBHOOK, "MemoryUsageHigh")


def test_what_a_receiver_refuses_for_long_is_tried_again_until_it_is_taken(watched):
    assert set(watched.inbox.refused) == {(WEBHOOK, REFUSED)} and len(watched.inbox.refused) > 2
    assert watched.inbox.of(WEBHOOK, REFUSED)


def test_a_receiver_is_shown_the_token_of_the_credentials_file_and_nobody_else_knocks(tale):
    assert tale.strangers == [[], []]
