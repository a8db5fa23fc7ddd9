"""Picking addressees for a draft: groups, names found by words, pasted lists. All end as lines of the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from kessai.decisions.directory import queries as directory
from kessai.drafting import queries as drafts
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.records.addressees import rules
from kessai.records.addressees.rules import Tidied
from kessai.web import clock
from kessai.web.converters import Ref
from kessai.web.drafting.naming import LONGEST
from kessai.web.entrance import entered

FIELD = "addressees"
_NAMED = 5
"""Doubles that are named one by one."""

Groups = Mapping[str, tuple[str, ...]]


def _groups(tenant_id: int, on: Any) -> Groups:
    return {each.name: each.lines for each in directory.groups_to_pick(tenant_id=tenant_id, on=on)}


def _add(text: str, what: str, request: HttpRequest, groups: Groups) -> Tidied:
    """A line that was found, or the group that is chosen; nothing where none is."""
    return rules.added(text, [what] if what else groups.get(request.POST.get("address_group", ""), ()))


def _tidy(text: str, what: str, request: HttpRequest, groups: Groups) -> Tidied:
    return rules.tidy(text)


def _spell_out(text: str, what: str, request: HttpRequest, groups: Groups) -> Tidied:
    return rules.expanded(text, groups)


ACTS: Mapping[str, Callable[[str, str, HttpRequest, Groups], Tidied]] = {
    "address": _add,
    "addresstidy": _tidy,
    "addressall": _spell_out,
}
"""By the value of the pressed button, what becomes of the lines."""

FIND = "addressfind"


def change(request: HttpRequest, do: str, what: str, typed: dict[str, str], *, tenant_id: int) -> bool:
    """Do to the typed lines what the pressed button says, and name what stood there twice; whether anything did."""
    groups = _groups(tenant_id, day_in_japan(clock.now()))
    done = ACTS[do](typed.get(FIELD, ""), what, request, groups)
    typed[FIELD] = done.text
    if done.doubles:
        named = "、".join(done.doubles[:_NAMED])
        more = len(done.doubles) - _NAMED
        said = gettext("重なっていた宛先を1件にしました: %(named)s") % {"named": named}
        if more > 0:
            said += ngettext("、ほか%(n)s件", "、ほか%(n)s件", more) % {"n": more}
        messages.info(request, said)
    return bool(done.doubles)


def after(request: HttpRequest, *, said: bool) -> str:
    """Where to go on: to the field, with the words looked for; to the top of the page where something was ``said``."""
    words = request.POST.get("address_find", "").strip()[:LONGEST]
    query = urlencode({"saved": "1"} | ({"address_find": words} if words else {}))
    return f"?{query}" + ("" if said else "#addressees")


def of_draft(
    request: HttpRequest, fields: Any, typed: Mapping[str, str], *, tenant_id: int
) -> dict[str, Any]:
    """What the page of a draft needs to offer addressees; nothing where its form does not ask for any."""
    if not any(entry["key"] == FIELD for entry in fields):
        return {}
    today = day_in_japan(clock.now())
    offered = directory.groups_to_pick(tenant_id=tenant_id, on=today)
    text, groups = typed.get(FIELD, ""), {each.name: each.lines for each in offered}
    words = request.GET.get("address_find", "")
    count = sum(1 for line in text.splitlines() if line.strip())
    return {
        "address_groups": offered,
        "address_count": count,
        "address_rows": min(max(count, 3), 8),
        "address_meant": [(name, len(groups[name])) for name in rules.meant(text, groups)],
        **_found(words, text, tenant_id),
    }


def _found(words: str, text: str, tenant_id: int) -> dict[str, Any]:
    there = {rules.key_of(line) for line in text.splitlines()}
    found = directory.lines_to_pick(tenant_id=tenant_id, words=words, on=day_in_japan(clock.now()))
    return {
        "address_find": words,
        "address_found": [(line, rules.key_of(line) in there) for line in found],
    }


@require_safe
@entered
def found(request: HttpRequest, actor: Actor, ref: Ref) -> HttpResponseBase:
    """The addressees that words find, each with a button; a part of the draft's page."""
    page = drafts.draft(actor=actor, tenant_id=ref.tenant_id, draft_id=ref.id, at=clock.now())
    words, text = request.GET.get("address_find", ""), page.typed.get(FIELD, "")
    return render(request, "drafting/_addressees_found.html", _found(words, text, ref.tenant_id))
