"""The parts of the whole file in words: a case that is not decided, what changed, what was asked. Pure; Japanese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kessai.decisions import machine
from kessai.decisions.circulating.sheet import readers as circulated
from kessai.decisions.redline.results import Fixed, Redlined
from kessai.decisions.redline.rules import (
    DELETED,
    INSERTED,
    KEPT,
    MOVED,
    OTHER_DAY,
    OTHER_ROLE,
    REMOVED,
    RENAMED,
    REPLACED,
    Difference,
    FileChange,
    Place,
    StepChange,
)
from kessai.decisions.sheet import (
    ACTS,
    FLAGS,
    MARKINGS,
    STEPS,
    Body,
    Line,
    _line,
    _word,
    authority,
    consulted,
    day_text,
    drafted_letters,
    files,
    grouped,
    history,
    moment_text,
    paired,
    particulars,
    pinned,
    post,
    proposed,
    readers,
    seals,
    short_moment,
)

STATES = {
    machine.ROUTED: "回議中",
    machine.RETURNED: "差戻し中（起案者の手元）",
    machine.WITHDRAWN: "引戻し中（起案者の手元）",
    machine.REJECTED: "否認により終了",
    machine.ABANDONED: "廃案",
    machine.CANCELLED: "取止め",
}
UNDECIDED = "未決裁"
NOT_READ = "供覧中"
Run = dict[str, str]


def stamp(state: str, *, circulation: bool, at: datetime) -> str:
    """What every page of a case without a decision says: that it has none, and as of when."""
    said = STATES.get(state, state)
    word = NOT_READ if circulation and state == machine.ROUTED else f"{UNDECIDED}（{said}）"
    return f"{word}　{moment_text(at.isoformat())}現在"


def underway(body: Body, *, state: str, circulation: bool, ministry: str) -> dict[str, Any]:
    """The sheet of a case that has no original: in the boxes of a cover sheet, as far as it has come."""
    content = body["content"]
    marking = content.get("marking", "")
    number = [_line("文書番号", body["number"], "strong")] if body["number"] else []
    said = NOT_READ if circulation and state == machine.ROUTED else STATES.get(state, state)
    asked = [post(step) for step in body["route"] if step["state"] == machine.OPEN]
    now = f"{said}：{'、'.join(asked)}" if asked and state == machine.ROUTED else said
    to_read = [step for step in body["route"] if step["kind"] == "circulate" and step["state"] != "removed"]
    return {
        "kind": "供覧文書" if circulation else "起案文書",
        "read": circulated({**body, "readers": to_read}) if circulation else [],
        "ministry": ministry,
        "number": body["number"],
        "marking": "　".join(filter(None, (_word(MARKINGS, marking), content.get("restriction", "")))),
        "urgent": "至急" if content["urgent_reason"] else "",
        "facts": paired([*number, *proposed(body), _line("状況", now, "strong"), *particulars(body)]),
        "seals": [] if circulation else seals(body),
        "consulted": consulted(body),
        "readers": [] if circulation else readers(body),
        "text": content["text"],
        "reason": content["reason"],
        "files": files(body["attachments"]),
        "acts": history(body["acts"], body["content"].get("labels", {})),
        "authority": paired(authority(body)),
        "filing": [],
        "identity": paired(
            [
                _line("案件の識別子", f"{body['tenant']}-{body['case']}　第{body['revision']}版"),
                _line("内容の指紋", grouped(body["content_hash"]), "hex"),
            ]
        ),
        "which": "この写し",
        "sha256": grouped(body["content_hash"]),
        "foot": f"第{body['revision']}版の内容の指紋（SHA-256）",
        "note": "これは、決裁されていない案件の写しであり、この後に変わることがある。",
        "added": [],
        "issued": [],
        "waived": "",
        "letters": drafted_letters(body),
    }


# ── what changed from one revision to the next ──
def changes(course: Sequence[tuple[Fixed, Difference, Sequence[Redlined]]]) -> list[dict[str, Any]]:
    """Each revision after the first: by whom it was fixed, and what differs from the one before, in runs."""
    return [
        {
            "title": f"第{fixed.number - 1}版から第{fixed.number}版",
            "by": f"{short_moment(fixed.at.isoformat())}　{_word(ACTS, fixed.event)}　"
            f"{post({'unit': fixed.unit_name, 'post_title': fixed.post_title})}　{fixed.person_name}",
            "remark": fixed.remark,
            "rows": [*_texts(texts), *_others(of)],
        }
        for fixed, of, texts in course
    ]


def _row(label: str, *runs: tuple[str, str]) -> dict[str, Any]:
    return {"label": label, "runs": [{"kind": kind, "text": text} for kind, text in runs if text]}


def _texts(texts: Sequence[Redlined]) -> Iterator[dict[str, Any]]:
    for each in texts:
        change = each.change
        if each.runs:
            yield _row(change.label, *((run.kind, run.text) for run in each.runs))
        else:
            old, new = (_value(change.kind, side) for side in (change.old, change.new))
            yield _row(change.label, (DELETED, old), (INSERTED, new))


def _value(kind: str, text: str) -> str:
    if kind == "money" and text:
        return f"{int(text):,}円"
    if kind == "date" and text:
        return day_text(date.fromisoformat(text))
    return text


def _others(of: Difference) -> Iterator[dict[str, Any]]:
    if of.raised or of.lowered:
        gone, come = ("、".join(_word(FLAGS, flag) for flag in flags) for flags in (of.lowered, of.raised))
        yield _row("特別な扱い", (DELETED, gone), (INSERTED, come))
    for number, file in enumerate(of.files):
        yield _row("添付" if not number else "", *_file(file))
    for number, step in enumerate(of.steps):
        yield _row("経路" if not number else "", *_step(step))


_FILES = {REPLACED: "差し替え", RENAMED: "題名の変更", MOVED: "順番の変更"}


def _file(change: FileChange) -> Iterator[tuple[str, str]]:
    yield KEPT, f"{_FILES[change.what]}　" if change.what in _FILES else ""
    if change.old and change.what != MOVED:
        yield DELETED, f"{change.old.position}　{change.old.file.title}（{change.old.file.filename}）"
    if change.new:
        said = f"{change.new.position}　{change.new.file.title}（{change.new.file.filename}）"
        yield KEPT if change.what == MOVED else INSERTED, said


def _step(change: StepChange) -> Iterator[tuple[str, str]]:
    words = {OTHER_ROLE: "役割の変更　", OTHER_DAY: "回答の期限の変更　", MOVED: "順番の変更　"}
    yield KEPT, words.get(change.what, "")
    if change.old and change.what != MOVED:
        yield DELETED, _place(change.old)
    if change.new and change.what != REMOVED:
        yield KEPT if change.what == MOVED else INSERTED, _place(change.new)


def _place(place: Place) -> str:
    seat = post({"unit": place.unit, "post_title": place.title})
    day = f"　回答の期限 {day_text(place.answer_by)}" if place.answer_by else ""
    return f"{_word(STEPS, place.kind)}　{seat}{'（専決）' if place.delegated else ''}{day}"


# ── what was asked and answered ──
def talk(
    asked: Sequence[tuple[Mapping[str, Any], Mapping[str, Any] | None]], labels: Mapping[str, Sequence[str]]
) -> list[Line]:
    """Each question with its answer, both as acts of the record; None: none was given. ``labels``: as in history."""
    return [
        {
            "asked": _said_by(question),
            "to": "　".join(
                filter(
                    None,
                    (
                        post({"unit": question["asked_unit"], "post_title": question["asked_title"]}),
                        question["asked_name"] or "",
                    ),
                )
            ),
            "question": "\n".join(filter(None, (pinned(question, labels), question["remark"]))),
            "answered": _said_by(answer) if answer else "",
            "answer": answer["remark"] if answer else "回答なし",
        }
        for question, answer in asked
    ]


def _said_by(act: Mapping[str, Any]) -> str:
    return f"{short_moment(act['time'])}　{post(act)}　{act['name']}"
