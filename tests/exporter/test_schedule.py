"""Collectors on their schedule, with sources that hang, lie, vanish and come back. No time passes but the clock's."""

from contextlib import contextmanager

import pytest
from dataflux_exporter.errors import Broken, Fails
from dataflux_exporter.logs import Teller
from dataflux_exporter.samples import QUEUE, Sample
from dataflux_exporter.schedule import Job, Scheduler
from dataflux_exporter.store import Limits, Store


class Fake:
    """A source whose parts do what `does` says: give samples, or raise."""

    def __init__(self, **does):
        self.does = does
        self.opened = 0
        self.during = lambda run: None

    @property
    def parts(self):
        return tuple(self.does)

    @contextmanager
    def open(self, run):
        self.opened += 1
        yield lambda part: self._read(part, run)

    def _read(self, part, run):
        self.during(run)
        done = self.does[part]
        if isinstance(done, Exception):
            raise done
        return done


class Bench:
    """A job at work on a fake clock: runs are started by `work()`, which can be long after they are due."""

    def __init__(self, clock, source, name="fake", max_series=100):
        self.clock = clock
        self.source = source
        self.said = []
        self.started = []
        self.store = Store({name: Limits(50, max_series)}, clock)
        teller = Teller(clock, lambda level, message, **more: self.said.append((level, message)))
        self.job = Job(
            name, source, 10, 5, max_series, self.store, teller, clock, lambda work, _: self.started.append(work)
        )

    def turn(self):
        return self.job.turn()

    def work(self):
        self.started.pop(0)()

    def run(self):
        """One whole run now, and then ten seconds."""
        self.turn()
        if self.started:
            self.work()
        self.clock.pass_(10)

    @property
    def shown(self):
        return {sample.labels[0]: sample.value for sample in self.store.view()[0]}

    @property
    def status(self):
        [status] = self.store.view()[1]
        return status

    @property
    def errors(self):
        return [message for level, message in self.said if level == "ERROR"]


def queue(name, value):
    return [Sample(QUEUE, (name,), value)]


@pytest.fixture
def bench(clock):
    return lambda **more: Bench(clock, Fake(**more))


def test_a_run_is_started_when_it_is_due_and_at_no_other_time(bench):
    one = bench(a=queue("a", 1))
    assert one.store.unfinished() == ("fake",)
    assert one.turn() == 1005  # the deadline comes before the next run
    one.work()
    assert one.turn() == 1010
    assert one.shown == {"a": 1} and one.status.success and one.store.unfinished() == ()
    one.clock.pass_(9.9)
    one.turn()
    assert not one.started and one.status.age == pytest.approx(9.9)
    one.clock.pass_(0.1)
    one.turn()
    assert len(one.started) == 1


def test_a_source_that_hangs_is_given_up_and_nothing_piles_up(bench):
    one = bench(a=queue("a", 1))
    one.run()
    one.turn()
    [hanging] = one.started
    one.clock.pass_(5)
    one.turn()
    assert not one.status.success and one.status.duration == 5
    assert one.errors == ["fake: it did not finish within 5 s"]
    for _ in range(4):
        one.clock.pass_(10)
        one.turn()
    assert one.started == [hanging], "no second thread beside the one that hangs"
    assert one.errors[1:] == ["fake: the former run still hangs, so no other is started"]
    # What it brings at last is late: not shown.
    one.source.does["a"] = queue("a", 99)
    one.work()
    assert one.shown == {} and not one.status.success
    one.clock.pass_(10)
    one.run()
    assert one.shown == {"a": 99} and one.status.success


def test_what_was_read_before_the_time_was_up_is_kept(bench):
    one = bench(a=queue("a", 1), b=queue("b", 2))
    one.source.during = lambda run: (one.clock.pass_(4), one.turn())
    one.turn()
    one.work()
    assert one.shown == {"a": 1}
    assert not one.status.success


def test_the_time_out_wakes_what_waits(bench):
    one = bench(a=queue("a", 1))
    cut = []
    one.source.during = lambda run: (run.cut_by(lambda: cut.append(True)), one.clock.pass_(5), one.turn())
    one.turn()
    one.work()
    assert cut == [True] and one.shown == {}


def test_one_part_that_fails_costs_no_other(bench):
    one = bench(a=Fails("it lies"), b=queue("b", 2))
    one.run()
    assert one.shown == {"b": 2} and not one.status.success
    assert one.errors == ["fake: a: it lies"]


def test_a_source_out_of_reach_is_asked_once_a_run(bench):
    one = bench(a=Broken("it is down"), b=queue("b", 2))
    one.run()
    assert one.shown == {} and one.errors == ["fake: it is down"]


def test_an_error_that_nobody_thought_of_is_a_sentence(bench):
    one = bench(a=ZeroDivisionError("division by zero"), b=queue("b", 2))
    one.run()
    assert one.errors == ["fake: a: ZeroDivisionError: division by zero"] and one.shown == {"b": 2}


def test_a_source_that_vanishes_takes_its_series_with_it_and_brings_them_back(bench):
    one = bench(a=queue("a", 1))
    one.run()
    one.source.does["a"] = Broken("it is down")
    for _ in range(4):
        one.run()
    assert one.shown == {"a": 1} and one.status.age == 50
    one.run()
    assert one.shown == {} and one.status.age is None and not one.status.success
    assert one.errors == ["fake: it is down"], "the same sentence is not said again and again"
    one.source.does["a"] = queue("a", 7)
    one.run()
    assert one.shown == {"a": 7} and one.status.success
    assert ("INFO", "fake: works again") in one.said


def test_the_same_sentence_is_said_again_after_an_hour(bench):
    one = bench(a=Broken("it is down"))
    for _ in range(360):
        one.run()
    assert len(one.errors) == 1
    one.run()
    assert len(one.errors) == 2


def test_a_source_that_comes_and_goes_is_told_now_and_then(bench):
    one = bench(a=queue("a", 1))
    for turn in range(60):
        one.source.does["a"] = Broken("it is down") if turn % 2 else queue("a", 1)
        one.run()
    assert one.errors == ["fake: it is down"] * 2
    assert one.said[-1] == ("DEBUG", "fake: collected") or one.said[-1][0] == "ERROR"
    one.source.does["a"] = Broken("it is down")
    for _ in range(40):
        one.run()
    assert len(one.errors) == 3, "what lasts is told, although it was told before"


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (queue("a", float("nan")), 'dataflux_queue_size{queue="a"} is nan; only finite numbers can be exported'),
        (queue("a", float("inf")), 'dataflux_queue_size{queue="a"} is inf; only finite numbers can be exported'),
        (queue("a", -1), 'dataflux_queue_size{queue="a"} is negative, which it cannot be'),
        (queue("a", 1) * 2, 'dataflux_queue_size{queue="a"} comes twice; its labels must tell its series apart'),
        (queue("a" * 2000, 1), "the label 'queue' is longer than 1024 characters"),
        ([Sample(QUEUE, (str(n),), 1) for n in range(101)], "it gives more than 100 series; aggregate them"),
    ],
)
def test_a_lie_is_told_and_not_shown(bench, samples, said):
    one = bench(a=queue("old", 1), b=queue("b", 2))
    one.run()
    one.source.does["a"] = samples
    one.run()
    assert said in one.errors[0]
    assert one.shown == {"old": 1, "b": 2} and not one.status.success


def test_a_flood_over_all_parts_is_stopped(bench):
    one = bench(**{f"p{n}": [Sample(QUEUE, (f"{n}-{m}",), 1) for m in range(40)] for n in range(3)})
    one.run()
    assert len(one.shown) == 80 and "p2: it gives more than 100 series in all" in one.errors[0]


def test_an_endless_source_is_stopped(bench):
    def endless():
        n = 0
        while True:
            n += 1
            yield Sample(QUEUE, (str(n),), 1)

    one = bench(a=endless())
    one.run()
    assert "more than 100 series" in one.errors[0]


def test_no_thread_to_be_had_is_a_failed_run(bench):
    one = bench(a=queue("a", 1))

    def none(work, name):
        raise RuntimeError("can't start new thread")

    one.job.start = none
    one.turn()
    assert not one.status.success and "no thread can be started" in one.errors[0]
    one.job.start = lambda work, _: one.started.append(work)
    one.clock.pass_(10)
    one.run()
    assert one.shown == {"a": 1}


def test_a_scheduler_that_stands_still_is_noticed(clock):
    scheduler = Scheduler([], clock)
    assert scheduler.alive()
    clock.pass_(16)
    assert not scheduler.alive()
