"""Real servers beside the tests: PostgreSQL and Redis, as Debian packages them; started once a session."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis as redis_client
from xdist.scheduler import LoadScopeScheduling

from kit.live.programs import LOOPBACK, free_port, running


class ByFolder(LoadScopeScheduling):
    """Tests of one folder share servers, so they run in one process."""

    def _split_scope(self, nodeid):
        return nodeid.split("::")[0].rsplit("/", 1)[0]


def pytest_xdist_make_scheduler(config, log):
    """Asked by pytest-xdist, whose own groups (`loadgroup`) pytest 9 does not see."""
    return ByFolder(config, log)


@pytest.fixture(scope="session")
def go_program(tool, tmp_path_factory):
    """`go_program(folder)`: what Go builds of it, elsewhere, so that nothing lies beside the sources."""

    def build(folder):
        work = tmp_path_factory.mktemp(folder.name)
        shutil.copytree(folder, work, dirs_exist_ok=True)
        command = [tool("go"), "build", "-o", "program", "."]
        built = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=600)
        assert built.returncode == 0, built.stderr
        return work / "program"

    return build


class Server:
    """A program that listens on `host`:`port`; can be stopped, paused and started again."""

    host = LOOPBACK

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.process = None
        self._stack = ExitStack()

    def start(self):
        """Start it, and wait until it answers."""
        self.process = self._stack.enter_context(self._running())
        return self

    def stop(self, sign=signal.SIGINT):
        """End it, by default gracefully; its data stay where they are."""
        if self.process and self.process.poll() is None:
            self.resume()
            self.process.send_signal(sign)
            self.process.wait(60)
        self._stack.close()

    def pause(self):
        """Let it hang: it accepts connections and answers nothing."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self):
        """Let it go on."""
        os.killpg(self.process.pid, signal.SIGCONT)


class Postgres(Server):
    """A PostgreSQL whose superuser `user` has the password `password`."""

    user = "postgres"
    database = "postgres"
    password = "correct horse battery"

    def __init__(self, folder, binaries, owner):
        super().__init__(folder)
        self._binaries = binaries
        self._owner = owner

    def make(self):
        """Make its data directory."""
        (self.folder / "password").write_text(self.password)
        if self._owner:
            shutil.chown(self.folder, self._owner)
            shutil.chown(self.folder / "password", self._owner)
        argv = [str(self._binaries / "initdb"), "-D", str(self.folder / "data"), "-U", self.user, "-A", "scram-sha-256"]
        argv += [f"--pwfile={self.folder / 'password'}", "-E", "UTF8", "--locale=C", "--no-sync"]
        with running(
            argv, log=self.folder / "initdb.log", until=lambda: True, user=self._owner, cwd=self.folder
        ) as made:
            assert made.wait(120) == 0, (self.folder / "initdb.log").read_text()
        return self

    def _running(self):
        argv = [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        argv += ["-h", self.host, "-k", str(self.folder), "-c", "fsync=off"]
        log = self.folder / "postgres.log"
        return running(argv, log=log, until=self._answers, timeout=60, user=self._owner, cwd=self.folder)

    def _answers(self):
        try:
            self.sql("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def sql(self, text):
        """Run a statement; the rows that it gives."""
        given = {"host": self.host, "port": self.port, "user": self.user, "dbname": self.database}
        with psycopg.connect(**given, password=self.password, connect_timeout=10, autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []


class Redis(Server):
    """A Redis that keeps nothing on disk; with a password if it is given one."""

    def __init__(self, folder, program, password=None):
        super().__init__(folder)
        self._program = program
        self.password = password

    def _running(self):
        argv = [self._program, "--port", str(self.port), "--bind", self.host, "--save", "", "--appendonly", "no"]
        argv += ["--dir", str(self.folder)] + (["--requirepass", self.password] if self.password else [])
        return running(argv, log=self.folder / "redis.log", until=self._answers, timeout=60)

    def _answers(self):
        try:
            return self.client().ping()
        except redis_client.RedisError:
            return False

    def client(self):
        """A client of it."""
        return redis_client.Redis(self.host, self.port, password=self.password, socket_timeout=30)


def _missing(name):
    if os.environ.get("CI"):
        pytest.fail(f"{name} is missing; in CI a test that is skipped for want of a tool is a failure")
    pytest.skip(f"{name} is not installed")


def _postgres_binaries():
    """Debian keeps the server's programs out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if path := (str(found[-1]) if found else shutil.which("initdb")):
        return Path(path).parent
    return _missing("PostgreSQL (initdb)")


def _unprivileged():
    """PostgreSQL refuses to run as root: another user then; None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def server_folder():
    """`server_folder("x")`: a folder that other users can reach, unlike pytest's; removed with the session."""
    made = []

    def make(name):
        folder = Path(tempfile.mkdtemp(prefix=f"dataflux-{name}-"))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(server_folder):
    """A running PostgreSQL: `host`, `port`, `user`, `password`, `database`, `sql(text)`, and Server's methods."""
    server = Postgres(server_folder("postgres"), _postgres_binaries(), _unprivileged()).make().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis(server_folder, tool):
    """A running Redis without a password: `host`, `port`, `client()`, and Server's methods."""
    server = Redis(server_folder("redis"), tool("redis-server")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server(server_folder, tool):
    """`redis_server(password)`: a Redis of one's own, running."""
    made = []

    def start(password=None):
        made.append(Redis(server_folder("redis"), tool("redis-server"), password).start())
        return made[-1]

    yield start
    for server in made:
        server.stop()
