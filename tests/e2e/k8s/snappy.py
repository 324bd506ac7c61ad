"""What Snappy packed, unpacked: a block of https://github.com/google/snappy/blob/main/format_description.txt."""


def unpacked(block):
    """The bytes that were packed."""
    size, at = _number(block)
    out = bytearray()
    while at < len(block):
        tag = block[at]
        kind, upper = tag & 3, tag >> 2
        at += 1
        if kind == 0:  # as it is
            more = max(upper - 59, 0)
            length = (int.from_bytes(block[at : at + more], "little") if more else upper) + 1
            out += block[at + more : at + more + length]
            at += more + length
            continue
        length = (upper & 7) + 4 if kind == 1 else upper + 1
        wide = (1, 2, 4)[kind - 1]
        back = int.from_bytes(block[at : at + wide], "little") | ((upper >> 3) << 8 if kind == 1 else 0)
        at += wide
        for _ in range(length):  # it may repeat what it has just written
            out.append(out[-back])
    assert len(out) == size
    return bytes(out)


def _number(block):
    """A number of seven bits a byte, and where it ends."""
    value = shift = at = 0
    while True:
        value |= (block[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if block[at - 1] < 128:
            return value, at
