"""``python -m kessai.drafting.inspecting.look FILE``: look into one file and print what was found, as JSON.

A program of its own, without database or settings: a file made to do harm ends this process and nothing else.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from kessai.drafting.inspecting import confined
from kessai.drafting.inspecting.seen import Seen


def main(path: Path) -> None:
    confined.confine(memory=confined.LOOK_MEMORY, seconds=confined.LOOK_SECONDS)
    # After the limits: these libraries are what the limits are for.
    from kessai.drafting.inspecting.extracting import text_in
    from kessai.drafting.inspecting.recognising import recognise

    seen = recognise(path)
    # The kind stands even if the text is what ends this process.
    _say(seen)
    if seen.encrypted or seen.broken:
        return
    text, cut = text_in(path, seen.media_type)
    _say(replace(seen, text=text, text_cut=cut))


def _say(seen: Seen) -> None:
    sys.stdout.write(json.dumps(seen.to_json()) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
