"""Panel ids that stay: adding a panel renumbers no other, because an alert links to a panel by its id."""

from hashlib import blake2b


def panel_id(*parts: str) -> int:
    """A 31-bit number, at least 1, from the page's stem, the signal, the kind and the key."""
    digest = blake2b("\0".join(parts).encode(), digest_size=4).digest()
    return (int.from_bytes(digest, "big") & 0x7FFFFFFF) or 1
