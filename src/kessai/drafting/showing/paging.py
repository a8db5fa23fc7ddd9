"""``python -m kessai.drafting.showing.paging FILE KIND PAGE WIDTH OUT``: a page of a file as a picture.

A program of its own, as ``inspecting.look`` is. KIND is ``pdf`` or ``image``; PAGE counts from 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kessai.drafting.inspecting import confined
from kessai.drafting.showing.sizes import PICTURE_MEMORY, PICTURE_SECONDS, PIXELS_MOST


def main(file: Path, kind: str, page: int, width: int, out: Path) -> None:
    confined.confine(memory=PICTURE_MEMORY, seconds=PICTURE_SECONDS)
    # After the limits: these libraries are what the limits are for.
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    if kind == "pdf":
        image = _of_pdf(file, page, width)
    else:
        image = Image.open(file)
        image.seek(page - 1)
        # A photograph is read at a part of its size where that is enough.
        image.draft("RGB", (width, width * 4))
        image = ImageOps.exif_transpose(image)
        if image.mode not in ("RGB", "RGBA", "L"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        if image.width > width:
            image = image.resize((width, max(1, round(image.height * width / image.width))), reducing_gap=2)
    # Longer than the format allows: a scroll of paper, or a screen that somebody stitched together.
    image.thumbnail((16_000, 16_000))
    image.save(out, "WEBP", quality=82, method=2)


def _of_pdf(file: Path, page: int, width: int):  # type: ignore[no-untyped-def]
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    document.init_forms()
    sheet = document[page - 1]
    wide, high = sheet.get_size()
    scale = min(width / wide, (PIXELS_MOST / (wide * high)) ** 0.5)
    return sheet.render(scale=scale, rev_byteorder=True).to_pil()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
