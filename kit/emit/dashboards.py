"""grafana/dashboards/<Folder>/<uid>.json: each drawn page."""

from collections.abc import Mapping

from kit.emit.model import Product
from kit.emit.text import json_text


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    sets = product.site.sets
    return {
        f"grafana/dashboards/{sets[board.page.folder].title}/{board.page.uid}.json": json_text(board.json)
        for board in product.boards
        if board.page.folder in sets
    }
