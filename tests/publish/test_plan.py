"""The plan: what is there and what should be there, compared with what was published last. Nothing is read here."""

import itertools

import pytest

from kit.publish.model import ORDER, Found, Item
from kit.publish.plan import Asked, Bases, planned, too_many

SETS = ("a-set", "home")


def item(key="one", digest="build", place="home", kind="dashboard", content=None, **more):
    return Item(kind, key, key.title(), digest, lambda: content or {"rules": []}, place, **more)


def found(key="one", digest="base", bases=("base",), place="home", ours=True, kind="dashboard", **more):
    content = {"content": group("r"), "set": next(iter(SETS))} if kind == "rules" else {}
    return Found(kind, key, key.title(), digest, place=place, bases=bases, ours=ours, **{**content, **more})


def group(*uids):
    return {"interval": 60, "rules": [{"uid": uid, "title": uid} for uid in uids]}


def plan(wanted, there, asked=None, sets=SETS, bases=None):
    by_kind = {}
    for one in there:
        by_kind.setdefault(one.kind, {})[one.key] = one
    return planned(wanted, by_kind, asked or Asked(), sets, bases or Bases())


def step(wanted, there, **asked):
    """The only step of a plan."""
    made = plan([wanted] if wanted else [], [there] if there else [], Asked(**asked))
    (one,) = made.steps
    return one


# --- three ways


@pytest.mark.parametrize(
    ("there", "action"),
    [
        (None, "create"),
        (found(digest="build"), None),
        (found(digest="build", bases=("base",)), None),
        (found(digest="build", bases=()), None),
        (found(digest="base"), "update"),
        (found(digest="hers"), "edited"),
        (found(digest="base", bases=()), "edited"),
        (found(digest="base", bases=("older", "base")), "update"),
    ],
    ids=[
        "absent",
        "as-built",
        "somebody-wrote-our-text",
        "no-base",
        "as-published",
        "edited",
        "never-published",
        "cut",
    ],
)
def test_base_there_and_build_decide_what_is_done(there, action):
    made = plan([item()], [there] if there else [])
    assert [one.action for one in made.steps] == ([action] if action else [])
    assert made.unchanged == (0 if action else 1)


@pytest.mark.parametrize(
    ("digest", "place", "home", "action"),
    [
        ("build", "home", "home", None),
        ("build", "old", "old", "move"),
        ("build", "hers", "home", "edited"),
        ("build", "home", "old", None),
        ("build", "old", None, "move"),
        ("base", "home", "home", "update"),
        ("base", "old", "old", "update"),
        ("base", "hers", "home", "edited"),
        ("build", "", "", "move"),
        ("build", "", "home", "edited"),
    ],
)
def test_a_folder_is_compared_three_ways_as_well(digest, place, home, action):
    there = found(digest=digest, bases=(digest,), place=place, home=home)
    made = plan([item()], [there])
    assert [one.action for one in made.steps] == ([action] if action else [])


def test_every_combination_of_base_there_and_build_is_written_only_where_nothing_of_a_person_is_lost():
    for base, there, build in itertools.product("abc", repeat=3):
        made = plan([item(digest=build)], [found(digest=there, bases=(base,))])
        expected = "" if there == build else "update" if there == base else "edited"
        assert [one.action for one in made.steps] == [expected][: bool(expected)], (base, there, build)


def test_an_edit_says_what_was_changed_and_when():
    content = {"panels": [{"id": 1, "title": "New"}]}
    there = found(digest="hers", changed="v14, changed 2026-11-20 16:02", content=content)
    made = plan([item()], [there], bases=Bases(lambda one: {"panels": [{"id": 1, "title": "Old"}]}))
    assert made.steps[0].detail == "v14, changed 2026-11-20 16:02; 1 panel"
    assert plan([item()], [there]).steps[0].detail == "v14, changed 2026-11-20 16:02"


def test_a_move_in_grafana_says_from_where_to_where():
    there = found(digest="build", bases=("build",), place="", home="home", changed="v2")
    assert step(item(), there).detail == "v2; moved from home to the top"


def test_an_update_says_what_changes():
    there = found(content={"panels": [], "title": "A"})
    assert step(item(content={"panels": [{"id": 1}], "title": "B"}), there).detail == "1 panel, 1 setting"


# --- locks


@pytest.mark.parametrize(("locked", "wanted", "detail"), [(False, True, "lock"), (True, False, "unlock")])
def test_another_lock_alone_is_an_update(locked, wanted, detail):
    one = step(item(locked=wanted), found(digest="build", bases=("build",), locked=locked))
    assert (one.action, one.detail) == ("update", detail)


def test_a_lock_does_not_hide_an_edit():
    assert step(item(locked=True), found(digest="hers")).action == "edited"


# --- whose it is


def test_what_is_there_without_a_marker_is_foreign():
    one = step(item(), found(ours=False))
    assert (one.action, one.detail) == ("foreign", "carries no marker of ours, not touched (--adopt one)")


def test_what_somebody_else_manages_is_foreign_and_says_who():
    one = step(item(), found(ours=False, manager="repo:platform"))
    assert (one.action, one.detail) == ("foreign", "managed by repo:platform, not touched")


def test_what_equals_the_build_is_foreign_too_without_a_marker():
    assert step(item(), found(digest="build", ours=False)).action == "foreign"


@pytest.mark.parametrize("name", ["one", "dashboard:one"])
def test_what_is_adopted_by_name_is_written(name):
    one = step(item(), found(ours=False, digest="hers", bases=()), adopt=[name])
    assert (one.action, one.detail) == ("update", "adopted (had no marker of ours)")


def test_adopting_names_who_managed_it():
    assert step(item(), found(ours=False, manager="repo:x"), adopt=["one"]).detail == "adopted (managed by repo:x)"


def test_adopting_one_does_not_adopt_another():
    made = plan([item(), item("two")], [found(ours=False), found("two", ours=False)], Asked(adopt=["one"]))
    assert [(one.action, one.key) for one in made.steps] == [("update", "one"), ("foreign", "two")]


def test_adopting_what_is_ours_overwrites_no_edit():
    assert step(item(), found(digest="hers"), adopt=["one"]).action == "edited"


def test_what_is_foreign_and_not_in_the_build_is_nobodys_business():
    assert plan([], [found(ours=False)], Asked(prune=True)).steps == ()


# --- overwriting


@pytest.mark.parametrize("name", ["one", "dashboard:one"])
def test_an_edit_is_overwritten_by_name(name):
    one = step(item(), found(digest="hers"), overwrite=[name])
    assert one.action == "update"
    assert one.detail.startswith("overwrites what was edited in Grafana")


def test_what_was_moved_in_grafana_is_moved_back_by_name():
    there = found(digest="build", bases=("build",), place="hers", home="home")
    assert step(item(), there, overwrite=["one"]).action == "move"


def test_overwriting_one_leaves_another_edit():
    made = plan([item(), item("two")], [found(digest="x"), found("two", digest="x")], Asked(overwrite=["two"]))
    assert [(one.action, one.key) for one in made.steps] == [("edited", "one"), ("update", "two")]


def test_overwriting_says_nothing_of_edits_where_there_was_none():
    assert "overwrites" not in step(item(), found(), overwrite=["one"]).detail


def test_overwriting_adopts_nothing():
    assert step(item(), found(ours=False), overwrite=["one"]).action == "foreign"


# --- what is not in the build


@pytest.mark.parametrize(
    ("there", "asked", "action", "words"),
    [
        (found(), {}, "orphan", "kept; --prune deletes it"),
        (found(), {"prune": True}, "delete", "not in the build"),
        (found(digest="hers"), {}, "orphan", "edited in Grafana (kept)"),
        (found(home="elsewhere"), {}, "orphan", "edited in Grafana (kept)"),
        (found(manager="repo:x"), {}, "orphan", "managed by repo:x (kept)"),
        (found(path="dashboards/df-queues.json"), {}, "orphan", "a copy of what is published from dashboards/df-queue"),
        (found(set="a-set"), {"prune": True}, "delete", "not in the build"),
        (found(set="another"), {"prune": True}, "orphan", "of the set another, which is not in the build"),
        (found(digest="hers"), {"prune": True}, "orphan", "edited in Grafana (kept)"),
        (found(home="elsewhere"), {"prune": True}, "orphan", "edited in Grafana (kept)"),
        (found(digest="hers"), {"prune": True, "overwrite": ["one"]}, "delete", "not in the build"),
        (found(manager="repo:x"), {"prune": True}, "orphan", "managed by repo:x (kept)"),
    ],
)
def test_an_orphan_is_deleted_only_where_that_is_asked_and_nothing_is_lost(there, asked, action, words):
    one = step(None, there, **asked)
    assert one.action == action and words in one.detail


def test_what_is_deleted_comes_after_what_is_written_and_the_other_way_round():
    wanted = [item("rules/a", kind="rules"), item("d"), item("f", kind="folder")]
    there = [found("gone-f", kind="folder"), found("gone-d"), found("gone-r", kind="rules")]
    made = plan(wanted, there, Asked(prune=True))
    assert [one.key for one in made.steps] == ["f", "d", "rules/a", "gone-r", "gone-d", "gone-f"]
    assert made.writes == made.steps


def test_steps_stand_in_the_order_of_writing():
    made = plan([item(kind, kind=kind) for kind in reversed(ORDER)], [])
    assert [one.kind for one in made.steps] == list(ORDER)


@pytest.mark.parametrize(
    ("there", "wanted", "orphan"),
    [(["a", "b"], ["b", "a", "c"], False), (["a", "b"], ["a"], True), (["a"], [], True)],
)
def test_a_group_whose_every_rule_goes_to_another_is_no_orphan_for_it_ends_by_itself(there, wanted, orphan):
    made = plan(
        [item("new", kind="rules", content=group(*wanted))], [found("old", kind="rules", content=group(*there))]
    )
    assert [one.key for one in made.of("orphan")] == ["old"] * orphan


@pytest.mark.parametrize(
    ("ours", "gone", "limit", "stops"),
    [
        (3, 3, None, False),
        (10, 3, None, False),
        (10, 4, None, True),
        (20, 4, None, False),
        (20, 5, None, True),
        (24, 4, None, False),
        (24, 5, None, True),
        (25, 5, None, False),
        (25, 5, 4, True),
        (4, 4, 4, False),
        (1, 1, 0, True),
    ],
)
def test_pruning_stops_above_three_or_a_fifth_of_a_kind(ours, gone, limit, stops):
    there = [found(f"d{number}") for number in range(ours)]
    asked = Asked(prune=True, prune_limit=limit)
    made = plan([item(f"d{number}", digest="base") for number in range(gone, ours)], there, asked)
    assert len(made.of("delete")) == gone
    told = list(too_many(made, {"dashboard": {one.key: one for one in there}}, asked))
    assert bool(told) == stops
    if told:
        assert told[0].startswith(f"{gone} of {ours} dashboard objects would be pruned") and "--prune-limit" in told[0]


def test_each_kind_has_a_limit_of_its_own():
    there = {kind: {f"{n}": found(f"{n}", kind=kind) for n in range(3)} for kind in ("dashboard", "rules")}
    made = plan([], [one for many in there.values() for one in many.values()], Asked(prune=True))
    assert len(made.of("delete")) == 6 and list(too_many(made, there, Asked(prune=True))) == []


def test_what_no_ledger_of_these_sets_notes_is_kept_whatever_its_name():
    there = [found("dataflux-oncall", kind="contact point"), found("dataflux-other", kind="template", set="other")]
    made = plan([], there, Asked(prune=True))
    assert [one.action for one in made.steps] == ["orphan", "orphan"]
    assert "not known to be published from here" in " ".join(one.detail for one in made.steps)
