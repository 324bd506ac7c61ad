"""What was published last of what Grafana keeps no annotation for: its text, and where it is kept."""

import pytest

from kit.publish import ledger
from kit.publish.client import Grafana, Login
from kit.publish.here.targets import Target
from kit.publish.http.errors import Conflict, GrafanaError
from kit.publish.ledger import Entry, FileLedger, FolderLedger
from kit.publish.preflight import server
from kit.publish.resource import PUBLISHED
from tests.double import Double
from tests.double.faults import First, on

ENTRIES = {
    "rules:f/hosts": Entry(("a" * 64,), "4f2c9aa"),
    "contact point:df-slack": Entry(("b" * 64, "c" * 64), "", ("url",)),
}


def test_entries_come_back_from_their_text():
    assert ledger.entries(ledger.text(ENTRIES)) == ENTRIES
    assert ledger.text(ledger.entries(ledger.text(ENTRIES))) == ledger.text(dict(reversed(ENTRIES.items())))


@pytest.mark.parametrize("text", ["", "x", "[]", "3", '{"a": 1}', '{"a": {}}', '{"a": {"of": null}}', "{", "null"])
def test_what_cannot_be_read_notes_nothing(text):
    assert ledger.entries(text) == {}


def test_changes_replace_add_and_take_out():
    new = Entry(("d",))
    made = ledger.merged(ENTRIES, {"rules:f/hosts": None, "contact point:df-slack": new, "template:t": new})
    assert made == {"contact point:df-slack": new, "template:t": new}


def test_a_file_keeps_them_where_folders_cannot(tmp_path):
    kept = FileLedger(tmp_path / "published" / "prod.json")
    assert kept.read({}) == {}
    kept.note(ENTRIES)
    kept.note({"rules:f/hosts": None})
    assert FileLedger(kept.file).read({}) == {"contact point:df-slack": ENTRIES["contact point:df-slack"]}


@pytest.fixture
def grafana():
    with Double() as double:
        double.person.creates_folder("f", "F", labels={"a": "b"}, annotations={"c": "d"})
        yield double


@pytest.fixture
def kept(grafana, quick):
    login = Login(user=grafana.user, password=grafana.password)
    client = Grafana(grafana.url, login)
    yield FolderLedger(server(client, Target("prod", grafana.url, login=login), {}), "f")
    client.close()


def text(grafana):
    return grafana.state.folders["f"].annotations[PUBLISHED]


def test_a_folder_keeps_them_and_all_that_is_its_own(grafana, kept):
    kept.note(ENTRIES)
    folder = grafana.state.folders["f"]
    assert ledger.entries(text(grafana)) == ENTRIES
    assert (folder.labels, folder.annotations["c"], folder.title) == ({"a": "b"}, "d", "F")


def test_what_another_run_noted_in_between_stays(grafana, kept):
    other = {"template:t": Entry(("e",))}
    race = First(lambda double: double.person.annotates("folders", "f", annotations={PUBLISHED: ledger.text(other)}))
    grafana.faults.add(race, on("PUT", "/folders/f"), times=1)
    kept.note(ENTRIES)
    assert ledger.entries(text(grafana)) == {**ENTRIES, **other}


def test_who_writes_it_again_and_again_is_given_way_to(grafana, kept):
    seen = iter(range(100))
    race = First(lambda double: double.person.annotates("folders", "f", annotations={"x": str(next(seen))}))
    grafana.faults.add(race, on("PUT", "/folders/f"))
    with pytest.raises(Conflict):
        kept.note(ENTRIES)
    assert len(grafana.writes()) == 4


def test_a_folder_that_is_gone_is_told_and_nothing_is_written(grafana, kept):
    grafana.person.deletes("folders", "f")
    with pytest.raises(GrafanaError, match="the folder f, which keeps what was published, is not there"):
        kept.note(ENTRIES)
    assert grafana.writes() == [] and kept.read({}) == {}
