"""``python -m kessai.drafting.showing.sheets FILE KIND FOLDER FIRST LAST``: pages of a file as they are printed.

A program of its own, as ``inspecting.look`` is. KIND is ``pdf`` or ``image``; pages count from 1. Each becomes a JPEG
in FOLDER, named by its number; a line of JSON says how large it is in points, and what is written where on it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kessai.drafting.inspecting import confined
from kessai.drafting.showing.sizes import DOTS, PICTURE_MEMORY, SHEET_PIXELS_MOST, SHEETS_SECONDS

POINTS = 72
PAPER = (595, 842)
"""A4 in points: the sheet that a picture is put on."""
QUALITY = 80


def main(file: Path, kind: str, folder: Path, first: int, last: int) -> None:
    confined.confine(memory=PICTURE_MEMORY, seconds=SHEETS_SECONDS)
    made = _of_pdf(file, first, last) if kind == "pdf" else _of_image(file, first, last)
    for page, picture, width, height, runs in made:
        _slim(picture).save(folder / f"{page}.jpg", "JPEG", quality=QUALITY, dpi=(DOTS, DOTS))
        said = {"page": page, "width": width, "height": height, "runs": runs}
        sys.stdout.write(json.dumps(said, ensure_ascii=True) + "\n")


def _slim(picture: Any) -> Any:
    """Without colours where it has none: a third of the size."""
    from PIL import Image, ImageChops

    if picture.mode in ("RGBA", "LA", "PA", "P"):
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    if picture.mode == "L":
        return picture
    picture = picture.convert("RGB")
    red, green, blue = picture.split()
    apart = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return picture.convert("L") if not any(sum(each.histogram()[3:]) for each in apart) else picture


def _of_image(file: Path, first: int, last: int) -> Iterator[tuple[Any, ...]]:
    # After the limits: these libraries are what the limits are for.
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    for page in range(first, last + 1):
        opened = Image.open(file)
        opened.seek(page - 1)
        image = ImageOps.exif_transpose(opened)
        paper = PAPER if image.height >= image.width else PAPER[::-1]
        image.thumbnail((paper[0] * DOTS // POINTS, paper[1] * DOTS // POINTS))
        scale = min(paper[0] / image.width, paper[1] / image.height, POINTS / DOTS * 2)
        yield page, image, image.width * scale, image.height * scale, []


def _of_pdf(file: Path, first: int, last: int) -> Iterator[tuple[Any, ...]]:
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    document.init_forms()
    for page in range(first, last + 1):
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(DOTS / POINTS, (SHEET_PIXELS_MOST / (width * height)) ** 0.5)
        bitmap = sheet.render(scale=scale, rev_byteorder=True)
        yield page, bitmap.to_pil(), width, height, _runs(sheet, bitmap, scale)
        bitmap.close()
        sheet.close()


def _runs(sheet: Any, bitmap: Any, scale: float) -> list[list[Any]]:
    """What is written on a page: each run with left, top, width and height in points, from the top left."""
    written, place = sheet.get_textpage(), bitmap.get_posconv(sheet)
    found = []
    for n in range(written.count_rects()):
        left, bottom, right, top = written.get_rect(n)
        text = " ".join(written.get_text_bounded(left, bottom, right, top).split())
        if text:
            (x1, y1), (x2, y2) = place.to_bitmap(left, top), place.to_bitmap(right, bottom)
            box = (min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))
            found.append([*(round(each / scale, 1) for each in box), text])
    written.close()
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
