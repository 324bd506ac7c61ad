"""A random schedule, made from a seed and played at once: what authors, colleagues, people and the network do."""

import random
import shutil
import tempfile
from pathlib import Path

from kit.publish.client import Login
from kit.publish.here.targets import Target
from kit.publish.plan import Asked
from tests.publish.faults import checks, versions
from tests.publish.faults.drive import run
from tests.publish.faults.storm import Storm
from tests.publish.faults.versions import SECRETS
from tests.publish.faults.world import MADE, PASSWORD, PLACEHOLDERS, World, fits, held


def play(seed, double, folder=None):
    """Play the schedule of a seed over a double. Raises AssertionError; its log is in the note of the exception."""
    place = Path(tempfile.mkdtemp(dir=folder))
    world = _world(random.Random(seed), double, place)
    try:
        _play(seed, world)
        return world
    except BaseException as error:
        error.add_note("\n".join([*world.log, f"again: python -m tests.publish.faults --seed {seed}"]))
        raise
    finally:
        shutil.rmtree(place)


def _world(drawn, double, place):
    double.reset()
    older = drawn.random() < 0.2
    double.version, double.apis = ("11.5.0", False) if older else ("13.1.0", True)
    double.major, double.inhibits = int(double.version.split(".")[0]), not older
    target = Target(
        "prod", double.url, lock=drawn.random() < 0.3, provenance=drawn.choice(["api", "none"]),
        policies=drawn.choice(["own", "own", "ignore"]), login=Login(user="admin", password=PASSWORD),
    )  # fmt: skip
    world = World(double, place, target, drawn)
    world.say(f"Grafana {double.version}, lock {target.lock}, provenance {target.provenance}, {target.policies}")
    return world


def _play(seed, world):
    drawn = world.random
    mine = versions.first()
    if drawn.random() < 0.8:
        world.say("first publish")
        _run(world, mine, Asked(), quiet=drawn.random() < 0.8, seed=f"{seed} first")
    colleagues = [mine]
    for number in range(drawn.randint(1, 4)):
        world.say(f"round {number + 1}")
        mine = _authored(world, mine)
        if drawn.random() < 0.25:
            other = _authored(world, drawn.choice(colleagues))
            world.say("  a colleague publishes")
            _run(world, other, Asked(skip=True, allow_older=True), quiet=True, seed="")
            if drawn.random() < 0.5:
                mine = versions.again(mine, {}, [other])
        colleagues.append(mine)
        _people(world)
        _run(world, mine, _asked(world, mine), quiet=drawn.random() < 0.3, seed=f"{seed} {number}")
    _ends_as_planned(world, mine)


def _authored(world, version):
    for _ in range(world.random.randint(0, 4)):
        name, changes = versions.changed(version, world.random, world.mark())
        world.say("  the author:", name, [*changes])
        version = versions.again(version, changes)
    return version


def _people(world):
    drawn = world.random
    for _ in range(drawn.choice([0, 0, 1, 2, 3])):
        there = [name for name in sorted(held(world.double)) if world.open(name[0])]
        how = drawn.random()
        if how < 0.7 and there:
            world.edits(drawn.choice(there), drawn)
        elif how < 0.8 and there:
            gone = drawn.choice(there)
            if gone[0] in ("dashboard", "rules", "template", "inhibition"):
                world.deletes(gone)
        else:
            world.makes(drawn.choice(MADE), drawn)


def _asked(world, version):
    drawn = world.random

    def some(names):
        return tuple(sorted({f"{kind}:{key}" for kind, key in names if drawn.random() < 0.3}))

    known = [name for name in sorted(world.theirs) if name in version.objects and world.publishes(name[0])]
    return Asked(
        overwrite=some(known), adopt=some(known), prune=drawn.random() < 0.4,
        prune_limit=drawn.choice([None, 100, 100]), skip=drawn.random() < 0.5, allow_older=drawn.random() < 0.8,
    )  # fmt: skip


def _run(world, version, asked, *, quiet, seed):
    drawn = world.random
    storm, more = None, {}
    if not quiet:
        share = drawn.choice([0, 0.02, 0.05, 0.1, 0.3])
        storm = Storm(seed, world, share, drawn.choice([0, 0.05, 0.2]), drawn.random() < 0.1)
        how = drawn.random()
        if drawn.random() < 0.15:
            storm = Storm(seed, world, drawn.choice([0.1, 0.3, 0.7]), passing=True)
        elif how < 0.15:
            more = {"stop": drawn.randint(1, 50)}
        elif how < 0.3:
            more = {"kill": drawn.randint(10, 60), "late": drawn.random() < 0.5}
        world.say(f"  storm: share {storm.share}, edits {storm.edits}, early {storm.early}, {more}")
    world.unset = tuple(name for name in SECRETS if drawn.random() < 0.1)
    world.say(f"  publish {version.sha[:7]} {asked} without {world.unset}")
    ended = run(world, version, asked, storm=storm, **more)
    checks.holds(world, version, asked, ended)
    if storm and storm.passing and world.double.apis:
        left = [one for one in ended.results if one.outcome not in ("written", "there")]
        if any(step.kind == "contact point" for step in ended.plan.of("edited")):
            left = [one for one in left if one.step.kind != "policies"]  # they may give it a name that it did not get
        assert not left, f"what passes by itself kept it from its end: {left}"
    _written(world, version, ended)
    if ended.run and drawn.random() < 0.3:
        _goes_back(world, version, ended)
    return ended


def _written(world, version, ended):
    """What was written with permission is no longer a person's; what they left may have lent a rule by now."""
    there = held(world.double)
    lost = {checks.named(one.step) for one in ended.results if one.outcome == "failed" and one.sent}
    for name in list(world.theirs):
        if name in world.during and name in lost and there.get(name) == ended.before.get(name):
            # Who takes a write back to the letter before it is read back looks like a Grafana that lost it: the run
            # says that it was not stored, and the next one sends it again.
            del world.theirs[name]
        elif name in world.during and name in there:
            world.theirs[name] = there[name]
        elif there.get(name) != world.theirs[name]:
            kept = world.theirs.pop(name)
            if name in there and checks.with_new_names(ended, name, there[name]) == checks.with_new_names(
                ended, name, kept
            ):
                world.theirs[name] = there[name]
    for one in ended.results:
        name = checks.named(one.step)
        if one.outcome in ("written", "there") and checks.fits_step(world, version, one.step, ended):
            world.theirs.pop(name, None)
            if name not in world.during:
                world.ever.discard(name)


def _goes_back(world, version, ended):
    """Rolling back brings back every object as it was, of those that people left alone meanwhile.

    Often that is only looked at, and the schedule goes on as if nobody had gone back; else what people had edited
    before the run is theirs again.
    """
    state = world.double.state
    drawn, kept, theirs, ever = world.random, state.snapshot(), dict(world.theirs), set(world.ever)
    ledger = world.history / "published" / "prod.json"
    noted = ledger.read_text() if ledger.exists() else None
    during = set(world.during)
    stays = drawn.random() < 0.5
    world.say("  roll back", ended.run)
    back = run(world, version, Asked(skip=True), command="rollback", past=ended.run)
    names = {checks.named(step) for step in ended.plan.writes} - during
    failed = {checks.named(one.step) for one in back.results if one.outcome in ("failed", "not tried")}
    # Said to be edited, as a note was lost; or cannot be made anew under another name, which is said as well.
    left = {checks.named(step) for step in back.plan.of("edited")} if world.blurred and back.plan else set()
    left |= {checks.named(one.step) for one in back.results if "has to be made anew" in one.sentence}
    for name in sorted(names):
        if name in left:
            continue
        was, now = (checks.with_new_names(ended, name, one.get(name)) for one in (ended.before, back.after))
        if name[0] == "contact point" and was and now:
            was, now = without_placeholders(was, now)
        if name[0] == "folder" and was is None and any(one[0] == name[1] for one in back.after.values()):
            continue  # what people put there is still in it
        if name[0] == "folder" and not world.double.apis:
            continue  # renamed and moved by two writes there: one without the other looks like an edit
        if name in failed and world.theirs:
            continue  # as what a policy names that people changed
        if name[0] == "rules" and (ended.code != 0 or any(one[0] == "rules" for one in during)):
            continue
        assert was == now, f"rolling back leaves {name} otherwise:\nwas {was}\nnow {now}\n{back.code}"
    if stays and back.code == 0 and not during and not world.during:
        _is_back(world, ended, back, names)
        return
    state.restore(kept)
    state.walks = {}
    world.theirs, world.ever, world.during = theirs, ever, {}
    if noted is not None:
        ledger.write_text(noted)


def _is_back(world, ended, back, names):
    """What people had edited before the run is theirs again, as it is there now: a secret that came since stays."""
    for name, left in world.theirs.items():
        if name not in names and name[0] != "rules":
            kept, now = (checks.with_new_names(back, name, one) for one in (left, back.after.get(name)))
            assert kept == now, f"rolling back changes what a person did to {name}:\n{kept}\n{now}"
    world.ever |= set(ended.theirs)
    for name in {*world.theirs, *(names & set(ended.theirs))} & set(back.after):
        world.theirs[name] = back.after[name]


def without_placeholders(was, now):
    """Both without the settings that held a placeholder: a secret that came since stays."""
    gone = [key for key, value in was[1]["settings"].items() if value in PLACEHOLDERS]

    def rest(one):
        return {**one[1], "settings": {key: value for key, value in one[1]["settings"].items() if key not in gone}}

    return rest(was), rest(now)


def _secrets_arrive(world, version):
    """Once every variable is set, no placeholder stays, whatever was cut off before; but where people edited."""
    world.say("with every variable set")
    world.unset = ()
    ended = run(world, version, Asked(skip=True, allow_older=True))
    checks.holds(world, version, Asked(skip=True, allow_older=True), ended)
    _written(world, version, ended)
    if ended.code in (0, 4) and not world.blurred:
        left = {checks.named(step) for step in ended.plan.of("edited", "foreign", "orphan")} | world.ever
        for name, now in held(world.double).items():
            if name[0] == "contact point" and name in version.objects and name not in left | world.veiled:
                stand_ins = [value for value in now[1]["settings"].values() if value in PLACEHOLDERS]
                assert not stand_ins, f"every variable is set, and a placeholder stays in {name}: {now}"


def _ends_as_planned(world, version):
    """Without faults, and with leave to write over what is left, everything comes to what was planned."""
    _secrets_arrive(world, version)
    world.say("at last, quietly")
    names = [f"{kind}:{key}" for kind, key in version.objects if world.publishes(kind)]
    asked = Asked(overwrite=names, adopt=names, allow_older=True)
    ended = run(world, version, asked)
    checks.holds(world, version, asked, ended)
    assert ended.code == 0, (ended.code, ended.outcome.sentence)
    written = {checks.named(one.step) for one in ended.results}
    for name in version.objects:
        if not world.publishes(name[0]):
            continue
        now, wanted = ended.after.get(name), version.objects[name]
        if name not in written and name[0] in ("dashboard", "folder") and now and world.double.apis:
            assert now[:2] == wanted, f"{name}\nis    {now}\nto be {wanted}"
            continue  # what people and authors did alike keeps the marks of what was published before
        assert fits(world.double, world.target, version, name, now), f"{name}\nis    {now}\nto be {wanted}"
    _written(world, version, ended)
    again = run(world, version, Asked(allow_older=True))
    assert (again.code, again.plan.writes, again.writes) == (0, (), []), again.plan
