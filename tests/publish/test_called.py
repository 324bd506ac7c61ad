"""Objects are called by their uid, or by their name as Grafana's pages show it, where only one is called so."""

import pytest

from kit.publish.called import meant
from kit.publish.exits import USAGE, Refused
from kit.publish.model import Item
from tests.publish.small import dashboard
from tests.publish.test_contact_points import there


def item(kind, key, title):
    return Item(kind, key, title, "", dict)


EVERY = [
    item("contact point", "df-email", "dataflux-email"), item("folder", "f", "System"),
    item("dashboard", "d", "System"), item("rules", "f/hosts", "hosts"), item("dashboard", "hosts", "Hosts"),
    item("dashboard", "x", "df-email"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "certain"),
    [
        ("df-email", "df-email"),  # a uid before a title
        ("contact point:df-email", "contact point:df-email"),
        ("dataflux-email", "contact point:df-email"),
        ("Hosts", "dashboard:hosts"),
        ("hosts", "hosts"),
        ("prometheus", "prometheus"),
    ],
)
def test_a_uid_stands_for_itself_and_a_name_for_the_only_one_that_has_it(name, certain):
    assert meant(name, EVERY, ["prometheus"]) == certain


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("System", "several are called 'System'; name one of dashboard:d, folder:f"),
        ("dataflux-emial", "nothing is called 'dataflux-emial', neither in the build nor there; did you mean"
         " 'dataflux-email'?"),
    ],
)  # fmt: skip
def test_what_names_several_or_nothing_is_refused(name, sentence):
    with pytest.raises(Refused) as caught:
        meant(name, EVERY)
    assert (caught.value.code, str(caught.value)) == (USAGE, sentence)


def test_a_contact_point_is_overwritten_pulled_and_brought_back_by_its_name(published):
    published.grafana.person.edits_contact_point("df-slack", lambda one: one["settings"].update(recipient="#hers"))
    assert published.run("pull", uid="dataflux-slack", json=False).code == 0
    assert (published.history / "pulled" / "grafana" / "df-slack.json").is_file()
    ended = published.publish(overwrite=["dataflux-slack"])
    assert ended.code == 0 and there(published, "df-slack")["recipient"] == "#x", ended.said
    published.grafana.person.edits_contact_point("df-slack", lambda one: one["settings"].update(recipient="#other"))
    run = ended.target["run"]
    assert published.run("rollback", run=run).code == 5
    back = published.run("rollback", run=run, overwrite=["dataflux-slack"])
    assert back.code == 0 and there(published, "df-slack")["recipient"] == "#hers", back.said


def test_a_data_source_is_overwritten_by_its_name(published):
    published.grafana.person.edits_datasource("prometheus", {"url": "http://other:9090"})
    assert published.publish(overwrite=["Prometheus"]).code == 0
    assert published.grafana.state.datasources["prometheus"]["url"] == "http://prometheus:9090"


def test_a_dashboard_is_adopted_by_its_name(stage):
    stage.grafana.person.creates_dashboard("df-queues", "Hers")
    assert stage.publish(adopt=["Queues"]).code == 0


def test_a_name_of_several_is_refused(published):
    assert "several are called 'System Overview'; name one of dashboard:df-overview, folder:" in published.refused(
        2, overwrite=["System Overview"]
    )
    assert "several are called" in published.refused(2, "pull", uid="System Overview")
    assert "nothing is called 'gone'" in published.refused(2, "rollback", run=changed(published), overwrite=["gone"])


def changed(stage):
    path = dashboard("queues")
    stage.put(path, (stage.place.out / path).read_text().replace('"title": "', '"title": "New ', 1))
    return stage.publish().target["run"]
