"""Find definitions by their being there, import them, and collect what is wrong with them."""

import ast
import importlib
import os
import runpy
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import evolve

from kit.draw.page import Everywhere, Page, PageSet
from kit.draw.site import Site
from kit.model.alert import Alert
from kit.model.brief import Brief
from kit.model.channel import Routing
from kit.model.fault import Where, report
from kit.model.metric import Misread
from kit.model.setting import BadSetting
from kit.model.sizing import Sizing
from kit.model.words import nearest
from kit.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


class Unusable(Exception):
    """The settings or the definitions cannot be used at all; one sentence."""


def settings(path: Path) -> Settings:
    """The `settings` of a Python file. Raises Unusable."""
    try:
        found = runpy.run_path(str(path)).get("settings")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}; name a Python file like settings.py") from None
    except SyntaxError as error:
        raise Unusable(f"{path}:{error.lineno}: SyntaxError: {error.msg}") from error
    except BadSetting as error:
        raise Unusable(f"{path}:{setting_line(path, error.name, _line_of(error, path))}: {error}") from error
    except Exception as error:
        raise Unusable(f"{path}:{_line_of(error, path)}: {_said(error)}") from error
    if not isinstance(found, Settings):
        raise Unusable(f"{path}: it defines no `settings = Settings(…)`; copy settings.py and change it")
    return found


def _line_of(error: Exception, path: Path) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == str(path)), 0)


def setting_line(path: Path, name: str, call: int = 0) -> int:
    """The line on which a file of settings says `name=`; where several do, in the call that begins on line `call`.

    Without one, that line (0: not known).
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return call
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and call in (0, node.lineno)]
    return next((word.lineno for node in calls for word in node.keywords if word.arg == name), call)


def modules(package: str) -> Iterator[ModuleType]:
    """Every module below a package of definitions, by name; one that does not import is reported and left out."""
    folder = ROOT / package
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        try:
            yield importlib.import_module(name)
        except Exception as error:
            where, sentence = _import_fault(error, path)
            report(sentence, where, traceback.format_exc())


def _import_fault(error: Exception, path: Path) -> tuple[Where, str]:
    """Where in the definitions it went wrong, and a sentence; `--debug` shows the rest."""
    if isinstance(error, SyntaxError) and error.filename:
        return Where(error.filename, error.lineno or 0), f"does not import: {error.msg}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_definition(f.filename)]
    where = Where(frames[-1].filename, frames[-1].lineno or 0) if frames else Where(str(path))
    return where, str(error) if isinstance(error, Misread) else f"does not import: {_said(error)}"


def _said(error: Exception) -> str:
    """The exception's own sentence, without paths of this machine."""
    words = str(error.args[0]) if error.args else str(error)
    known = dir(error.obj) if isinstance(error, AttributeError) and error.obj is not None else ()
    meant = nearest(error.name, known) if isinstance(error, AttributeError) and error.name else ""
    return f"{type(error).__name__}: {words}{meant}".replace(f"{ROOT}{os.sep}", "")


def _is_definition(filename: str) -> bool:
    return any(filename.startswith(str(ROOT / package)) for package in ("signals", "dashboards", "alerts"))


def site(chosen: Settings, settings_file: Path = ROOT / "settings.py") -> tuple[Site, Routing | None, Brief]:
    """All definitions, put together. What is wrong is reported (see kit.model.fault.collecting).

    `settings_file`: where the settings were read, for what a definition finds wrong with one.
    """
    list(modules("signals"))
    found = list(modules("dashboards"))
    sets = {module.__name__.split(".")[1]: module.pages for module in found if _has(module, "pages", PageSet)}
    pages = tuple(page for module in found if _has(module, "page", Page) for page in _page(module, sets))
    for module in found:
        if len(module.__name__.split(".")) == 3 and not _has(module, "page", Page):
            report("defines no `page = Page(…)`, so it is no dashboard", Where(module.__file__ or module.__name__, 1))
    everywhere = next((m.everywhere for m in found if _has(m, "everywhere", Everywhere)), Everywhere())
    alerting = list(modules("alerts"))
    alerts = tuple(alert for module in alerting for alert in _alerts(module, chosen, settings_file))
    routing = next((made for module in alerting if (made := _called(module, "routing", chosen, settings_file))), None)
    brief = getattr(sys.modules.get("signals.brief"), "brief", Brief({}, {}, {}))
    sizing = getattr(sys.modules.get("signals.sizing"), "sizing", Sizing())
    order = {stem: place.order for stem, place in sets.items()}
    pages = tuple(sorted(pages, key=lambda page: (order.get(page.folder, 0), not page.landing, page.title)))
    _unique(pages, sets, alerts)
    return Site(chosen, sets, pages, alerts, everywhere, sizing=sizing), routing, brief


def _has(module: ModuleType, name: str, kind: type) -> bool:
    return isinstance(getattr(module, name, None), kind)


def _page(module: ModuleType, sets: dict[str, PageSet]) -> Iterator[Page]:
    page: Page = module.page
    _, *folder, stem = module.__name__.split(".")
    if not folder or folder[0] not in sets:
        report("a page stands in a package of dashboards/ that has `pages = PageSet(…)` in its __init__.py", page.where)
        return
    if not module.__doc__:
        report(f"page {page.title} has no question; say it in the module's docstring", page.where)
    question = " ".join((module.__doc__ or "").split())
    yield page.placed(stem=stem, folder=folder[0], question=question, landing=sets[folder[0]].landing == stem)


def _called(module: ModuleType, name: str, chosen: Settings, settings_file: Path) -> Any:
    """What a function of a definition makes of the settings; None where there is none, or it fails (reported)."""
    function = vars(module).get(name)
    if not callable(function):
        return None
    try:
        return function(chosen)
    except BadSetting as error:
        report(str(error), Where(str(settings_file), setting_line(settings_file, error.name)))
        return None
    except Exception as error:
        where, _ = _import_fault(error, Path(module.__file__ or module.__name__))
        report(f"{name}() fails: {_said(error)}", where, traceback.format_exc())
        return None


def _alerts(module: ModuleType, chosen: Settings, settings_file: Path) -> Iterator[Alert]:
    named: dict[str, Any] = dict(vars(module))
    named |= _called(module, "from_settings", chosen, settings_file) or {}
    area = module.__name__.rsplit(".", 1)[-1]
    for name, value in named.items():
        if isinstance(value, Alert):
            yield evolve(value, name=name, area=area)


def _unique(pages: tuple[Page, ...], sets: dict[str, PageSet], alerts: tuple[Alert, ...]) -> None:
    uids: dict[str, Page] = {}
    titles: dict[tuple[str, str], Page] = {}
    for folder, place in sets.items():
        stems = [path.stem for path in (ROOT / "dashboards" / folder).glob("*.py")]
        if place.landing not in stems:
            report(f"its landing page '{place.landing}' is no module of it{nearest(place.landing, stems)}", place.where)
    for page in pages:
        if (other := uids.setdefault(page.uid, page)) is not page:
            report(f"two dashboards have the uid {page.uid}; rename this module ({_short(other)} has it)", page.where)
        key = (page.folder, page.title)
        if (other := titles.setdefault(key, page)) is not page:
            sentence = (
                f"two dashboards of {page.folder} have the title '{page.title}'; change one ({_short(other)} has it)"
            )
            report(sentence, page.where)
    names: dict[str, Alert] = {}
    for alert in alerts:
        if names.setdefault(alert.name, alert) is not alert:
            report(f"two alerts are named {alert.name}; rename one", alert.where)


def _short(page: Page) -> str:
    return f"dashboards/{page.folder}/{page.stem}.py"
