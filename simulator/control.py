"""The page on which incidents are played and ended: http://127.0.0.1:<first port>/."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from html import escape
from typing import Any
from urllib.parse import parse_qs

from simulator import web
from simulator.incident import Unknown, incident, incidents
from simulator.live import Live

STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;
color:#222;background:#fff}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #ddd;padding:.4rem .6rem;vertical-align:top}
button{font:inherit;padding:.1rem .8rem}.on td{background:#fff3d6}code{white-space:nowrap}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181b1f}td{border-color:#333}.on td{background:#4a3b12}}"""


def serving(live: Live, address: str, addresses: Mapping[str, str]) -> AbstractContextManager[None]:
    """Show what is played, and take `POST /play` and `POST /end` with `name=…`, within the block. Raises web.Taken.

    `addresses`: what is shown to be opened, name → URL.
    """

    class Handler(web.Handler):
        def do_GET(self) -> None:
            if self.path == "/state":
                self.answer(200, json.dumps(state(live)).encode(), "application/json")
            else:
                self.answer(200, page(live, addresses).encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            if not self._ours():
                self.answer(403, b"ask this from the page itself\n")
                return
            length = int(self.headers.get("Content-Length") or 0)
            name = parse_qs(self.rfile.read(min(length, 10_000)).decode(errors="replace")).get("name", [""])[0]
            try:
                with live.lock:
                    change(live, self.path, name)
            except Unknown as error:
                self.answer(404, f"{error}\n".encode())
                return
            self.answer(303, Location="/")

        def _ours(self) -> bool:
            """Another site's page must not play incidents through somebody's browser."""
            host = self.headers.get("Host", "")
            names = {f"{name}:{address.rsplit(':', 1)[1]}" for name in ("127.0.0.1", "localhost")}
            origin = self.headers.get("Origin")
            return host in names and origin in (None, f"http://{host}")

    return web.serving(address, Handler, "there is no page to play incidents from")


def change(live: Live, path: str, name: str) -> None:
    """Play or end an incident. Raises Unknown."""
    chosen = incident(name)
    live.world.end(name)
    if path == "/play":
        live.world.begin(chosen)


def state(live: Live) -> dict[str, Any]:
    """What is played: the world's time, incidents with the seconds that they have gone on, versions."""
    world = live.world
    return {
        "time": world.now,
        "playing": {one.name: round(world.now - since) for since, one in world.playing()},
        "activity": round(float(world.people.activity), 3),
    }


def page(live: Live, addresses: Mapping[str, str]) -> str:
    """The page."""
    since = {one.name: world_age(live, at) for at, one in live.world.playing()}
    rows = []
    for name, one in incidents().items():
        verb = "end" if name in since else "play"
        form = (
            f'<form method="post" action="/{verb}"><input type="hidden" name="name" value="{name}">'
            f"<button>{verb}</button></form>"
        )
        more = f" <b>for {since[name]} now</b>" if name in since else ""
        fires = f"<br><small>meant for {', '.join(one.alerts)}</small>" if one.alerts else ""
        rows.append(
            f'<tr class="{"on" if name in since else ""}"><td>{form}</td><td><code>{name}</code></td>'
            f"<td>{escape(one.story)}{more}{fires}</td></tr>"
        )
    links = "".join(
        f'<li>{escape(name)}: <a href="{escape(url)}">{escape(url)}</a></li>' for name, url in addresses.items()
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>DataFlux, played</title><style>{STYLE}</style>"
        f"<h1>DataFlux, played</h1><ul>{links}</ul><p>People are at {live.world.people.activity:.0%} of their busiest "
        f"hour. An incident ends by itself when its time is over.</p><table>{''.join(rows)}</table></html>"
    )


def world_age(live: Live, at: float) -> str:
    """`4 min`."""
    return f"{(live.world.now - at) / 60:.0f} min"
