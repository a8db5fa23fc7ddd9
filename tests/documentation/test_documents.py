"""What the documents say is there, is there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import load_command_class

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in DOCUMENTS}
CALL = re.compile(r"(?:`|^)(?:\.venv/bin/)?kessai ([a-z][^`\n#]*)", re.MULTILINE)
TARGET = re.compile(r"`?\bmake ([a-z]+)\b")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
PROSE_AFTER_MAKE = {"it", "them", "a", "the", "install", "sure"}


def calls() -> list[tuple[str, str]]:
    found = {(name, call.strip()) for name, text in TEXTS.items() for call in CALL.findall(text)}
    return sorted(found)


@pytest.mark.parametrize(("document", "call"), calls())
def test_every_command_in_the_documents_is_one_the_program_takes(document: str, call: str) -> None:
    words = shlex.split(re.sub(r"\[(--[a-z-]+)[^\]]*\]", "", call).replace("…", ""))
    command = load_command_class("kessai.config", words[0])
    parser = command.create_parser("kessai", words[0])
    known = {
        text for action in _actions(parser) for text in (*action.option_strings, *(action.choices or ()))
    }
    for word in words[1:]:
        if word.startswith("--") or re.fullmatch(r"[a-z][a-z-]+", word):
            assert word in known, f"{document}: kessai {call}: {word} is unknown"


def _actions(parser: object) -> list[object]:
    actions = list(parser._actions)  # type: ignore[attr-defined]
    for action in list(actions):
        choices = getattr(action, "choices", None)
        if isinstance(choices, dict):
            for inner in choices.values():
                actions += _actions(inner)
    return actions


@pytest.mark.parametrize("document", sorted(TEXTS))
def test_every_make_target_in_the_documents_exists(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(TARGET.findall(TEXTS[document])) - PROSE_AFTER_MAKE:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{document}: make {target}"


@pytest.mark.parametrize("document", sorted(TEXTS))
def test_every_link_between_the_documents_leads_somewhere(document: str) -> None:
    for link in LINK.findall(TEXTS[document]):
        assert (ROOT / document).parent.joinpath(link).exists(), f"{document}: {link}"


@pytest.mark.parametrize("adr", sorted(name for name in TEXTS if name.startswith("docs/adr/")))
def test_every_decision_record_has_a_date_and_says_what_it_costs(adr: str) -> None:
    assert re.search(r"^Date: 20\d\d-\d\d-\d\d\. Status: ", TEXTS[adr], re.MULTILINE)
    for heading in ("## Context", "## Decision", "## What it costs"):
        assert heading in TEXTS[adr]


@pytest.mark.parametrize(
    "room",
    [
        "kernel",
        "ledger",
        "organisation",
        "records",
        "drafting",
        "routing",
        "decisions",
        "notifications",
        "insight",
    ],
)
def test_the_architecture_page_names_every_room(room: str) -> None:
    assert f"`kessai.{room}`" in TEXTS["docs/architecture.md"]


def test_the_life_of_a_decision_names_only_code_that_exists() -> None:
    text = TEXTS["docs/life-of-a-decision.md"]
    for module, name in re.findall(r"`((?:[a-z]+\.)+)(_?[a-zA-Z]+)`", text):
        path = ROOT / "src" / "kessai" / module.rstrip(".").replace(".", "/")
        if module.startswith(("merklelog", "kessai")):
            path = ROOT / "src" / module.rstrip(".").replace(".", "/")
        if path.is_dir():
            assert (path / f"{name}.py").exists() or (path / name).is_dir(), f"{module}{name}"
        elif path.with_suffix(".py").exists():
            assert re.search(rf"\b{name}\b", path.with_suffix(".py").read_text()), f"{module}{name}"
        else:
            pytest.fail(f"{module}{name}")
