"""The pages of the rules of decision that every official of a ministry reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from kessai.decisions.authority import queries
from kessai.decisions.authority.queries import Called
from kessai.decisions.authority.rules import RowChange
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan, era_text
from kessai.kernel.words import Plain, Text
from kessai.organisation import queries as organisation
from kessai.routing import tables as routing
from kessai.routing.checking import ExampleResult
from kessai.routing.rules import CIRCULATION, Row
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.converters import Ref
from kessai.web.entrance import entered
from kessai.web.rulebook import wording

GROUP_OPEN = 40
"""Rows up to which every matter of a table stands open on the page."""

KINDS = {
    "csv": ("csv", "text/csv; charset=utf-8", "authority-table-{id}.csv"),
    "examples": ("examples", "text/csv; charset=utf-8", "authority-table-{id}-examples.csv"),
    "xlsx": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "authority-table-{id}.xlsx",
    ),
}


@require_safe
@entered
def start(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """To the rules of the reader's ministry."""
    person = organisation.person(person_id=actor.person_id)
    return redirect("rules:tables", tenant_id=person.tenant_id)


@dataclass(frozen=True, slots=True)
class Line:
    """A table in the list, with the address of the case that enacts it."""

    info: routing.TableInfo
    case: queries.EnactingCase | None
    ref: Ref | None


@require_safe
@entered
def tables(request: HttpRequest, actor: Actor, tenant_id: int) -> HttpResponseBase:
    """The tables of a ministry: in force, to come, drafts, past."""
    at = clock.now()
    found = queries.listed(actor=actor, tenant_id=tenant_id, at=at)
    lines = [Line(info, case, ref_of(case)) for info, case in found]
    english = get_language() == "en"
    named = [organisation.tenant(tenant_id=id) for id in queries.ministries(actor=actor, on=day_in_japan(at))]
    ministries = [(ministry.id, (english and ministry.name_en) or ministry.name) for ministry in named]
    context = {
        "tenant_id": tenant_id,
        "ministries": ministries,
        "groups": [
            (state, [line for line in lines if line.info.state == state])
            for state in (routing.IN_FORCE, routing.SCHEDULED, routing.DRAFT, routing.PAST)
        ],
        "may_change": queries.may_change(actor=actor, tenant_id=tenant_id, on=day_in_japan(at)),
        **around(),
    }
    return render(request, "rules/tables.html", context)


def ref_of(case: queries.EnactingCase | None) -> Ref | None:
    return Ref(case.tenant_id, case.case_id) if case and case.mine else None


def around() -> dict[str, Any]:
    """What every page of the rules says around its content."""
    return {"nav": "rules", "help_template": "rules/help.html", "states": wording.STATES}


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a matter."""

    code: str
    name: str
    rows: tuple[wording.RowShown, ...]


@require_safe
@entered
def table(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """A table with its rows by matter, what is wrong with it, and what can be done with it."""
    return shown(request, actor, tenant_id, table_id)


def shown(
    request: HttpRequest,
    actor: Actor,
    tenant_id: int,
    table_id: int,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    page = queries.page(actor=actor, tenant_id=tenant_id, table_id=table_id, at=clock.now())
    said = said_of(queries.called(tenant_id=tenant_id, rows=page.table.rows, on=page.info.effective))
    matter, words = request.GET.get("matter", ""), request.GET.get("q", "").strip()[:100]
    groups = grouped(page.table.rows, said)
    kept = [group for group in groups if matter in ("", group.code)]
    if words:
        kept = [found for group in kept if (found := _with_words(group, words)).rows]
    rows = sum(len(group.rows) for group in kept)
    context = {
        "tenant_id": tenant_id,
        "page": page,
        "info": page.info,
        "ref": ref_of(page.case),
        "groups": kept,
        "matters": [(group.code, group.name, len(group.rows)) for group in groups],
        "matter": matter,
        "words": words,
        "count": rows,
        "open": rows <= GROUP_OPEN or len(kept) == 1,
        "failed": [
            (result, why) for result, why in _in_titles(page.examples, page.info) if not result.passed
        ],
        "faults": [finding for finding in page.findings if finding.blocks],
        "notes": [finding for finding in page.findings if not finding.blocks],
        "tab": "rows",
        **around(),
        **more,
    }
    return render(request, "rules/table.html", context, status=status)


def said_of(called: Called) -> wording.Said:
    """The names in the language of the page."""

    def chosen(names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        english = get_language() == "en"
        return {code: (english and name_en) or name for code, (name, name_en) in names.items()}

    return wording.Said(chosen(called.retention), chosen(called.matters), chosen(called.posts))


def grouped(rows: Iterable[Row], said: wording.Said) -> list[Group]:
    """Rows by matter, in the order of the table."""
    found: dict[str, list[wording.RowShown]] = {}
    for row in rows:
        found.setdefault(row.matter_code, []).append(wording.shown(row, said))
    return [Group(code, said.matters.get(code, code), tuple(of)) for code, of in found.items()]


def _with_words(group: Group, words: str) -> Group:
    wanted = words.lower().split()

    def holds(row: wording.RowShown) -> bool:
        text = " ".join(
            (
                group.name,
                row.row.clause,
                row.row.reason,
                row.row.reason_en,
                row.decides,
                row.consents,
                *row.when,
            )
        ).lower()
        return all(word in text for word in wanted)

    return Group(group.code, group.name, tuple(row for row in group.rows if holds(row)))


@require_safe
@entered
def examples(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """The examples of a table, whether each comes out, and why not."""
    at = clock.now()
    info, whole = queries.table(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at)
    results = queries.examples(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at)
    said = said_of(queries.called(tenant_id=tenant_id, rows=whole.rows, on=info.effective))
    titles = _titles(results, info)
    english = get_language() == "en"
    context = {
        "tenant_id": tenant_id,
        "info": info,
        "results": [
            (
                result,
                why,
                said.matters.get(result.example.facts.matter_code, result.example.facts.matter_code),
                wording.facts(result.example.facts),
                titles_of(titles, [result.example.drafter], english),
                titles_of(titles, [result.example.decider], english),
                titles_of(titles, result.example.consents, english),
            )
            for result, why in sorted(
                _in_titles(results, info), key=lambda pair: (pair[0].passed, pair[0].example.number)
            )
        ],
        "failed": sum(not result.passed for result in results),
        "may_change": queries.may_change(actor=actor, tenant_id=tenant_id, on=day_in_japan(at)),
        "tab": "examples",
        **around(),
    }
    return render(request, "rules/examples.html", context)


def _titles(results: Iterable[ExampleResult], info: routing.TableInfo) -> dict[str, tuple[str, str]]:
    """The titles of every post that examples and their results name, by codes."""
    codes = {
        code
        for r in results
        for code in (r.example.drafter, r.example.decider, *r.example.consents, r.decider, *r.consents)
        if code
    }
    return queries.post_titles(tenant_id=info.tenant_id, codes=codes, on=info.effective)


def _in_titles(results: Iterable[ExampleResult], info: routing.TableInfo) -> list[tuple[ExampleResult, Text]]:
    """Results with what they say, posts by their titles and not by their codes."""
    results = list(results)
    titles, english = _titles(results, info), get_language() == "en"

    def plain(value: Plain) -> Plain:
        if not isinstance(value, str):
            return value
        return titles_of(titles, value.split(), english) if value else value

    return [
        (r, Text(r.text.message, {key: plain(value) for key, value in r.text.params.items()}))
        for r in results
    ]


def titles_of(titles: Mapping[str, tuple[str, str]], codes: Iterable[str], english: bool) -> str:
    found = [
        ((english and titles[c][1]) or titles[c][0])
        if c in titles
        else wording.level(c)
        if c == CIRCULATION
        else c
        for c in codes
    ]
    return (", " if english else "、").join(found)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs, in words. ``kind``: new, gone, changed; ``cells``: field, before, after."""

    kind: str
    matter: str
    number: int
    clause: str
    row: wording.RowShown
    cells: tuple[tuple[str, str, str], ...]


@require_safe
@entered
def differences(request: HttpRequest, actor: Actor, tenant_id: int, table_id: int) -> HttpResponseBase:
    """Row by row, what the table changes of the one before it, or of another that is chosen."""
    at = clock.now()
    other_id = sent.number(request.GET.get("other", ""))
    found = queries.differences(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at, other_id=other_id)
    rows = [row for change in found.changes for row in (change.before, change.after) if row]
    said = said_of(queries.called(tenant_id=tenant_id, rows=rows, on=found.info.effective))
    changed = [_change(change, said) for change in found.changes]
    context = {
        "tenant_id": tenant_id,
        "info": found.info,
        "found": found,
        "changes": changed,
        "counts": {kind: sum(c.kind == kind for c in changed) for kind in ("changed", "new", "gone")},
        "others": [
            info for info, _ in queries.listed(actor=actor, tenant_id=tenant_id, at=at) if info.id != table_id
        ],
        "tab": "differences",
        **around(),
    }
    return render(request, "rules/differences.html", context)


def _change(change: RowChange, said: wording.Said) -> Change:
    row = change.after or change.before
    assert row is not None
    cells: tuple[tuple[str, str, str], ...] = ()
    if change.before and change.after:
        cells = tuple(
            (
                wording.ROW_FIELDS[field],
                wording.value(change.before, field, said),
                wording.value(change.after, field, said),
            )
            for field in change.fields
        )
    return Change(
        kind="changed" if change.before and change.after else "new" if change.after else "gone",
        matter=said.matters.get(row.matter_code, row.matter_code),
        number=row.number,
        clause=row.clause,
        row=wording.shown(row, said),
        cells=cells,
    )


def changes_in_words(*, actor: Actor, tenant_id: int, table_id: int, at: datetime) -> str:
    """What a table changes of the one before it, as a text for those who decide: in Japanese, as the record is."""
    with translation.override("ja"):
        found = queries.differences(actor=actor, tenant_id=tenant_id, table_id=table_id, at=at)
        rows = [row for change in found.changes for row in (change.before, change.after) if row]
        said = said_of(queries.called(tenant_id=tenant_id, rows=rows, on=found.info.effective))
        lines = [found.info.name, ""]
        if found.other is not None:
            lines[0] = f"{found.other.name}（{era_text(found.other.effective)}から）との違い"
        for change in (_change(change, said) for change in found.changes):
            lines.append(f"{_KINDS[change.kind]}　{change.matter}　{change.clause}（{change.number}行目）")
            lines += [
                f"　　{label}：{before or 'なし'} → {after or 'なし'}"
                for label, before, after in change.cells
            ]
            if not change.cells:
                row = change.row
                parts = [*row.when, f"決裁 {row.decides}", row.consents and f"合議 {row.consents}"]
                lines.append("　　" + "　".join(part for part in parts if part))
        lines += ["" if found.changes else "行に違いはありません。", f"同じ行 {found.unchanged}"]
    return "\n".join(lines) + "\n"


_KINDS = {"changed": "変わる行", "new": "加わる行", "gone": "なくなる行"}


@require_safe
@entered
def download(
    request: HttpRequest, actor: Actor, tenant_id: int, table_id: int, kind: str
) -> HttpResponseBase:
    """The table as a file that can be sent in again: CSV, its examples as CSV, or both as Excel."""
    if kind not in KINDS:
        raise Http404
    of, media, name = KINDS[kind]
    body = queries.export(actor=actor, tenant_id=tenant_id, table_id=table_id, kind=of, at=clock.now())
    return file_answer(body, media, name.format(id=table_id))


def file_answer(body: bytes, media: str, name: str) -> HttpResponse:
    """Bytes to be saved under a name."""
    response = HttpResponse(body, content_type=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def day_or(text: str, other: date) -> date:
    """A day as a date field sends it, or another where it sends none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return other
