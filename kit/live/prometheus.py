"""A small client of Prometheus' HTTP API: it asks, remembers what it was told, and says in a sentence what is wrong.

https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import niquests
import yaml
from niquests.exceptions import ReadTimeout, RequestException

from kit.live import answers, reached, web
from kit.live.answers import NoPrometheus, QueryFailed, Series
from kit.live.reached import CONNECT_SECONDS

ANSWER_SECONDS = 30.0
_Asked = Mapping[str, str]
_T = TypeVar("_T")


def bearer(path: Path) -> str:
    """The token in a file. Raises NoPrometheus where there is none."""
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoPrometheus(f"{path} cannot be read ({getattr(error, 'strerror', None) or 'no text'})") from None
    if not token or not token.isascii() or len(token.split()) != 1:
        raise NoPrometheus(f"{path} holds no token; --bearer-file names a file with the token and nothing else")
    return token


class Prometheus:
    """A Prometheus at `url` (a base path, or the path of a Grafana data source proxy, is kept).

    One instance serves several threads. Times are unix seconds and always given; the same query is asked once.
    """

    def __init__(self, url: str, *, token: str = "", patience: float = ANSWER_SECONDS) -> None:
        self.address = web.without_secrets(url)
        self._base, user = reached.split(url)
        self._patience = patience
        self._session = niquests.Session(pool_connections=1, pool_maxsize=16, disable_http3=True)
        self._session.trust_env = True
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        elif user:
            self._session.auth = user
        self._known: dict[tuple[str, ...], Future[Any]] = {}
        self._lock = Lock()
        self.asked = self.answered = 0

    def version(self) -> str:
        """Its version; empty where it is none that says so (another store with the same API)."""
        self.query("vector(1)", 0)
        try:
            found = self._get("status/buildinfo", {})
        except (QueryFailed, NoPrometheus):
            return ""
        return str(found.get("version", "")) if isinstance(found, dict) else ""

    def query(self, text: str, at: float) -> tuple[Series, ...]:
        """The series of an instant query. Raises QueryFailed, NoPrometheus."""
        return self._series("query", {"query": text, "time": _time(at)})

    def query_range(self, text: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """The series of a range query. Raises QueryFailed, NoPrometheus."""
        asked = {"query": text, "start": _time(start), "end": _time(end), "step": _time(step)}
        return self._series("query_range", asked)

    def label_values(self, label: str, match: str, start: float, end: float) -> tuple[str, ...]:
        """The values of a label, of the series that `match` (a selector; empty: of all) selects. Raises as query."""
        asked = {"start": _time(start), "end": _time(end), **({"match[]": match} if match else {})}
        return tuple(map(str, self._get(f"label/{label}/values", asked)))

    def label_names(self, match: str, start: float, end: float) -> tuple[str, ...]:
        """The names of labels. Raises as query."""
        asked = {"start": _time(start), "end": _time(end), **({"match[]": match} if match else {})}
        return tuple(map(str, self._get("labels", asked)))

    def rules(self) -> tuple[Mapping[str, Any], ...]:
        """Every rule that is loaded, with `name`, `type`, `health` and `lastError`. Raises as query."""
        found = self._get("rules", {})
        groups = found.get("groups") or () if isinstance(found, dict) else ()
        return tuple(rule for group in groups for rule in group.get("rules") or ())

    def targets(self) -> tuple[Mapping[str, Any], ...]:
        """Every active target, with `labels`, `health` and `lastError`. Raises as query."""
        found = self._get("targets", {"state": "active"})
        return tuple(found.get("activeTargets") or ()) if isinstance(found, dict) else ()

    def jobs(self) -> frozenset[str]:
        """The names of the jobs in its configuration. Raises as query."""
        found = self._get("status/config", {})
        try:
            config = yaml.safe_load(found["yaml"]) or {}
            return frozenset(str(job["job_name"]) for job in config.get("scrape_configs") or ())
        except (KeyError, TypeError, AttributeError, yaml.YAMLError):
            raise QueryFailed("its configuration cannot be read") from None

    def _series(self, path: str, asked: _Asked) -> tuple[Series, ...]:
        key = (path, *map(str, asked.values()))
        return self._once(key, lambda: answers.series(self._ask("POST", path, asked)))

    def _get(self, path: str, asked: _Asked) -> Any:
        key = (path, *map(str, asked.values()))
        return self._once(key, lambda: self._ask("GET", path, asked))

    def _once(self, key: tuple[str, ...], ask: Callable[[], _T]) -> _T:
        """What `ask` returns or raises, asked by the first who wants to know; the others wait for that."""
        with self._lock:
            future: Future[Any] | None = self._known.get(key)
            if future is not None:
                first = False
            else:
                future, first = self._known.setdefault(key, Future()), True
        if first:
            try:
                future.set_result(ask())
            except BaseException as error:
                future.set_exception(error)
        found: _T = future.result()
        return found

    def _ask(self, method: str, path: str, asked: _Asked) -> Any:
        body: dict[str, Any] = {"data" if method == "POST" else "params": dict(asked)}
        with self._lock:
            self.asked += 1
        try:
            answer = self._session.request(
                method,
                f"{self._base}/api/v1/{path}",
                timeout=(min(CONNECT_SECONDS, self._patience), self._patience),
                allow_redirects=False,
                **body,
            )
            content = answer.content or b""
        except ReadTimeout:
            raise self._late(path) from None
        except (RequestException, OSError) as error:
            raise NoPrometheus(reached.sentence(error, self.address)) from None
        with self._lock:
            self.answered += 1
        kind, to = (str(answer.headers.get(name, "")) for name in ("Content-Type", "Location"))
        return answers.data(answer.status_code or 0, kind, content, self.address, to)

    def _late(self, path: str) -> Exception:
        """A query that takes too long is that query's fault, once others have been answered."""
        if self.answered and path.startswith("query"):
            return QueryFailed(f"no answer within {self._patience:g} s")
        return NoPrometheus(f"{self.address} does not answer within {self._patience:g} s; it may be overloaded")


def _time(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
