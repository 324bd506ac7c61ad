"""The build as values: the project's own, others, and what contradicts itself."""

import json
from pathlib import Path

import pytest

from kit.emit import grafana_rules
from kit.emit.model import ALERT_FOLDER, ALERT_FOLDER_UID
from kit.model.words import seconds
from kit.publish.exits import USAGE, Refused
from kit.publish.here.boards import slug
from kit.publish.here.built import Folder, built

PROVIDERS = "grafana/provisioning/dashboards/all.yml"
RULES = "grafana/provisioning/alerting/rules.yml"
FOLDER = "grafana/dashboards/System Overview"
AGAIN = "; change what it is compiled from, then run make dashboards"


def provider(title, uid, path=None):
    there = path or f"/var/lib/grafana/dashboards/{title}"
    return {"name": uid, "folder": title, "folderUid": uid, "options": {"path": there}}


def group(name="queues", *uids, **more):
    rules = [{"uid": uid, "title": uid} for uid in uids]
    return {"orgId": 1, "name": name, "folder": "Our Alerts", "interval": "1m30s", "rules": rules, **more}


@pytest.fixture(scope="session")
def own(made):
    """The project's own build."""
    return built(made.root, made.root / "monitoring")


@pytest.fixture
def read(place):
    """`read(path=told, …)`: the small build with these files."""

    def reading(files):
        for path, told in files.items():
            place.put(path, told)
        place.seal()
        return built(place.root, place.out)

    return reading


@pytest.fixture
def refusal(read):
    """`refusal(files)`: why the small build with these files is not taken."""

    def refuse(files):
        with pytest.raises(Refused) as caught:
            read(files)
        assert caught.value.code == USAGE
        return str(caught.value)

    return refuse


# --- the project's own


def test_every_compiled_dashboard_is_there_in_the_folder_of_its_set(own, compiled):
    sets = {place.title: f"dataflux-{stem.replace('_', '-')}" for stem, place in compiled.product.site.sets.items()}
    pages = {board.page.uid: (board.page.title, board.page.folder) for board in compiled.product.boards}
    titles = {folder.uid: folder.title for folder in own.folders}
    assert {one.uid: one.title for one in own.dashboards} == {uid: title for uid, (title, _) in pages.items()}
    for one in own.dashboards:
        assert sets[titles[one.folder]] == one.folder
        assert f"/{titles[one.folder]}/" in one.path
        assert one.folder == f"dataflux-{pages[one.uid][1].replace('_', '-')}"


def test_a_dashboards_spec_is_its_file_without_what_the_server_gives(own, made):
    for one in own.dashboards:
        whole = json.loads((made.root / "monitoring" / one.path).read_text())
        assert one.spec() == {key: value for key, value in whole.items() if key not in ("id", "uid", "version")}
        assert one.data == (made.root / "monitoring" / one.path).read_bytes()
        assert "uid" in whole and "title" in one.spec()


def test_every_rule_is_there_in_its_group(own, compiled):
    groups = {one.name: [rule["title"] for rule in one.rules] for one in own.rule_groups}
    product = compiled.product
    assert {name for names in groups.values() for name in names} == {
        rule.name for rules in product.rules.values() for rule in rules
    }
    assert len(groups) == len(product.areas)
    assert {one.interval for one in own.rule_groups} == {seconds(grafana_rules.INTERVAL)}


def test_the_folder_of_the_alerts_has_the_uid_that_alerts_link_to(own):
    assert slug(ALERT_FOLDER) == ALERT_FOLDER_UID
    assert [folder for folder in own.folders if folder.alerts] == [Folder(ALERT_FOLDER_UID, ALERT_FOLDER, True)]
    assert {one.folder for one in own.rule_groups} == {ALERT_FOLDER_UID}


def test_everything_else_that_is_provisioned_is_there(own, compiled, parsed):
    assert {one["uid"] for one in own.data_sources} == {"prometheus", "loki"}
    assert {one["name"] for one in own.contact_points} == {c.name for c in compiled.product.routing.channels}
    tree = parsed(compiled, "grafana/provisioning/alerting/policies.yml")["policies"][0]
    assert own.policies == {key: value for key, value in tree.items() if key != "orgId"}
    assert [one["name"] for one in own.mute_timings] == [mute.name for mute in compiled.product.routing.mutes]
    [template] = parsed(compiled, "grafana/provisioning/alerting/templates.yml")["templates"]
    assert [one["template"] for one in own.templates] == [template["template"]]
    rules = parsed(compiled, "alertmanager/alertmanager.yml")["inhibit_rules"]
    assert list(own.inhibit_rules) == rules and rules


def test_nothing_names_an_organisation_since_the_target_does(own):
    listed = (*own.data_sources, *own.contact_points, *own.mute_timings, *own.templates, own.policies)
    assert not [one for one in listed if "orgId" in one]


# --- where it lies


def test_the_prefix_begins_at_the_top_of_the_repository_or_at_the_root(place, read):
    assert read({}).prefix == "monitoring"
    (place.root.parent / ".git").mkdir()
    assert built(place.root, place.out).prefix == "project/monitoring"


def test_a_build_outside_of_the_project_has_its_name_as_prefix(place, tmp_path):
    place.out.rename(tmp_path / "elsewhere")
    assert built(place.root, tmp_path / "elsewhere").prefix == "elsewhere"


def test_a_path_from_the_working_folder_is_the_same_build(place, monkeypatch):
    monkeypatch.chdir(place.root)
    assert built(Path(), Path("monitoring")) == built(place.root, place.out)


# --- other builds


def test_a_build_of_dashboards_alone_has_nothing_else(read):
    one = read({})
    assert one.folders == (Folder("dataflux-system-overview", "System Overview"),)
    assert [(board.uid, board.folder) for board in one.dashboards] == [("df-queues", "dataflux-system-overview")]
    assert not (one.data_sources or one.rule_groups or one.contact_points or one.policies or one.inhibit_rules)


def test_a_set_that_nobody_has_dashboards_for_is_a_folder_all_the_same(read):
    files = {PROVIDERS: {"providers": [provider("System Overview", "a"), provider("Empty", "b")]}}
    assert [folder.title for folder in read(files).folders] == ["System Overview", "Empty"]


def test_folders_whose_titles_end_alike_are_told_apart(read):
    providers = [provider("x", "long", "/d/My System Overview"), provider("y", "short", "/d/System Overview/")]
    assert [one.folder for one in read({PROVIDERS: {"providers": providers}}).dashboards] == ["short"]
    providers = [provider("x", "long", "/d/My/System Overview"), provider("y", "short", "/d/System Overview")]
    assert [one.folder for one in read({PROVIDERS: {"providers": providers}}).dashboards] == ["short"]


def test_rules_may_lie_in_a_folder_of_dashboards(read):
    one = read({RULES: {"groups": [group(folder="System Overview")]}})
    assert one.folders == (Folder("dataflux-system-overview", "System Overview", alerts=True),)
    assert one.rule_groups[0].folder == "dataflux-system-overview"


def test_groups_of_several_files_and_folders_are_all_there(read):
    one = read({
        RULES: {"groups": [group("queues", "a", "b")]},
        RULES.replace("rules", "more"): {"groups": [group("queues", "c", folder="Others")]},
    })  # fmt: skip
    assert {(g.name, g.folder, g.interval, len(g.rules)) for g in one.rule_groups} == {
        ("queues", "our-alerts", 90, 2),
        ("queues", "others", 90, 1),
    }


def test_an_empty_file_says_nothing(read):
    assert read({RULES: "", PROVIDERS.replace("all", "none"): "providers:\n"}).rule_groups == ()


# --- dashboards that cannot be


def test_two_files_with_one_uid_are_both_named(refusal):
    sentence = refusal({f"{FOLDER}/other.json": {"uid": "df-queues", "title": "Other"}})
    files = f"in monitoring/{FOLDER}/df-queues.json and in monitoring/{FOLDER}/other.json"
    assert sentence == f"the uid of dashboards 'df-queues' stands {files}; each needs its own"


@pytest.mark.parametrize(
    "told, wrong",
    [
        ({"title": "Other"}, "the dashboard has no uid"),
        ({"uid": "", "title": "Other"}, "the dashboard has no uid"),
        ({"uid": 7, "title": "Other"}, "the dashboard has no uid"),
        ({"uid": "other"}, "the dashboard has no title"),
        ({"uid": "a" * 41, "title": "O"}, f"the uid '{'a' * 41}' is not made of 1 to 40 letters, digits, '-' and '_'"),
        ({"uid": "a/b", "title": "O"}, "the uid 'a/b' is not made of 1 to 40 letters, digits, '-' and '_'"),
        ({"uid": "ä", "title": "O"}, "the uid 'ä' is not made of 1 to 40 letters, digits, '-' and '_'"),
        ([], "it is no dashboard: it should be an object"),
    ],
)
def test_a_dashboard_that_grafana_would_not_take_is_told(refusal, told, wrong):
    assert refusal({f"{FOLDER}/other.json": told}) == f"monitoring/{FOLDER}/other.json: {wrong}{AGAIN}"


def test_a_uid_of_40_characters_is_taken(read):
    assert len(read({f"{FOLDER}/other.json": {"uid": "a" * 40, "title": "Other"}}).dashboards) == 2


def test_json_that_does_not_parse_is_told_with_its_line(refusal):
    assert refusal({f"{FOLDER}/other.json": '{\n"uid": }'}).startswith(
        f"monitoring/{FOLDER}/other.json:2: broken JSON, "
    )


@pytest.mark.parametrize("folder", ["Nobody", "System Overview/deeper", "Overview", ""])
def test_a_dashboard_in_a_folder_that_no_provider_reads_is_told(refusal, folder):
    path = "/".join(filter(None, ("grafana/dashboards", folder, "other.json")))
    wrong = f"no provider in grafana/provisioning/dashboards/ reads its folder '{folder}'"
    assert refusal({path: {"uid": "other", "title": "Other"}}) == f"monitoring/{path}: {wrong}{AGAIN}"


def test_one_uid_for_two_folders_is_told(refusal):
    files = {PROVIDERS: {"providers": [provider("System Overview", "one"), provider("Other", "one")]}}
    wrong = "the folders 'System Overview' and 'Other' have one uid, 'one'"
    assert refusal(files) == f"monitoring/{PROVIDERS}: {wrong}{AGAIN}"


def test_a_folder_of_alerts_whose_uid_is_taken_is_told(refusal):
    files = {
        PROVIDERS: {"providers": [provider("System Overview", "our-alerts")]},
        RULES: {"groups": [group()]},
    }
    assert "the folders 'System Overview' and 'Our Alerts' have one uid, 'our-alerts'" in refusal(files)


# --- other files that cannot be


def test_broken_yaml_is_told_with_file_and_line(refusal):
    assert refusal({RULES: "groups:\n- name: x\n  folder: [\n"}).startswith(f"monitoring/{RULES}:4: broken YAML, ")


def test_yaml_that_is_no_text_is_told(place):
    place.write(f"monitoring/{RULES}", "groups:\n- name: \x01\n")
    place.seal()
    with pytest.raises(Refused, match=f"monitoring/{RULES}: broken YAML"):
        built(place.root, place.out)


@pytest.mark.parametrize(
    "path, told, wrong",
    [
        (RULES, ["x"], "it should be a mapping"),
        (RULES, {"groups": {"x": 1}}, "groups should be a list"),
        (RULES, {"groups": ["x"]}, "an entry of groups should be a mapping"),
        (RULES, {"groups": [group(folder="")]}, "the entry 'queues' of groups needs a 'folder', which is text"),
        (RULES, {"groups": [group(rules=None)]}, "the entry 'queues' of groups needs a 'rules', which is a list"),
        (RULES, {"groups": [group(interval="often")]},
         "the group queues: 'often' is no duration like 30s, 5m, 1h30m or 1d"),
        (RULES, {"groups": [group(rules=[{"title": "A"}])]},
         "the entry 'A' of the group queues needs a 'uid', which is text"),
        (RULES, {"groups": [group("queues", "a/b")]},
         "the uid 'a/b' is not made of 1 to 40 letters, digits, '-' and '_'"),
        (PROVIDERS, {"providers": [{"folder": "X", "options": {}}]},
         "the entry of providers needs a 'folderUid', which is text"),
        ("alerts/x.yml", {"contactPoints": [{"name": "x"}]},
         "the entry 'x' of contactPoints needs a 'receivers', which is a list"),
    ],
)  # fmt: skip
def test_what_lacks_something_is_told(refusal, path, told, wrong):
    assert refusal({path: told}) == f"monitoring/{path}: {wrong}{AGAIN}"


def test_a_rules_uid_that_stands_twice_is_told(refusal):
    files = {RULES: {"groups": [group("queues", "a"), group("others", "a")]}}
    assert refusal(files) == f"the uid of rules 'a' stands twice in monitoring/{RULES}; each needs its own"


def test_a_group_that_stands_twice_in_a_folder_is_told(refusal):
    assert "the rule group 'Our Alerts / queues' stands twice" in refusal({RULES: {"groups": [group(), group()]}})


@pytest.mark.parametrize(
    "key, one",
    [
        ("datasources", {"uid": "x", "name": "x", "type": "loki"}),
        ("contactPoints", {"name": "x", "receivers": []}),
        ("muteTimes", {"name": "x"}),
        ("templates", {"name": "x", "template": "t"}),
    ],
)
def test_what_stands_in_two_files_is_told_with_both(refusal, key, one):
    sentence = refusal({"alerts/one.yml": {key: [one]}, "grafana/datasources/two.yml": {key: [one]}})
    assert "'x' stands in monitoring/alerts/one.yml and in monitoring/grafana/datasources/two.yml;" in sentence


def test_two_policy_trees_are_told(refusal):
    assert "there are 2 policy trees" in refusal({RULES: {"policies": [{"receiver": "a"}, {"receiver": "b"}]}})
