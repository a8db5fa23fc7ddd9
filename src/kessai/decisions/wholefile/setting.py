"""``python -m kessai.decisions.wholefile.setting FOLDER DATE``: set ``data.json`` of a folder as ``whole.pdf``.

A program of its own, as ``inspecting.look`` is: what a large case takes in memory ends with it. The result
is PDF/A-3u (ISO 19005-3): files of any kind embedded, all text in Unicode.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kessai.decisions import glyphs
from kessai.drafting.inspecting import confined

MEMORY, SECONDS = 8_000_000_000, 300


def main(folder: Path, date: int) -> None:
    confined.confine(memory=MEMORY, seconds=SECONDS)
    import typst

    said = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    made = typst.compile(
        str(folder / "wholefile.typ"),
        root=str(folder),
        font_paths=glyphs.folders(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"family": said["family"], "letters": glyphs.LETTERS},
        pdf_standards=["a-3u"],
        timestamp=date,
    )
    (folder / "whole.pdf").write_bytes(made)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
