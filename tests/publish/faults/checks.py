"""What must hold after every run, whatever went wrong in it."""

from kit.publish import exits
from kit.publish.ledger import INTENDED
from kit.publish.tell import as_json, told
from tests.publish.faults.versions import SECRETS, renamed
from tests.publish.faults.world import PASSWORD, fits

NOTHING_WRITTEN = (exits.PREFLIGHT, exits.CONFLICT, exits.FOREIGN, exits.USAGE)
CODES = (exits.OK, exits.PREFLIGHT, exits.PARTIAL, exits.CONFLICT, exits.FOREIGN, exits.INTERRUPTED)


def holds(world, version, asked, ended):
    """All of it. Raises AssertionError."""
    exits_fit(asked, ended)
    people_keep_theirs(world, asked, ended)
    report_is_true(world, version, asked, ended)
    nobody_is_blamed(world, ended)
    backed_up(world, ended)
    secrets_are_kept(world, ended)
    remember_what_was_to_be_left(world, ended)
    remember_what_was_meant(world, version, ended)


def named(step):
    return step.kind, step.key


def exits_fit(asked, ended):
    code, outcomes = ended.code, {one.outcome for one in ended.results}
    if ended.outcome is None:
        return
    assert code in CODES, (code, ended.outcome.sentence)
    if code in NOTHING_WRITTEN or not ended.results:
        assert ended.writes == [], f"exit {code}, and it wrote {ended.writes}"
    edited = ended.plan.of("edited") if ended.plan else ()
    if code == exits.OK:
        assert outcomes <= {"written", "there"} and not edited, (outcomes, edited)
    if code == exits.PARTIAL:
        assert outcomes - {"written", "there"} or (edited and asked.skip)
    if code == exits.FOREIGN:
        assert ended.plan.of("foreign") or "pruned" in ended.outcome.sentence
    assert ended.outcome.sentence or code == exits.OK, "a code that says nothing"


def allowed(asked, step):
    """Whether a person allowed to write over what people did to an object."""
    names = {step.key, f"{step.kind}:{step.key}"}
    return bool(names & {*asked.overwrite, *asked.adopt})


def people_keep_theirs(world, asked, ended):
    """No edit is lost, and nothing foreign is touched."""
    may = {named(step) for step in ended.plan.writes if allowed(asked, step)} if ended.plan else set()
    given = given_away(ended, [step for step in ended.plan.writes if named(step) in may]) if ended.plan else set()
    for name, left in ended.theirs.items():
        if name in may or name in world.during or name not in ended.before or looks_like_a_run(world, name, left):
            continue
        there, left = (with_new_names(ended, name, one) for one in (ended.after.get(name), left))
        assert alike(there, left, given), f"what a person did to {name} is lost:\n{left}\n{there}"
    moved = given | moved_untouched(world, ended)
    for name, left in world.during.items():
        if left is not None:  # what they deleted may be made again
            there, left = (with_new_names(ended, name, one) for one in (ended.after.get(name), left))
            assert alike(there, left, moved), f"what a person did to {name} during the run is lost:\n{left}\n{there}"


def looks_like_a_run(world, name, left):
    """Whether a person made of an object, to the letter, what a run noted that it would make of it, and did not."""
    meant = (fits(world.double, world.target, version, name, left) for version in world.meant.get(name, ()))
    return left in world.left.get(name, ()) or any(meant)


def remember_what_was_meant(world, version, ended):
    """What is noted before a write stays noted where the write failed, until another one succeeds: what it was to make,
    and what was there."""
    done = {named(one.step) for one in ended.results if one.outcome in ("written", "there")}
    for step in ended.plan.writes if ended.plan else ():
        if named(step) in done:
            world.meant.pop(named(step), None)
        elif step.kind in INTENDED and step.action != "delete":
            world.meant.setdefault(named(step), []).append(version)
            if named(step) not in ended.theirs:
                world.left.setdefault(named(step), []).append(ended.before.get(named(step)))


def remember_what_was_to_be_left(world, ended):
    """What of each group is left once others have taken their rules: a person who takes out the same rules, though the
    run did not, cannot be told from it."""
    for step in ended.plan.writes if ended.plan else ():
        for name, there in ended.before.items():
            if name[0] == "rules" and name != named(step):
                rest = without(there, given_away(ended, [step]))
                if rest != there:
                    world.left.setdefault(name, []).append(rest)


def without(there, given):
    """A group without these rules."""
    folder, group = there
    return folder, {**group, "rules": [rule for rule in group["rules"] if rule["uid"] not in given]}


def moved_untouched(world, ended):
    """The uids of rules that the run took from groups which a person edited meanwhile, but not in these rules."""
    taken = given_away(ended, ended.plan.writes if ended.plan else ())
    same = set()
    for name, left in world.during.items():
        if name[0] == "rules" and left is not None:
            before = ended.before.get(name, (None, {"rules": []}))[1]["rules"]
            same |= {rule["uid"] for rule in left[1]["rules"] if rule in before}
    return taken & same


def given_away(ended, steps):
    """The uids of the rules that these steps take from other groups."""
    items = [step.item for step in steps if step.kind == "rules" and step.item]
    return {rule["uid"] for item in items for rule in item.load()["rules"]}


def with_new_names(ended, name, one):
    """Policies with the new names of contact points, which Grafana writes into them; anything else as it is."""
    if name[0] != "policies" or one is None or not ended.plan:
        return one
    points = [step for step in ended.plan.writes if step.kind == "contact point" and step.item and step.found]
    names = {step.found.content["name"]: step.item.load()["name"] for step in points}
    for _ in names:  # a name that was given away and got another one since
        one = (one[0], renamed(one[1], names))
    return one


def alike(there, left, given):
    """The same, but for rules that were taken out with permission."""
    if there == left or not given or left is None or "rules" not in left[1]:
        return there == left
    kept = without(left, given)[1]["rules"]
    if there is None:
        return not kept
    return there[1]["interval"] == left[1]["interval"] and without(there, given)[1]["rules"] == kept


def report_is_true(world, version, asked, ended):
    """What is reported of each object is what the server holds; and nothing else changed."""
    outcomes = {named(one.step): (one.outcome, one.step) for one in ended.results}
    if ended.outcome is None and ended.plan:
        outcomes = {named(step): ("unknown", step) for step in ended.plan.writes}
    maybe = [
        step for name, (outcome, step) in outcomes.items() if outcome in ("written", "unknown") or name in world.during
    ]
    given, reached = given_away(ended, maybe), {named(one.step) for one in ended.results if one.sent}
    for name in {*ended.before, *ended.after} | set(outcomes):
        if name in world.during:
            outcome = outcomes.get(name, ("", None))[0]
            assert outcome != "written" or name in world.late or fits_step(world, version, outcomes[name][1], ended), (
                f"reported as written, and a person changed it before it was read back: {name}"
            )
            continue
        before, after = ended.before.get(name), ended.after.get(name)
        outcome, step = outcomes.get(name, ("nothing", None))
        same = alike(*(with_new_names(ended, name, one) for one in (after, before)), given)
        sent = step is not None and fits_step(world, version, step, ended)
        halfway = name[0] == "folder" and not world.double.apis  # renamed and moved by two writes there
        partly = halfway and name in reached  # "sent but not stored: title", and moved all the same
        true = {"written": sent, "unknown": sent or same or halfway}.get(outcome, same or partly)
        veiled = name in world.veiled and seems_stored(version, name, after)
        assert true or veiled, f"{outcome}: {name}\nbefore {before}\nafter  {after}\nto be  {version.objects.get(name)}"


def seems_stored(version, name, after):
    """Whether a contact point is as it is to be but for secrets, which nobody can read back."""
    wanted = version.objects.get(name)
    if wanted is None or after is None:
        return False
    shown = {key: text for key, text in wanted[1]["settings"].items() if text[:1] != "$"}
    return after[1]["name"] == wanted[1]["name"] and shown.items() <= after[1]["settings"].items()


def fits_step(world, version, step, ended):
    after = ended.after.get(named(step))
    if step.action == "delete":
        return after is None
    return fits(world.double, world.target, version, named(step), after)


def nobody_is_blamed(world, ended):
    """What is said to be edited or foreign was touched by somebody."""
    if world.blurred:
        return  # without its note, what is ours is taken for another's, and left alone
    for step in ended.plan.of("edited", "foreign") if ended.plan else ():
        if step.kind == "folder" and not world.double.apis:
            continue  # nobody can tell who changed it there
        assert named(step) in world.ever or step.kind == "rules" and touched_rules(world, step), (
            f"nobody touched {named(step)}, and it is {step.action}: {step.detail}"
        )


def touched_rules(world, step):
    """Whether it is about another group, which it takes rules from."""
    return step.found is not None and ("rules", step.found.key) in world.ever


def backed_up(world, ended):
    """Before the first write every object that is written has a backup."""
    if not ended.writes:
        return
    from kit.publish import history

    assert ended.run, "it wrote, and there is no backup"
    kept = {(one.kind, one.key): one.before for one in history.read(world.history, ended.run).objects}
    unsent = {named(one.step) for one in ended.results if not one.sent}
    for step in ended.plan.writes:
        if named(step) in unsent:
            continue
        there = ended.before.get(named(step))
        assert named(step) in kept, f"no backup of {named(step)}"
        before = kept[named(step)]
        assert (before is None) == (step.found is None), (named(step), there)
        assert before is None or before.load() not in (None, {}), f"an empty backup of {named(step)}"


def secrets_are_kept(world, ended):
    secrets = [*SECRETS.values(), PASSWORD]
    texts = {str(file): file.read_text() for file in world.history.rglob("*") if file.is_file()}
    if ended.outcome:
        texts["the report"] = as_json.report([ended.outcome], "sha", "build").decode()
        texts["the summary"] = told.text(ended.outcome, "sha", "build", {}, 1.0)
        texts["the outcome"] = repr(ended.outcome)
    for where, text in texts.items():
        for secret in secrets:
            assert secret not in text, f"{where} holds {secret}"
