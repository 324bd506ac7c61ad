"""`build.py demo` on the command line: what it refuses, in a sentence and with an exit code."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kit.live.programs import LOOPBACK, free_port
from simulator import stage
from simulator.incident import incidents
from simulator.stage import Beside, Stage, Unplayable
from tests import forked

ROOT = Path(__file__).resolve().parents[2]


def demo(*arguments, **env):
    code, out, err = forked.run(ROOT, ["demo", *arguments], **env)
    assert "Traceback" not in err
    return code, out, err.strip()


def test_it_lists_what_can_be_played():
    command = [sys.executable, "build.py", "demo", "--list"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0 and [line.split()[0] for line in ran.stdout.splitlines()] == list(incidents())


def test_without_prometheus_it_says_how_to_get_it(tmp_path):
    code, _, said = demo("--work", str(tmp_path / "w"), PATH=str(tmp_path))
    assert (code, said) == (2, "prometheus is not installed; on Debian and Ubuntu: apt-get install prometheus")


@pytest.fixture
def taken():
    """A loopback port on which somebody listens."""
    with socket.socket() as other:
        other.bind((LOOPBACK, free_port()))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_of_prometheus(tool, taken, tmp_path):
    tool("prometheus")
    code, _, said = demo("--work", str(tmp_path / "w"), f"--prometheus-port={taken}")
    assert code == 2
    assert said == f"port {taken} of 127.0.0.1 is taken (another Prometheus?); name one with --prometheus-port"
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--incident=bad_deplo"], "there is no incident 'bad_deplo'; did you mean 'bad_deploy'?; incidents/ has "),
        (["--beside=node"], "'node' names nothing to watch; write JOB=HOST:PORT or JOB=NAME:PORT@HOST:PORT"),
        (["--beside=node=a:1@b"], "'node=a:1@b' names nothing to watch; write JOB=HOST:PORT or "),
        (["--beside=node=a:99999"], "'node=a:99999' names nothing to watch; write JOB=HOST:PORT or "),
        (["--beside=node=a:1", "--beside=node=a:1"], "addresses: 'a:1' stands in it twice; leave one out"),
        (["--beside=nodes=a:1@b:2"], "no job is named 'nodes'; settings.py has dataflux-services, prometheus, "),
        (["--settings=no/such.py"], "no/such.py: No such file or directory"),
    ],
)
def test_what_cannot_be_played(tool, arguments, said, tmp_path):
    tool("prometheus")
    code, _, found = demo("--work", str(tmp_path / "w"), f"--prometheus-port={free_port()}", *arguments)
    assert code == 2 and found.startswith(said)


def test_a_folder_with_other_things_is_left_alone(tool, tmp_path):
    tool("prometheus")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "mine.log").write_text("mine")
    code, _, said = demo("--work", str(tmp_path), f"--prometheus-port={free_port()}")
    assert code == 2 and said.startswith(f"{tmp_path} holds other things, which playing would remove")
    assert (tmp_path / "logs" / "mine.log").read_text() == "mine"


def test_two_demos_do_not_share_a_folder(tmp_path):
    asked = Stage(root=ROOT, work=tmp_path / "w", settings=ROOT / "settings.py")
    with (
        stage.folder(asked),
        pytest.raises(Unplayable, match="another demo plays in .*; end it, or name another folder with --work"),
        stage.folder(asked),
    ):
        pass
    (tmp_path / "w" / "logs").mkdir()
    (tmp_path / "w" / "logs" / "old.log").write_text("old")
    with stage.folder(asked):
        assert not (tmp_path / "w" / "logs").exists()


def test_the_ports_must_not_meet(tool, tmp_path):
    tool("prometheus")
    code, _, said = demo("--work", str(tmp_path / "w"), "--first-port=18000", "--prometheus-port=18031")
    assert (code, said) == (2, "port 18031 lies among the 32 from --first-port on; choose another")


def test_the_demos_settings_change_addresses_only():
    from attrs import asdict

    from kit import load

    asked = Stage(root=ROOT, work=ROOT, settings=ROOT / "settings.py")
    before, after = asdict(load.settings(asked.settings)), asdict(stage.settings(asked))
    differ = {name for name in before if before[name] != after[name]}
    assert differ == {"services", "jobs", "reached_at"}
    for one, other in zip(before["jobs"], after["jobs"], strict=True):
        assert {**one, "addresses": None} == {**other, "addresses": None}
    assert {address.rsplit(":", 1)[0] for address in after["services"]} == {
        address.rsplit(":", 1)[0] for address in before["services"]
    }


def test_what_runs_for_real_is_watched_under_its_name():
    one = Beside.read("node=my-host:9100@127.0.0.1:19100")
    assert one == Beside("node", "my-host:9100", "127.0.0.1:19100")
    assert Beside.read("node=10.0.0.1:9100") == Beside("node", "10.0.0.1:9100", "10.0.0.1:9100")
    found = stage.settings(Stage(root=ROOT, work=ROOT, settings=ROOT / "settings.py", beside=(one,)))
    assert found.reached_at["my-host:9100"] == "127.0.0.1:19100"
