"""The style sheets and the scripts of the pages."""

from __future__ import annotations

import re

from kessai.web.base import styles

SHEETS = "".join(styles.sheet(path.stem) for path in styles.FOLDER.glob("*.css"))
SCRIPTS = "".join(path.read_text("utf-8") for path in styles.FOLDER.glob("*.js"))


def test_what_a_script_gives_the_style_sheets_is_no_colour_or_size_of_theirs() -> None:
    given = set(re.findall(r"setProperty\(\"(--[\w-]+)\"", SCRIPTS))
    assert given
    assert not given & set(re.findall(r"(--[\w-]+)\s*:", SHEETS))
    assert all(f"var({name}" in SHEETS for name in given)
