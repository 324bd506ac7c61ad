"""Where uploads lie: on disk under the hash of what is in them, so that the same content is kept once."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Asset:
    """What was uploaded. `state` is waiting, ready or failed; `size` is in bytes."""

    asset_id: str
    media_type: str
    size: int
    state: str = "waiting"


class Store:
    """Assets by id; their content in files."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.assets: dict[str, Asset] = {}

    def put(self, asset: Asset, content: bytes) -> None:
        """Keep it. Raises OSError where the disk does not take it; the asset is then not known either."""
        self._path(asset.asset_id).write_bytes(content)
        self.assets[asset.asset_id] = asset

    def get(self, asset_id: str) -> Asset | None:
        """The asset; None where there is none."""
        return self.assets.get(asset_id)

    def content(self, asset_id: str) -> bytes:
        """What was uploaded. Raises OSError where the file is gone."""
        return self._path(asset_id).read_bytes()

    def remove(self, asset_id: str) -> bool:
        """Forget it; whether it was there."""
        if self.assets.pop(asset_id, None) is None:
            return False
        self._path(asset_id).unlink(missing_ok=True)
        return True

    def _path(self, asset_id: str) -> Path:
        return self.folder / asset_id


def asset_id_of(content: bytes) -> str:
    """The same for the same content."""
    return f"asset-{hashlib.sha256(content).hexdigest()[:16]}"
