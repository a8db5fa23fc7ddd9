"""A decided original, arranged for its cover sheet: what is written in which box, in Japanese.

Pure: from the original's values to texts in the order of the page. Nothing here is typesetting.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from kessai.decisions import anchors
from kessai.decisions.letters import rules as letters
from kessai.decisions.pinning import naming
from kessai.decisions.rewording.rules import called
from kessai.drafting.fields import FIELDS
from kessai.drafting.letters import Letter
from kessai.kernel.calendar import ERAS, JAPAN, era_text, era_year
from kessai.kernel.words import Text

Body = Mapping[str, Any]
Line = dict[str, str]

SEALS_IN_A_ROW = 7
HALF = 31
"""What half a line of the sheet holds, in half-width characters."""
WEEKDAYS = "月火水木金土日"

STEPS = {"review": "審査", "consent": "合議", "settle": "裁定", "decide": "決裁", "circulate": "供覧"}
SEALING = ("review", "consent", "settle", "decide")
NO_BOX = ("merged", "removed", "closed", "spared")
"""Steps that asked nobody in the end."""
WITHOUT = {
    "skipped": "（後閲）",
    "refused": "（不同意）",
    "overruled": "（不同意）",
    "outvoted": "（不同意）",
}
CAPACITIES = {
    "delegated": "（専決）",
    "acting": "（代決）",
    "secretary": "（秘書）",
    "by_date": "（期限の定め）",
}
ACTS = {
    "submitted": "提出",
    "approved": "承認",
    "consented": "同意",
    "returned": "差戻し",
    "decided": "決裁",
    "read": "供覧",
    "instructed": "事前の指示",
    "revised": "修正",
    "reworded": "字句の訂正",
    "opened": "開いた",
    "reminded": "催促",
    "flagged": "指定",
    "asked": "質問",
    "answered": "回答",
    "forwarded": "回付",
    "reported": "回付の返し",
    "dropped": "質問・回付の取下げ",
    "withdrawn": "引戻し",
    "taken_back": "承認の引戻し",
    "refused": "不同意",
    "escalated": "裁定の求め",
    "settled": "裁定",
    "opined": "意見",
    "held": "保留",
    "resumed": "保留を解く",
    "rejected": "否認",
    "abandoned": "廃案",
    "cancelled": "取止め",
    "objected": "異議",
    "step_added": "段階の追加",
    "step_removed": "段階を外す",
    "moved": "合議先の変更",
    "issued": "施行",
    "issue_voided": "施行の記録の取消し",
    "issue_waived": "施行しない",
    "sealed": "公印",
    "seal_refused": "公印を押さない",
    "receipt_joined": "収受文書の追加",
    "expired": "期限による終了",
    "circulation_ended": "供覧の終了",
    "readers_added": "供覧先の追加",
    "numbered": "文書番号",
    "destroyed": "廃棄",
}
FLAGS = {
    "important": "重要",
    "unprecedented": "異例",
    "precedent": "先例",
    "disputed": "疑義",
    "diet": "国会関係",
}
MARKINGS = {f"confidentiality{n}": f"機密性{n}" for n in (1, 2, 3)}
DISCLOSURES = {"open": "開示", "partly_open": "部分開示", "closed": "不開示"}
DISPOSALS = {"transfer": "移管", "destroy": "廃棄", "undecided": "未定"}

FOOT = "原議の指紋（SHA-256）"
PROVEN = "原議の指紋は、原議の電子データ全体のSHA-256の値であり、台帳の証明と照合できる。"


def day_text(day: date) -> str:
    """令和8年11月24日（火）（2026年）; a day before the known eras in Gregorian only."""
    weekday = WEEKDAYS[day.weekday()]
    try:
        return f"{era_text(day)}（{weekday}）（{day.year}年）"
    except ValueError:
        return f"{day.year}年{day.month}月{day.day}日（{weekday}）"


def moment_of(text: str) -> datetime:
    """A point in time of the record, as it was in Japan."""
    return datetime.fromisoformat(text).astimezone(JAPAN)


def moment_text(text: str) -> str:
    """令和8年11月24日（火）16:42（2026年）."""
    at = moment_of(text)
    return f"{era_text(at.date())}（{WEEKDAYS[at.weekday()]}）{at:%H:%M}（{at.year}年）"


def short_day(text: str) -> str:
    """R8.11.24: era and its year, as it is written beside a seal."""
    day = moment_of(text).date()
    name, year = era_year(day)
    letter = next(letter for _, era, letter in ERAS if era == name)
    return f"{letter}{year}.{day.month}.{day.day}"


def short_moment(text: str) -> str:
    """R8.11.24 16:42."""
    return f"{short_day(text)} {moment_of(text):%H:%M}"


def grouped(digest: str) -> str:
    """Hex in groups of four."""
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))


def size_text(size: int) -> str:
    """1,234バイト."""
    return f"{size:,}バイト"


def _unit(act: Body) -> str:
    return "" if act["post_title"].startswith(act["unit"]) else str(act["unit"])


def post(act: Body) -> str:
    """自治行政局　審議官; 会計課長 without its 会計課, which the title names already."""
    return "　".join(part for part in (_unit(act), act["post_title"]) if part)


def who(act: Body) -> str:
    """自治行政局　審議官　関　由美."""
    return f"{post(act)}　{act['name']}"


def behalf(act: Body) -> str:
    """政策局長　関　由美の代決, and by whose instruction of which day; "" for one who acted for themselves."""
    if act["capacity"] == "secretary" and "by_title" in act:
        return f"{act['by_title']}（秘書）が作成"
    if "drafted_as" in act:
        return f"起案者（{act['drafted_as']}）と同じ人"
    if "for_title" not in act:
        return ""
    unit = "" if act["for_title"].startswith(act["for_unit"]) else act["for_unit"]
    whose = "　".join(part for part in (unit, act["for_title"], act["for_name"] or "（欠員）") if part)
    if act["capacity"] == "secretary":
        return f"{whose}の秘書として"
    if act["kind"] == "answered":
        return f"不在の{whose}に代わって"
    told = f"（{short_day(act['told_at'])}の事前の指示による）" if "told_at" in act else ""
    return f"{whose}の代決{told}"


def _as(act: Body) -> str:
    """（専決）, （代決）: in which capacity, and whether together with other cases."""
    if act["capacity"] == "acting" and act["kind"] == "answered":
        return "（代わって）"
    return CAPACITIES.get(act["capacity"], "") + ("（まとめて処理）" if act.get("bulk") else "")


def _word(words: Mapping[str, str], code: str) -> str:
    """A code in words; one that a later version writes stays as it is."""
    return words.get(code, code)


def _line(label: str, value: str, kind: str = "") -> Line:
    return {"label": label, "value": value, "kind": kind}


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "FWA" else 1 for c in text)


def paired(lines: Sequence[Line]) -> list[list[Line]]:
    """Rows of one line, or of two neighbours where both are short."""
    rows: list[list[Line]] = []
    for line in lines:
        short = _width(line["value"]) <= HALF and "\n" not in line["value"]
        if short and rows and len(rows[-1]) == 1 and rows[-1][0]["short"]:
            rows[-1].append(line)
        else:
            rows.append([line | {"short": "yes" if short else ""}])
    return rows


def _day_or_text(value: str) -> str:
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value


def _fields(values: Mapping[str, str], labels: Mapping[str, Sequence[str]]) -> list[Line]:
    """The filled fields of the form in the order of FIELDS, then the ministry's own, and any that a later form knew."""
    lines = []
    for key in sorted(values, key=lambda k: (list(FIELDS).index(k) if k in FIELDS else len(FIELDS), k)):
        field = FIELDS.get(key)
        if values[key]:
            value = _day_or_text(values[key]) if field is None or field.kind == "date" else values[key]
            own = labels[key][0] if key in labels else key
            lines.append(_line(field.label if field else own, value))
    return lines


def _last(acts: Sequence[Body], kind: str) -> Body:
    return [act for act in acts if act["kind"] == kind][-1]


def facts(body: Body) -> list[Line]:
    """The ruled lines at the head: what was decided, by whom, when."""
    decided = _last(body["acts"], "decided")
    said = (moment_text(decided["time"]), f"{who(decided)}{_as(decided)}", behalf(decided))
    lines = [_line("文書番号", body["number"], "strong"), *proposed(body)]
    return [*lines, _line("決裁", "\n".join(filter(None, said)), "strong"), *particulars(body)]


def proposed(body: Body) -> list[Line]:
    """What is asked, and who asks it."""
    content, drafted = body["content"], _last(body["acts"], "submitted")
    said = (moment_text(drafted["time"]), who(drafted), behalf(drafted))
    return [
        _line("事案の種類", body["matter_name"]),
        _line("件名", content["title"], "strong"),
        _line("伺い", content["question"], "question"),
        _line("起案", "\n".join(filter(None, said))),
    ]


def particulars(body: Body) -> list[Line]:
    """What else is said at the head: how it is decided, the amount, the fields of the form."""
    content, lines = body["content"], []
    flags = [_flag(flag) for flag in body["flags"]]
    if number := by_number(body["route"]):
        lines.append(_line("合議", number))
    if units := joint(body):
        lines.append(_line("連名", "\n".join(units)))
    if reviewers := post_reviewers(body["route"]):
        lines.append(_line("後閲", "、".join(reviewers)))
    if content["amount"] is not None:
        lines.append(_line("金額", f"{content['amount']:,}円", "strong"))
    lines += _fields(content["values"], content.get("labels", {}))
    if content["deadline"]:
        lines.append(_line("決裁の期限", _day_or_text(content["deadline"])))
    if content["urgent_reason"]:
        lines.append(_line("至急の理由", content["urgent_reason"]))
    if flags:
        lines.append(_line("特記", "、".join(flags)))
    return lines


def joint(body: Body) -> list[str]:
    """The units that decided jointly, the drafting one first, each with who decided for it; empty where one alone did.

    大臣官房 会計課：会計課長　佐藤　進; where another answered, since the posts were merged, the title at submission.
    """
    units = body.get("joint", ())
    if not units:
        return []
    given = _answers(body)
    answers = {
        step["post"]: given[step["position"]]
        for step in body["route"]
        if step["position"] in given and step["kind"] in ("consent", "decide")
    }
    lines = [f"{_last(body['acts'], 'submitted')['unit']}（主管）"]
    for each in units:
        act = answers.get(each["post"])
        lines.append(f"{each['unit']}：{who(act) if act else each['post_title']}")
    return lines


def _is_joint(step: Body) -> bool:
    return any(reason.get("joint") for reason in step["reasons"])


def _flag(flag: Body) -> str:
    """重要; 重要（振興課長 甲野 花子が付した）, where it was raised on the way."""
    by = f"（{flag['raised_by']}が付した）" if flag["raised_by"] else ""
    return f"{_word(FLAGS, flag['flag'])}{by}"


def post_reviewers(route: Sequence[Body]) -> list[str]:
    """The posts that somebody acted for, or ahead of: they read it after the decision."""
    return [post(step) for step in route if step["kind"] == "post_review" and step["state"] != "closed"]


def _answers(body: Body) -> dict[int, Body]:
    """What each step of the route was answered with, by position."""
    acts = {act["seq"]: act for act in body["acts"]}
    return {s["position"]: acts[s["answered"]] for s in body["route"] if s["answered"] in acts}


def _seal(head: str, group: str, step: Body, act: Body | None) -> Line:
    shown = act or step
    return {
        "head": head,
        "group": group,
        "unit": _unit(shown),
        "post": shown["post_title"],
        "name": act["name"] if act else "",
        "day": short_day(act["time"]) if act else "",
    }


def seals(body: Body) -> list[list[Line]]:
    """The seal boxes in rows, the decision first and the drafter last; titles and names of the day of the act.

    The drafter's own place on the route is the drafter's box.
    """
    answers = _answers(body)
    boxes: list[Line] = []
    for step in reversed(body["route"]):
        gone = step["state"] in NO_BOX or step["kind"] not in SEALING
        if gone or (step["own"] and step["kind"] != "consent"):
            continue
        act = answers.get(step["position"])
        signs = step["kind"] == "consent" and _is_joint(step)
        head = "連名" if signs else _word(STEPS, step["kind"])
        head += WITHOUT.get(step["state"], "") + (CAPACITIES.get(act["capacity"], "") if act else "")
        group = f"{step['stage']}" if step["kind"] == "consent" else f"{step['stage']}.{step['position']}"
        boxes.append(_seal(head, group, step, act))
        if step["own"]:
            boxes[-1] |= {"name": "起案に同じ"}
    drafted = _last(body["acts"], "submitted")
    boxes.append(_seal("起案", "draft", drafted, drafted))
    rows = -(-len(boxes) // SEALS_IN_A_ROW)
    width = -(-len(boxes) // rows)
    return [boxes[i : i + width] for i in range(0, len(boxes), width)]


def readers(body: Body) -> list[str]:
    """The posts that are to read it, with who read it before the decision."""
    answers = _answers(body)
    return [
        who(act) if (act := answers.get(step["position"])) else post(step)
        for step in body["route"]
        if step["kind"] == "circulate"
    ]


def consulted(body: Body) -> list[str]:
    """The units whose opinion was asked for (協議), each with it, or that none was given by the decision."""
    answers = _answers(body)
    none = "決裁の日までに意見なし" if "decided_at" in body else "意見なし"
    return [
        f"{who(act)}：{act['remark']}"
        if (act := answers.get(step["position"]))
        else f"{post(step)}：{none}{_asked_by(step)}"
        for step in body["route"]
        if step["kind"] == "consult" and step["state"] != "removed"
    ]


def _asked_by(step: Body) -> str:
    day = step.get("answer_by")
    return f"（回答の期限 {day_text(date.fromisoformat(day))}）" if day else ""


def by_number(route: Sequence[Body]) -> str:
    """Of consents of which a number is enough: how many of how many, and whose answer was not waited for; else ""."""
    asked = [s for s in route if s.get("quorum") and s["state"] not in ("own", "merged")]
    if not asked:
        return ""
    needed = min(max(step["quorum"] for step in asked), len(asked))
    said = f"{len(asked)}者のうち{needed}者の同意で進む定め"
    spared = "、".join(post(step) for step in asked if step["state"] == "spared")
    return f"{said}（答えを待たなかった職：{spared}）" if spared else said


def history(acts: Sequence[Body], labels: Mapping[str, Sequence[str]]) -> list[Line]:
    """Every act in its order; what no longer counts is marked, not left out."""
    lines = []
    for number, act in enumerate(acts, start=1):
        again = act["kind"] == "submitted" and act["round"] > 1
        name = "再提出" if again else _word(ACTS, called(act["kind"], act["position"]))
        lines.append(
            {
                "number": str(number),
                "moment": short_moment(act["time"]),
                "act": name + _as(act),
                "lapsed": "" if act["stands"] else "失効",
                "kind": act["kind"],
                "post": post(act),
                "name": act["name"],
                "revision": f"第{act['revision']}版",
                "remark": "\n".join(
                    filter(
                        None,
                        (
                            *(behalf(act), _told(act), _flagged(act), _to(act)),
                            *(_jointly(act), _previewed(act), pinned(act, labels), act["remark"]),
                        ),
                    )
                ),
            }
        )
    return lines


def _told(act: Body) -> str:
    if act["kind"] != "instructed":
        return ""
    return f"{post({'unit': act['deputy_unit'], 'post_title': act['deputy_title']})}に、不在の間の代決を指示"


def _flagged(act: Body) -> str:
    lowered = "・".join(_word(FLAGS, flag) for flag in act.get("lowered", ()))
    if lowered:
        return f"「{lowered}」の指定を外した"
    return f"「{_word(FLAGS, act['flag'])}」を付した" if "flag" in act else ""


def _to(act: Body) -> str:
    """Who was asked, or whose question was answered."""
    for who in ("asked", "asker"):
        if f"{who}_title" in act:
            seat = {"unit": act[f"{who}_unit"], "post_title": act[f"{who}_title"]}
            return f"{'　'.join(filter(None, (post(seat), act[f'{who}_name'])))}へ"
    return ""


def _jointly(act: Body) -> str:
    """The units that decide jointly by it."""
    units = "、".join(each["unit"] for each in act.get("joint", ()))
    return f"連名　{units}" if units else ""


def _previewed(act: Body) -> str:
    """Who had looked at the draft before it was submitted, and what they said."""
    return "\n".join(
        f"事前確認　{short_day(one['at'])}　{who({'post_title': one['title'], **one})}："
        f"{one['remark'] or '意見なし'}{'（この後に下書きを変更）' if one['changed'] else ''}"
        for one in act.get("previewed", ())
    )


def pinned(act: Body, labels: Mapping[str, Sequence[str]]) -> str:
    """The place that the words are about."""
    anchor = anchors.read(act.get("anchor"))
    return naming.on_the_sheet(anchor, labels) if anchor else ""


def files(attachments: Sequence[Body]) -> list[Line]:
    return [
        {
            "number": str(number),
            "title": file["title"] or file["filename"],
            "filename": file["filename"],
            "size": size_text(file["size"]),
            "sha256": grouped(file["sha256"]),
        }
        for number, file in enumerate(attachments, start=1)
    ]


def authority(body: Body) -> list[Line]:
    """The table and row that gave the authority, and what they say of the decider."""
    lines = [_line("決裁規程", f"{body['authority']['table_name']}　{body['authority']['row']}行目")]
    for step in body["route"]:
        if step["kind"] == "decide":
            for reason in step["reasons"]:
                words = [str(Text(reason["text"], reason["params"])), reason["row_reason"], reason["clause"]]
                lines.append(_line("理由", "\n".join(word for word in words if word)))
    return lines


def filing(record: Body) -> list[Line]:
    """How it is kept: file, classification, retention, and what happens at its end."""
    disposal = _word(DISPOSALS, record["disposal"])
    ends = day_text(date.fromisoformat(record["expires_on"])) if record["expires_on"] else "定めなし"
    return [
        _line("分類", f"{record['class_large']}　＞　{record['class_medium']}"),
        _line("ファイル", record["file_name"]),
        _line("保存期間", record["retention"]),
        _line("起算日", day_text(date.fromisoformat(record["starts_on"]))),
        _line("満了日", ends),
        _line("満了後の措置", disposal),
        _line("機密性の格付", _word(MARKINGS, record["marking"])),
        _line("開示区分", _word(DISCLOSURES, record["disclosure"])),
    ]


def identity(body: Body, sha256: str) -> list[Line]:
    """Which original this is a sheet of."""
    return [
        _line("案件の識別子", f"{body['tenant']}-{body['case']}　第{body['revision']}版"),
        _line("内容の指紋", grouped(body["content_hash"]), "hex"),
        _line("原議の指紋", grouped(sha256), "hex"),
    ]


def additions(added: Sequence[Body]) -> list[Line]:
    """What was added after the decision, with who and when; one that a later one replaced is marked."""
    return [
        {
            "label": each["label"],
            "value": _day_or_text(each["value"]) if each["kind"] == "date" else each["value"],
            "moment": short_moment(each["at"].isoformat()),
            "who": _recorded_by(each),
            "replaced": "" if each["stands"] else "訂正済み",
        }
        for each in added
    ]


ISSUE_STATES = {
    "out": "",
    "sealing": "押印待ち",
    "unsealed": "押印されず",
    "void": "取消し",
}


def issues(recorded: Sequence[Body]) -> list[Line]:
    """What was issued after the decision: when, how, to whom, in whose name, under which seal, as recorded by whom."""
    return [
        {
            "day": day_text(each["issued_on"]),
            "method": each["method"],
            "addressees": "\n".join(each["addressees"]),
            "sender": each["sender"],
            "files": "\n".join([*_letters_sent(each), *_files_sent(each)]),
            "document": grouped(each["document"]),
            "seal": seal_text(each["seal"]),
            "recorded": f"{short_moment(each['at'].isoformat())}　{_recorded_by(each)}",
            "remark": "\n".join(filter(None, (each["remark"], each["void_why"]))),
            "state": ISSUE_STATES[each["state"]],
        }
        for each in recorded
    ]


def _files_sent(each: Body) -> list[str]:
    return (
        ["、".join(file["title"] or file["filename"] for file in each["documents"])]
        if each["documents"]
        else []
    )


def _letters_sent(each: Body) -> list[str]:
    """The letters that went out, those of one title together."""
    counted = Counter(letter["title"] for letter in each["letters"])
    return [f"施行文「{title}」" + (f"（{n}通）" if n > 1 else "") for title, n in counted.items()]


def seal_text(seal: Body | None) -> str:
    """地域振興大臣印　R8.11.26 10:00　大臣官房　文書課長　佐藤　進; "" where no seal was asked for."""
    if seal is None or seal["at"] is None:
        return seal["name"] if seal else ""
    answered = f"{short_moment(seal['at'].isoformat())}　{_recorded_by(seal)}"
    refused = f"（押印しない：{seal['refused_why']}）" if seal["refused_why"] else ""
    return f"{seal['name']}　{answered}{refused}"


def _recorded_by(act: Body) -> str:
    return who({"unit": act["unit_name"], "post_title": act["post_title"], "name": act["person_name"]})


def waived(said: Body | None) -> str:
    """Why, by whom and when the rest is not issued; "" where it is, or is still to be."""
    if said is None:
        return ""
    return f"{said['why']}（{short_moment(said['at'].isoformat())}　{_recorded_by(said)}）"


def sheet(body: Body, *, sha256: str, ministry: str) -> dict[str, Any]:
    """Everything on the cover sheet, in the order of the page."""
    marking = body["record"]["marking"]
    return {
        "kind": "決裁文書・鑑",
        "read": [],
        "ministry": ministry,
        "number": body["number"],
        "marking": "　".join(
            filter(None, (_word(MARKINGS, marking), body["content"].get("restriction", "")))
        ),
        "urgent": "至急" if body["content"]["urgent_reason"] else "",
        "facts": paired(facts(body)),
        "seals": seals(body),
        "consulted": consulted(body),
        "readers": readers(body),
        "text": body["content"]["text"],
        "reason": body["content"]["reason"],
        "files": files(body["attachments"]),
        "acts": history(body["acts"], body["content"].get("labels", {})),
        "authority": paired(authority(body)),
        "filing": paired(filing(body["record"])),
        "identity": paired(identity(body, sha256)),
        "sha256": grouped(sha256),
        "which": "原議",
        "foot": FOOT,
        "note": f"この鑑は、決裁された原議から作成した写しである。{PROVEN}",
        "letters": drafted_letters(body),
    }


def drafted_letters(body: Body) -> list[dict[str, Any]]:
    """The letters to be issued, as they were decided, or are proposed: before the day of issue is known."""
    sender = letters.called(*_decider(body))
    found = [Letter.from_json(each) for each in body["content"].get("letters", ())]
    files = [file["title"] for file in body["attachments"]]
    pages = []
    for place, letter in enumerate(found, start=1):
        copies = letters.copies(letter)
        note = f"施行文　宛先ごとに{len(copies)}通" if len(copies) > 1 else "施行文"
        known = letters.Known(body["number"], "", sender, letters.tag_of(place, len(found)), note)
        pages.append(letters.arranged(letter, known, files=files, to=copies[0]))
    return pages


def _decider(body: Body) -> tuple[str, str]:
    """Title and unit of the post that decides: that it had at the decision, else as the route has it."""
    decided = next((act for act in body["acts"] if act["kind"] == "decided"), None)
    if decided is not None:
        return decided.get("for_title", decided["post_title"]), decided.get("for_unit", decided["unit"])
    step = next((step for step in body["route"] if step["kind"] == "decide"), None)
    return (step["post_title"], step["unit"]) if step else ("", "")
