"""docs/state-machine.md, made from the declared machine: a picture of the case, and the acts as a table."""

from __future__ import annotations

from pathlib import Path

from kessai.decisions import machine
from kessai.web.base import wording

PAGE = Path(__file__).parents[3] / "docs" / "state-machine.md"
HEAD = """# The state machine

Made from `src/kessai/decisions/machine.py` by `kessai dev state-machine --write`; a test compares the two. The page
of a case offers its acts from the same declaration.

## A case

"""
WHO = {
    machine.POST: "段階の職",
    machine.DRAFTER: "起案した職",
    machine.WHO_ADDED: "段階を加えた職",
}
STEP_STATES = {
    machine.OPEN: "順番",
    machine.WAITING: "まだ",
    machine.DONE: "済み",
    machine.REFUSED: "不同意",
}


def text() -> str:
    """The whole page."""
    return HEAD + "\n".join([*_picture(), "", "## Acts", "", *_table(), ""])


def _picture() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> routed: 提出"]
    for state in machine.CASE_STATES:
        lines.append(f"    {state}: {wording.STATES[state]}")
    for act in machine.MACHINE:
        if act.leads:
            lines += [f"    {before} --> {act.leads}: {act.label}" for before in act.case_states]
    lines += [f"    {state} --> [*]" for state in machine.ENDED]
    return [*lines, "```"]


def _table() -> list[str]:
    rows = [
        "| 操作 | だれが | どの段階で | 段階の状態 | 理由 | 見た版に縛る | 何が起こるか |",
        "|---|---|---|---|---|---|---|",
    ]
    for act in machine.MACHINE:
        kinds = "・".join(wording.KINDS[kind] for kind in act.kinds) or "案件全体"
        states = "・".join(STEP_STATES[state] for state in act.step_states) if act.kinds else ""
        rows.append(
            f"| {act.label} | {WHO[act.who]}{'、代決者' if act.deputy else ''} | {kinds} | {states} | "
            f"{'要る' if act.reason else ''} | {'はい' if act.bound else ''} | {act.effect} |"
        )
    return rows
