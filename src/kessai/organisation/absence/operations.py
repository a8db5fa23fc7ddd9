"""Recording an absence and its end, naming deputies and secretaries: each one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from kessai.kernel.actor import Actor
from kessai.kernel.calendar import day_in_japan
from kessai.kernel.errors import NotFound
from kessai.kernel.words import N_
from kessai.organisation import queries as organisation
from kessai.organisation.absence import files, queries, rules
from kessai.organisation.absence.rules import CannotAppoint, CannotRecord
from kessai.organisation.models import Absence, Deputy, Post, Secretary
from kessai.organisation.queries import HeldPost
from kessai.organisation.settings import settings_of

__all__ = [
    "CannotAppoint",
    "CannotRecord",
    "Helper",
    "Imported",
    "Named",
    "end_absence",
    "end_absences_under_way",
    "import_deputies",
    "record_absence",
    "set_deputies",
    "set_secretaries",
]

NOTE_LONGEST = 200


def record_absence(
    *, actor: Actor, person_id: int, start: datetime, end: datetime, kind: str, note: str, at: datetime
) -> int:
    """Record that a person will be away, to the minute; by themselves, or by a secretary of a post they hold.

    Absences may overlap. Errors: CannotRecord; NotFound for one who is nobody's secretary.
    """
    _require_may_record(actor, person_id, at)
    _refuse_deputy(actor, person_id, at)
    start, end = rules.to_the_minute(start), rules.to_the_minute(end)
    rules.check_absence(start=start, end=end, kind=kind, at=at)
    note = " ".join(note.replace("\x00", "").split())
    if len(note) > NOTE_LONGEST:
        raise CannotRecord(N_("備考が長すぎます（%(n)s字まで）。"), N_("短くしてください。"), n=NOTE_LONGEST)
    with transaction.atomic():
        made = Absence.objects.create(
            person_id=person_id,
            period=DateTimeTZRange(start, end),
            kind=kind,
            note=note,
            recorded_by=actor.person_id,
            recorded_at=at,
        )
    return int(made.id)


def end_absence(*, actor: Actor, absence_id: int, at: datetime) -> None:
    """End an absence now, or take back one that has not begun; ending one that is over changes nothing."""
    with transaction.atomic():
        found = Absence.objects.select_for_update().filter(id=absence_id).first()
        if found is None:
            raise _unknown()
        _require_may_record(actor, found.person_id, at)
        if found.ended_at is None and at < found.period.upper:
            Absence.objects.filter(id=absence_id).update(ended_by=actor.person_id, ended_at=at)


def end_absences_under_way(*, actor: Actor, at: datetime) -> int:
    """Whoever is back says so: end every absence of the actor's that is under way; how many there were."""
    mine = [a for a in queries.absences(person_id=actor.person_id, since=at) if a.under_way(at)]
    with transaction.atomic():
        for absence in mine:
            end_absence(actor=actor, absence_id=absence.id, at=at)
    return len(mine)


def _require_may_record(actor: Actor, person_id: int, at: datetime) -> None:
    if actor.person_id == person_id:
        return
    theirs = organisation.standing(person_id=person_id, on=day_in_japan(at)).posts
    mine = queries.principals_of(person_id=actor.person_id, at=at, scope=rules.ABSENCE)
    if not theirs.keys() & mine.keys():
        raise _unknown()


def _refuse_deputy(actor: Actor, person_id: int, at: datetime) -> None:
    """Nobody makes the absence by which they may decide in another's place."""
    if actor.person_id == person_id:
        return
    today = day_in_japan(at)
    theirs = organisation.standing(person_id=person_id, on=today).posts
    mine = organisation.standing(person_id=actor.person_id, on=today).posts
    if any(found.post_id in theirs for found in queries.deputised(post_ids=mine, at=at)):
        raise CannotRecord(
            N_("あなたはこの人の職の代決者なので、不在を登録できません。"),
            N_("本人か、代決者でない秘書が登録してください。"),
        )


def _unknown() -> NotFound:
    return NotFound(
        N_("この不在は見つかりません。"),
        N_("不在を登録・変更できるのは、本人と、その役目を持つ秘書だけです。"),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """A deputy to be named: by post, for some kinds of matter (all if none), from a day until before another."""

    post_id: int
    matters: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


def set_deputies(*, actor: Actor, post_id: int, deputies: Sequence[Named], at: datetime) -> None:
    """Replace the deputies that the holder of a post has named, in order; those by rule stay before them.

    Errors: CannotAppoint; NotFound for a post that is not the actor's.
    """
    today = day_in_japan(at)
    post = _mine(actor, post_id, today)
    settings = settings_of(tenant_id=post.tenant_id, on=today)
    if settings["deputies_by_holder"] != "yes":
        raise CannotAppoint(
            N_("この府省庁では、代決者は規程で定めます。"), N_("決裁規程の担当課に相談してください。")
        )
    post_id = post.post_id
    rules.check_list([named.post_id for named in deputies], post_id)
    seats = organisation.seats(post_ids=[named.post_id for named in deputies], on=today)
    for named in deputies:
        seat = seats.get(named.post_id)
        if seat is None or seat.tenant_id != post.tenant_id:
            raise CannotAppoint(N_("選んだ職は、きょうの組織にありません。"), N_("選び直してください。"))
        rules.check_deputy(
            title=post.title,
            level=post.level,
            deputy=seat.title,
            deputy_level=seat.level,
            below=settings["deputy_levels_below"],
        )
    with transaction.atomic():
        replace_deputies(post_id=post_id, deputies=deputies, basis=rules.BY_HOLDER, by=actor.person_id, at=at)


def replace_deputies(
    *, post_id: int, deputies: Sequence[Named], basis: str, by: int | None, at: datetime
) -> None:
    """Put a list of deputies of one basis in the place of the one in force; in the caller's transaction."""
    assert connection.in_atomic_block
    _replace("organisation_deputy", "post_id = %s AND basis = %s", [post_id, basis], by, at)
    Deputy.objects.bulk_create(
        Deputy(
            post_id=post_id,
            deputy_id=named.post_id,
            ordinal=ordinal,
            matters=list(named.matters),
            period=_period(named.start, named.end, at),
            basis=basis,
            appointed_by=by,
            appointed_at=at,
        )
        for ordinal, named in enumerate(deputies, start=1)
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file of deputies: posts whose lists were replaced, and deputies that they have now."""

    posts: int
    deputies: int


def import_deputies(
    *, actor: Actor | None, tenant_id: int, source: bytes, matters: Collection[str], at: datetime
) -> Imported:
    """Put the deputies by rule of every post that a file names in the place of those it has.

    ``actor`` None: the operator; else one with the duty for the ministry's rules. ``matters``: codes there are.
    All of the file or nothing. Errors: CannotImport; CannotAppoint.
    """
    today = day_in_japan(at)
    if actor is not None and tenant_id not in organisation.ministries_of_duty(
        person_id=actor.person_id, duty="rules", on=today
    ):
        raise CannotAppoint(
            N_("代決者を規程で定められるのは、決裁規程を扱う部署の職だけです。"),
            N_("文書担当課に頼んでください。"),
        )
    with transaction.atomic():
        posts = dict(Post.objects.filter(tenant_id=tenant_id).values_list("code", "id"))
        lists = files.read_deputies(source, posts=posts, matters=matters)
        for post_id, lines in sorted(lists.items()):
            named = [Named(x.deputy, x.matters, x.start, x.end) for x in lines if x.deputy is not None]
            rules.check_list([each.post_id for each in named], post_id)
            replace_deputies(
                post_id=post_id,
                deputies=named,
                basis=rules.BY_RULE,
                by=actor.person_id if actor else None,
                at=at,
            )
    return Imported(len(lists), sum(x.deputy is not None for lines in lists.values() for x in lines))


@dataclass(frozen=True, slots=True)
class Helper:
    """A secretary to be named: by post, with what they may do."""

    post_id: int
    scopes: tuple[str, ...]
    start: date | None = None
    end: date | None = None


def set_secretaries(*, actor: Actor, post_id: int, secretaries: Sequence[Helper], at: datetime) -> None:
    """Replace the secretaries of a post by its holder. Errors: CannotAppoint; NotFound for another's post."""
    today = day_in_japan(at)
    post = _mine(actor, post_id, today)
    post_id = post.post_id
    seats = organisation.seats(post_ids=[helper.post_id for helper in secretaries], on=today)
    for helper in secretaries:
        seat = seats.get(helper.post_id)
        if seat is None or seat.tenant_id != post.tenant_id or helper.post_id == post_id:
            raise CannotAppoint(N_("選んだ職は、きょうの組織にありません。"), N_("選び直してください。"))
        if not helper.scopes or not set(helper.scopes) <= set(rules.SCOPES):
            raise CannotAppoint(
                N_("%(post)sにまかせることが選ばれていません。"),
                N_("起案、閲覧、不在の登録のうち、まかせるものを選んでください。"),
                post=seat.title,
            )
    with transaction.atomic():
        _replace("organisation_secretary", "post_id = %s", [post_id], actor.person_id, at)
        Secretary.objects.bulk_create(
            Secretary(
                post_id=post_id,
                secretary_id=helper.post_id,
                scopes=[scope for scope in rules.SCOPES if scope in helper.scopes],
                period=_period(helper.start, helper.end, at),
                appointed_by=actor.person_id,
                appointed_at=at,
            )
            for helper in secretaries
        )


def _mine(actor: Actor, post_id: int, today: date) -> HeldPost:
    held = organisation.standing(person_id=actor.person_id, on=today).posts
    if post_id not in held:
        raise NotFound(
            N_("この職は、きょうは持っていません。"), N_("自分の職の代決者と秘書だけを定められます。")
        )
    return held[post_id]


def _period(start: date | None, end: date | None, at: datetime) -> DateRange:
    begins = max(start or day_in_japan(at), day_in_japan(at))
    if end is not None and end <= begins:
        raise CannotAppoint(N_("期間の終わりが、始まりより前です。"), N_("期間の日付を直してください。"))
    return DateRange(begins, end)


def _replace(table: str, where: str, params: list[Any], by: int | None, at: datetime) -> None:
    """Of the rows that are not replaced yet, those in force end with today, those to come are empty.

    ``params`` begin with the post. Whoever replaces the same list meanwhile waits, so that one list is in force.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{table}:{params[0]}"])
        cursor.execute(
            f"""UPDATE {table} SET replaced_at = %s, replaced_by = %s,
                       period = daterange(lower(period),
                                          GREATEST(lower(period), LEAST(upper(period), %s::date + 1)))
                WHERE {where} AND replaced_at IS NULL AND (upper_inf(period) OR upper(period) > %s)""",
            [at, by, day_in_japan(at), *params, day_in_japan(at)],
        )
