"""Profile pictures for people nobody photographed: a mirrored pattern in a colour of their own, as a PNG."""

from __future__ import annotations

import colorsys
import hashlib
import struct
import zlib

_CELLS = 5
_CELL = 16  # pixels
_MARGIN = 8  # pixels


def avatar(handle: str) -> bytes:
    """A square picture, the same each time for the same handle."""
    digest = hashlib.sha256(handle.lower().encode()).digest()
    red, green, blue = (int(255 * part) for part in colorsys.hls_to_rgb(digest[0] / 255, 0.45, 0.45))
    colour, paper = bytes((red, green, blue)), bytes((238, 240, 245))
    half = _CELLS // 2 + 1
    filled = {
        (row, mirrored)
        for row in range(_CELLS)
        for column in range(half)
        if digest[1 + row * half + column] % 2
        for mirrored in (column, _CELLS - 1 - column)
    }
    side = _CELLS * _CELL + 2 * _MARGIN
    rows = []
    for y in range(side):
        cells = (((y - _MARGIN) // _CELL, (x - _MARGIN) // _CELL) for x in range(side))
        rows.append(b"".join(colour if cell in filled else paper for cell in cells))
    return _png(side, rows)


def _png(side: int, rows: list[bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)  # 8 bits a channel, RGB, nothing interlaced
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
