import pytest


def put(**values):
    return lambda board: board.update(values)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (put(title=""), "no title"),
        (put(description=""), "no description"),
        (lambda board: board.update(description=board["title"]), "only repeats the title"),
        (put(tags=[]), "no tags"),
        (put(uid="df-" + "x" * 38), "is not 'df-' and letters"),
        (put(uid="overview"), "is not 'df-' and letters"),
        (put(uid="df-über"), "is not 'df-' and letters"),
        (lambda board: board.pop("uid"), "uid ''"),
        (put(uid="df-elsewhere"), "is not the name of its file"),
        (put(schemaVersion=41), "schemaVersion is 41"),
        (put(editable=True), "can be edited"),
        (lambda board: board.pop("editable"), "can be edited"),
        (put(refresh=""), "refresh ''"),
        (put(refresh="1s"), "not between 10s and 1h"),
        (put(refresh="2h"), "not between 10s and 1h"),
        (put(refresh=False), "not between 10s and 1h"),
        (put(refresh="45s"), "not among those that it offers"),
        (put(time={"from": "now-1m", "to": "now"}), "'now-1m'"),
        (put(time={"from": "now-90d", "to": "now"}), "'now-90d'"),
        (put(time={"from": "2024-01-01", "to": "now"}), "'2024-01-01'"),
        (put(time={"from": "now-1h", "to": "now-5m"}), "'now-5m'"),
        (put(time={}), "begin between"),
        (put(timezone=""), "time zone ''"),
        (put(timezone="Europe/Berln"), "time zone 'Europe/Berln'"),
        (put(timezone="Europe"), "time zone 'Europe'"),
    ],
)
def test_it_says_what_is_wrong_with_the_dashboard(bench, change, part):
    bench.board(change).says(part)


@pytest.mark.parametrize(
    "change",
    [put(timezone="Europe/Berlin"), put(timezone="utc"), put(time={"from": "now-7d", "to": "now"}), put(refresh="1m")],
)
def test_other_sane_choices_pass(bench, change):
    bench.board(change).is_silent()
