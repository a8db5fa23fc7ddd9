"""``python -m kessai.drafting.showing.converting SOFFICE FILE FOLDER``: a PDF of an Office file, by LibreOffice.

A program of its own with limits, that becomes LibreOffice. It runs without a window, with a profile that is made
for this one file, and with macros and links to other places switched off.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kessai.drafting.inspecting import confined
from kessai.drafting.showing.sizes import OFFICE_MEMORY, OFFICE_SECONDS

_SETTINGS = {
    ("Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    # Never: Writer and Calc count differently.
    ("Writer/Content/Update", "Link"): "0",
    ("Calc/Content/Update", "Link"): "1",
}


def _written() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for (path, name), value in _SETTINGS.items()
    )
    return f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'


def main(soffice: str, file: Path, folder: Path) -> None:
    confined.confine(memory=OFFICE_MEMORY, seconds=OFFICE_SECONDS)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_written(), encoding="utf-8")
    words = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--convert-to", "pdf")
    os.environ["HOME"] = str(folder)
    os.execv(
        soffice,
        [soffice, f"-env:UserInstallation={profile.as_uri()}", *words, "--outdir", str(folder), str(file)],
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
