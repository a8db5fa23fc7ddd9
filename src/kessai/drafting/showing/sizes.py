"""How wide pages are shown, and what making a picture or a PDF may take."""

from __future__ import annotations

WIDTHS = (960, 1920, 3840, 5760)
"""In pixels: beside the text, and three steps of a closer look. The last shows A0 at 174 dots per inch."""

PIXELS_MOST = 60_000_000

PICTURE_MEMORY, PICTURE_SECONDS = 3_000_000_000, 30
OFFICE_MEMORY, OFFICE_SECONDS = 4_000_000_000, 120
"""Bytes of address space and seconds."""

AT_ONCE = 2
"""Pictures that one web server makes at the same time; who asks for one more waits."""

PATIENCE_SECONDS = 15

DOTS = 150
"""Dots per inch of a page that is printed."""
SHEET_PIXELS_MOST = 24_000_000
SHEETS_AT_ONCE, SHEETS_SECONDS = 20, 90
"""Pages that one process prints, and the seconds it has for them."""
