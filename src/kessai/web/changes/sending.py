"""What is sent to the page of a set: typed lines are kept first, then what the pressed button says is done."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from kessai.drafting.rules import Unreadable, read_date
from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import Cannot, NotFound
from kessai.kernel.lines import BadLine, CannotImport
from kessai.kernel.words import N_
from kessai.organisation import changes as sets
from kessai.organisation import work as works
from kessai.organisation.changes import CannotChange, ChangeView
from kessai.web import clock
from kessai.web.base import sent
from kessai.web.changes import page
from kessai.web.changes.kinds import KINDS
from kessai.web.changes.page import PAGE, Asked

_FIELD = re.compile(r"l-(\d{1,7})-([a-z_]+)")
_NEW = "n-"
LONGEST_VALUE = 2_000
MOST_REMEDIES = 500


class Sent:
    """A request for the page of one set."""

    def __init__(self, request: HttpRequest, actor: Actor, change: ChangeView) -> None:
        self.request, self.actor, self.change = request, actor, change
        self.kind = KINDS[change.kind]
        self.at = clock.now()
        self.asked = Asked.of(request.GET)
        self.do, _, self.what = request.POST.get("do", "").partition(":")
        self.lines = self._lines_sent()
        self.new = {
            column.key: self._value(request.POST.get(_NEW + column.key, "")) for column in self.kind.columns
        }
        self.kept: set[int] = set()
        self.edited = False

    @property
    def _here(self) -> dict[str, Any]:
        return {"actor": self.actor, "change_id": self.change.id, "at": self.at}

    def _value(self, text: str) -> str:
        return text[:LONGEST_VALUE].strip()

    def _lines_sent(self) -> dict[int, dict[str, str]]:
        keys = {column.key for column in self.kind.columns}
        found: dict[int, dict[str, str]] = {}
        for name, value in self.request.POST.items():
            part = _FIELD.fullmatch(name)
            if part and part[2] in keys:
                found.setdefault(int(part[1]), {})[part[2]] = self._value(str(value))
        return found

    def answer(self) -> HttpResponse:
        try:
            return self._done()
        except NotFound:
            raise
        except Cannot as refusal:
            return self.page(refused=refusal)

    def _done(self) -> HttpResponse:
        if self.do == "take_back":
            self.kind.operations.take_back(**self._here, version=self._version())
            messages.success(
                self.request,
                gettext("確定を取り消しました。いまは下書きと同じで、直してもう一度確定できます。"),
            )
            return self._back()
        if self.do == "load":
            self._load()
        elif self.do == "revise":
            self._revise()
        else:
            self._keep_lines()
        if self.do == "schedule":
            if not self.edited:
                return self._schedule()
            # What the official saw before pressing was of other lines.
            messages.warning(
                self.request,
                gettext("行の変更を保存しました。内容を確かめてから、もう一度確定を押してください。"),
            )
        self._check()
        return self._back()

    def _version(self) -> int | None:
        return sent.number(self.request.POST.get("version", ""))

    def _keep_lines(self) -> None:
        """Store lines that are other than they were; the version on the screen is compared with the first."""
        version = self._version()
        stored = {line.number: line.values for line in self._shown_numbers()}
        dropped = sent.number(self.what) if self.do == "drop" else None
        for number, values in sorted(self.lines.items()):
            if number == dropped or number not in stored:
                continue
            merged = {**stored[number], **values}
            if merged != dict(stored[number]):
                self.kind.operations.set_line(
                    number=number, line=self.kind.typed(merged), version=version, **self._here
                )
                self.kept.add(number)
                self.edited, version = True, None
        if dropped is not None:
            self.kind.operations.drop_line(number=dropped, version=version, **self._here)
            self.edited, version = True, None
        if any(self.new.values()):
            self.kind.operations.add_line(line=self.kind.typed(self.new), version=version, **self._here)
            self.edited = True

    def _shown_numbers(self) -> Sequence[Any]:
        return [line for number in self.lines for line in self.kind.by_number(self.change.id, number)]

    def _load(self) -> None:
        file = self.request.FILES.get("file")
        if file is None:
            raise CannotChange(
                N_("ファイルが選ばれていません。"), N_("CSVかExcel（.xlsx）を選んでください。")
            )
        limit = settings.KESSAI_UPLOAD_LIMIT_BYTES
        if (file.size or 0) > limit:
            raise CannotChange(
                N_("ファイルが大きすぎます。%(limit)sMBまでです。"),
                N_("分けて読み込んでください。"),
                limit=limit // 1_000_000,
            )
        self.kind.operations.load(
            source=file.read(), source_name=file.name or "", version=self._version(), **self._here
        )
        self.asked = Asked()

    def _revise(self) -> None:
        typed = self.request.POST.get("effective", "")[:100]
        try:
            effective = read_date(typed)
        except Unreadable as refusal:
            raise CannotChange(refusal.text.message, "", **refusal.text.params) from refusal
        sets.revise(
            title=self.request.POST.get("title", "")[:1000],
            effective=effective,
            version=self._version(),
            **self._here,
        )

    def _check(self) -> None:
        self.change = sets.change(change_id=self.change.id)
        if self.change.lines:
            works.ask(actor=self.actor, change_id=self.change.id, act=works.CHECK, at=self.at)

    def _schedule(self) -> HttpResponse:
        done = works.ask(
            actor=self.actor,
            change_id=self.change.id,
            act=works.SCHEDULE,
            at=self.at,
            version=self._version(),
        )
        if done:
            messages.success(
                self.request, gettext("確定しました。その日になると、組織図と受信箱が変わります。")
            )
        return self._back()

    def add_lines(self, text: str) -> int:
        """Add the lines of a remedy, in JSON as the page wrote them; how many. Errors: CannotChange."""
        keys = {column.key for column in self.kind.columns}
        try:
            found = json.loads(text)
            lines = [
                {key: self._value(str(line[key])) for key in keys if key in line}
                for line in found[:MOST_REMEDIES]
            ]
        except (ValueError, TypeError, KeyError):
            raise CannotChange(N_("加える行が読み取れません。"), N_("画面を開き直してください。")) from None
        for line in lines:
            self.kind.operations.add_line(line=self.kind.typed(line), **self._here)
        self._check()
        return len(lines)

    def _back(self) -> HttpResponse:
        check = self.kind.check(self.change.id)
        if self.asked.faulty and check is not None and not check.faulty:
            self.asked = Asked()
        return redirect(self.asked.address(self.change.id))

    def page(self, *, refused: Cannot | None = None) -> HttpResponse:
        """The page; after a refusal with everything that was typed and could not be kept."""
        today = day_in_japan(self.at)
        change = sets.change(change_id=self.change.id)
        work = works.work(change_id=change.id)
        busy = work is not None and work.under_way
        check = self.kind.check(change.id)
        total = check.faulty_lines if self.asked.faulty and check is not None else change.lines
        shown = tuple(
            self.kind.lines(
                change.id,
                offset=self.asked.offset,
                limit=PAGE,
                only_faulty=self.asked.faulty and check is not None,
            )
        )
        typed: Mapping[int, Mapping[str, str]] = {
            number: values for number, values in self.lines.items() if refused and number not in self.kept
        }
        editable = change.state != "scheduled" and not busy
        rows = page.rows(self.kind, change, shown, asked=self.asked, typed=typed, editable=editable)
        context = {
            "change": change,
            "kind": self.kind,
            "state": page.state_of(change, today),
            "work": work,
            "busy": busy,
            "check": check,
            "asked": self.asked,
            "all": Asked().address(change.id),
            "faulty": Asked(faulty=True).address(change.id),
            "here": self.asked.address(change.id),
            "rows": rows,
            "editing": any(row.editing for row in rows),
            "pages": page.pages(change.id, self.asked, total, len(shown)),
            "new": page.cells(self.kind, self.new if refused else {}, {}),
            "new_open": bool(refused and any(self.new.values())),
            "editable": editable,
            "can_take_back": change.state == "scheduled" and change.effective > today and not busy,
            "refused": refused,
            "bad_lines": _bad_lines(refused),
            "limit_mb": settings.KESSAI_UPLOAD_LIMIT_BYTES // 1_000_000,
            "nav": "changes",
            "help_template": "changes/help.html",
        }
        return render(self.request, "changes/change.html", context, status=409 if refused else 200)


def _bad_lines(refused: Cannot | None) -> Sequence[BadLine]:
    """The lines of a file that could not be read at all."""
    return refused.lines[:20] if isinstance(refused, CannotImport) else ()
