"""Secrets: the configuration says where they are (`{env: NAME}`, `{file: PATH}`), never what they are."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dataflux_exporter.errors import Broken

_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is: `kind` is `env` or `file`, `place` the variable's name or the file's path."""

    kind: str
    place: str

    def reveal(self) -> str:
        """The secret as it is now, so that a rotated one is used by the next run. Raises Broken."""
        if self.kind == "env":
            if self.place not in os.environ:
                raise Broken(f"the environment variable {self.place} is not set; set it to the secret")
            return os.environ[self.place]
        try:
            with Path(self.place).open(encoding="utf-8") as file:
                return file.read(_LARGEST).rstrip("\r\n")
        except UnicodeDecodeError:
            raise Broken(f"the secret's file {self.place} is no UTF-8 text") from None
        except OSError as error:
            raise Broken(f"the secret's file {self.place} cannot be read: {error.strerror}") from None


def of(reference: Mapping[str, str] | None) -> Secret | None:
    """The secret that a checked `{env: NAME}` or `{file: PATH}` means; None for None."""
    if reference is None:
        return None
    [(kind, place)] = reference.items()
    return Secret(kind, place)
