"""``kessai ledger``: whether record and files are what was signed, and where each log stands."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from django.db import Error as DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kessai.config import cli, log_alarms, log_check, log_keys
from kessai.config.commands import Words
from kessai.decisions import verification
from kessai.decisions.evidence import queries as evidence
from kessai.decisions.verification import Named, Report
from kessai.kernel.errors import Cannot
from kessai.kernel.words import N_, Text
from kessai.ledger import fsck, queries, stamping
from kessai.ledger.witnessing import policies, records, rules
from kessai.ledger.witnessing.records import Standing
from merklelog import durable
from merklelog.policy import PolicyInvalid

CLEAN, TAMPERED, CONTRADICTED = 0, 1, 1

T = TypeVar("T")


class Command(Words):
    help = "The ledger: verify the record against it, show where each log stands."

    def add_words(self) -> None:
        verify = self.word(
            "verify",
            self.verify,
            "recompute everything from the stored records; exit code 0 clean, 1 tampered, 2 could not run",
            json=True,
        )
        fsck = self.word(
            "fsck",
            self.fsck,
            "check each log's files, numbers and checkpoints against its entries; exit code 0 sound, 1 damage, "
            "2 could not run",
            json=True,
        )
        fsck.add_argument(
            "--repair",
            action="store_true",
            help="make damaged files again where the entries add up to the signed root",
        )
        show = self.word("show", self.show, "origin, size, root and key of each log", json=True)
        bundle = self.word("evidence", self.evidence, "write the evidence bundle of a case (docs/evidence)")
        bundle.add_argument("number", metavar="NUMBER", help="document number of the case")
        bundle.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="a new file")
        bundle.add_argument(
            "--redact",
            action="append",
            default=[],
            metavar="WHAT",
            help="withhold: suggested, files, a field (remark, content.*), a field of an act (2:remark)",
        )
        stamp = self.word(
            "timestamp", self.timestamp, "have every log stamped by the authorities, now", json=True
        )
        for parser in (verify, fsck, show, bundle, stamp):
            _with_tenant(parser)
        log_keys.add_words(self)
        log_alarms.add_words(self)

    def verify(self, *, tenant: int | None, as_json: bool) -> int:
        report = _judged(lambda: verification.verify_all(tenant_id=tenant))
        if report is None:
            return cli.COULD_NOT_RUN
        if as_json:
            self.write_json(_as_json(report))
        else:
            self.stdout.write("\n".join(_lines(report)))
        return CLEAN if report.clean else TAMPERED

    def fsck(self, *, tenant: int | None, repair: bool, as_json: bool) -> int:
        """Damage is told by the exit code also where it is repaired: run again to see that nothing is left."""
        checked = _judged(
            lambda: fsck.fsck(
                at=timezone.now(), tenant_id=tenant, repair=repair, progress=log_check.say_progress
            )
        )
        if checked is None:
            return cli.COULD_NOT_RUN
        if as_json:
            self.write_json(log_check.as_json(checked))
        else:
            self.stdout.write("\n".join(log_check.lines(checked)))
        return TAMPERED if any(each.found for each in checked) else CLEAN

    def evidence(self, *, number: str, out: Path, redact: list[str], tenant: int | None) -> None:
        made = evidence.for_operator(number=number, redact=redact, tenant_id=tenant)
        try:
            durable.create(out, made.chunks(), mode=0o600)
        except OSError as error:
            raise Cannot(
                N_("%(path)s に書けません（%(why)s）。"), path=str(out), why=error.strerror or ""
            ) from error
        self.stdout.write(f"{out} {made.size:,}")

    def show(self, *, tenant: int | None, as_json: bool) -> int:
        """Exit code 1: a witness says that a log is not what it was."""
        stampings = stamping.standing(at=timezone.now(), tenant_id=tenant)
        logs = queries.log_lines(tenant_id=tenant)
        witnesses = {line.tenant_id: records.standing(tenant_id=line.tenant_id) for line in logs}
        told = [
            _log_json(line)
            | {"timestamps": [_stamping_json(e) for e in stampings if e.tenant_id == line.tenant_id]}
            for line in logs
        ]
        if as_json:
            both = zip(logs, told, strict=True)
            self.write_json([log | _witnesses_json(line, witnesses[line.tenant_id]) for line, log in both])
        for line, log in () if as_json else zip(logs, told, strict=True):
            for name, value in log.items():
                self.stdout.write(f"{name}: {_plain(value)}")
            self.stdout.write("\n".join([*_witness_lines(line, witnesses[line.tenant_id]), ""]))
        grave = any(alarm.grave for of in witnesses.values() for each in of for alarm in each.alarms)
        return CONTRADICTED if grave else CLEAN

    def timestamp(self, *, tenant: int | None, as_json: bool) -> int:
        """Exit code 1: an authority did not stamp a log that has grown."""
        at, refusals = timezone.now(), list[Cannot]()
        for log in dict.fromkeys(each.tenant_id for each in stamping.standing(at=at, tenant_id=tenant)):
            try:
                asked = stamping.due(tenant_id=log, at=at, after=timedelta(0))
                stamping.stamp(tenant_id=log, at=at, asked=asked)
            except Cannot as refusal:
                refusals.append(refusal)
        self.show(tenant=tenant, as_json=as_json)
        for each in refusals:
            cli.say(each, sys.stderr)
        return cli.REFUSED if refusals else 0


def _judged(look: Callable[[], T]) -> T | None:
    """What a look at the record came to; None, with the reason on stderr, if nothing could be said."""
    try:
        return look()
    except Cannot as refusal:
        cli.say(refusal, sys.stderr)
    except (DatabaseError, OSError) as error:
        said = " ".join(str(error).split())
        cli.say(Cannot(N_("検証できませんでした（%(said)s）。"), said=said), sys.stderr)
    except Exception:
        # Exit code 1 would say that the record was tampered with: nobody knows that.
        traceback.print_exc()
    return None


def _with_tenant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tenant", type=int, default=None, metavar="ID", help="only this ministry's")


def _log_json(line: queries.LogLine) -> dict[str, Any]:
    return {
        "tenant": line.tenant_id,
        "origin": line.origin,
        "size": line.size,
        "root": line.root.hex() if line.root else None,
        "signed_at": line.signed_at.isoformat() if line.signed_at else None,
        "pending": line.pending,
        "key": line.verifier_key or None,
    }


def _stamping_json(each: stamping.Stamping) -> dict[str, Any]:
    return {
        "authority": each.authority,
        "size": each.size,
        "at": each.at.isoformat() if each.at else None,
        "late": each.late,
    }


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return (
            "; ".join(" ".join(f"{name}={_plain(part)}" for name, part in each.items()) for each in value)
            or "-"
        )
    return "-" if value is None else str(value)


def _witnesses_json(line: queries.LogLine, standing: tuple[Standing, ...]) -> dict[str, Any]:
    return {
        "policy": _policy_error(line.tenant_id),
        "quorum": records.quorum_is_met(tenant_id=line.tenant_id, size=line.size),
        "witnesses": [
            {
                "name": each.witness,
                "url": each.url,
                "size": each.size,
                "at": each.at.isoformat() if each.at else None,
                "alarms": [log_alarms.as_dict(alarm) for alarm in each.alarms],
            }
            for each in standing
        ],
    }


def _witness_lines(line: queries.LogLine, standing: tuple[Standing, ...]) -> list[str]:
    lines = []
    if error := _policy_error(line.tenant_id):
        lines.append(f"policy: {policies.path_of(line.tenant_id)}: {error}")
    for each in standing:
        seen = f"{each.size} {each.at.isoformat() if each.at else ''}" if each.size is not None else "-"
        lines.append(f"witness {each.witness}: {seen.strip()}")
        lines += [f"    {log_alarms.said_in_words(alarm)} [{alarm.id}]" for alarm in each.alarms]
    if any(alarm.grave for each in standing for alarm in each.alarms):
        lines.append(_(rules.REMEDY))
    return lines


def _policy_error(tenant_id: int) -> str | None:
    try:
        policies.policy_of(tenant_id)
    except PolicyInvalid as error:
        return str(error)
    return None


def _said(text: Text) -> str:
    return str(_(text.message)) % dict(text.params)


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "verdict": "clean" if report.clean else "tampered",
        "tenants": report.tenants,
        "cases": report.cases,
        "destroyed": report.destroyed,
        "events": report.events,
        "entries": report.entries,
        "pending": report.pending,
        "findings": [
            {
                **named.finding.to_json(),
                "number": named.number or None,
                "title": named.title or None,
                "text": _said(named.finding.text),
            }
            for named in report.findings
        ],
    }


def _lines(report: Report) -> list[str]:
    counts = {
        "tenants": report.tenants,
        "cases": report.cases,
        "events": report.events,
        "entries": report.entries,
    }
    lines = [
        _("府省 %(tenants)d、案件 %(cases)d件、記録 %(events)d件、台帳 %(entries)d件を検証しました。")
        % counts
    ]
    if report.destroyed:
        lines.append(
            ngettext(
                "うち%(n)d件は、法に従って廃棄されています。廃棄の記録が残っています。",
                "うち%(n)d件は、法に従って廃棄されています。廃棄の記録が残っています。",
                report.destroyed,
            )
            % {"n": report.destroyed}
        )
    if report.pending:
        lines.append(_("台帳の番号を待っている記録が%(n)d件あります。") % {"n": report.pending})
    if report.clean:
        return [*lines, _("すべて一致しました。")]
    lines.append(_("一致しないものが%(n)d件あります。") % {"n": len(report.findings)})
    for tenant, in_tenant in groupby(report.findings, key=lambda each: each.finding.tenant_id):
        lines += ["", _("府省 %(tenant)d") % {"tenant": tenant}]
        for _case, in_case in groupby(in_tenant, key=lambda each: each.finding.case):
            lines += _case_lines(list(in_case))
    return lines


def _case_lines(findings: list[Named]) -> list[str]:
    first = findings[0]
    if first.finding.case is None:
        heading = _("台帳そのもの")
    else:
        heading = " ".join(filter(None, (first.number, first.title, f"({first.finding.case})")))
    return [f"  {heading}", *(f"    - {_said(each.finding.text)}{_place(each)}" for each in findings)]


def _place(named: Named) -> str:
    field = named.finding.field
    return f" [{field}]" if field and field not in named.finding.text.params.values() else ""
