"""Acting decisions (代決): whether somebody may act in a post's place now, and if not, why and what would help.

Pure. The facts are those of the moment of the act: an absence that ended a minute ago is no absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kessai.kernel.words import N_, Text

DECIDER_ONLY, CONSENTS_TOO, EVERY_STEP = "decider", "consents", "every_step"
EVERY_BAR, REFUSED_CONSENT, NOTHING = "every_bar", "refused_consent", "nothing"
NOBODY = "none"
"""What a row of the authority table says instead of levels where nobody may act for its decider."""

NO_BAR = Text("")

STEPS: Mapping[str, frozenset[str]] = {
    DECIDER_ONLY: frozenset({"decide", "question"}),
    CONSENTS_TOO: frozenset({"decide", "consent", "question"}),
    EVERY_STEP: frozenset({"decide", "consent", "review", "question"}),
}
"""Which kinds of step the setting acting_for (S01) opens to deputies; questions, which decide nothing, always are."""

GRAVE = {
    "important": N_("重要な事案は代決できません。"),
    "unprecedented": N_("異例の事案は代決できません。"),
    "disputed": N_("疑義・紛議のある事案は代決できません。"),
}
"""Flags of a matter that only the holder decides, unless told beforehand."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of the ministry, on the day of the act: S01, S02, S03."""

    acting_for: str = DECIDER_ONLY
    while_vacant: bool = False
    instruction_lifts: str = EVERY_BAR


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds a post, and whether they are there. ``cleared``: may see a matter of this marking (S28)."""

    person_id: int
    name: str
    present: bool = True
    cleared: bool = True


@dataclass(frozen=True, slots=True)
class Deputy:
    """A deputy of the post, in force now and for this kind of matter."""

    post_id: int
    title: str
    level: str
    holders: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """The post whose turn it is: its holders (none: vacant) and its deputies for this matter, in order."""

    title: str
    holders: tuple[Person, ...]
    deputies: tuple[Deputy, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a case counts. ``levels``: of the row's column for deputies; ``refused_by``: who refuses consent."""

    step: str
    drafter_post: int
    drafter: int
    flags: frozenset[str] = frozenset()
    levels: tuple[str, ...] = ()
    refused_by: tuple[str, ...] = ()
    told: frozenset[int] = frozenset()
    """Posts of deputies that the decider has told beforehand, for this case, to act (事前の指示)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may act. ``order``: as which deputy, from 1; ``told``: only since told beforehand.

    ``deputy`` None: they are no deputy of the post at all. ``why`` and ``remedy``: of a bar.
    """

    may: bool
    deputy: Deputy | None = None
    order: int = 0
    told: bool = False
    why: Text = NO_BAR
    remedy: Text = NO_BAR


def may_act_for(person_id: int, post: Post, matter: Matter, settings: Settings) -> Verdict:
    """Whether a person may act for the post now, as which of its deputies; else the first bar, with its remedy."""
    mine = [
        (order, deputy)
        for order, deputy in enumerate(post.deputies, start=1)
        if any(person.person_id == person_id for person in deputy.holders)
    ]
    if not mine:
        return Verdict(False, why=Text(N_("あなたは、この職の代決者ではありません。")))
    # Of two posts that are deputies, the one that was told, else the first.
    order, deputy = next((each for each in mine if each[1].post_id in matter.told), mine[0])
    bar = _standing(person_id, post, deputy, matter, settings)
    if bar is not None:
        return Verdict(False, deputy, order, why=bar[0], remedy=bar[1])
    told = deputy.post_id in matter.told
    liftable = [
        (lifts, found)
        for lifts, found in (
            ((EVERY_BAR,), _grave(matter)),
            ((EVERY_BAR, REFUSED_CONSENT), _refused(matter)),
            ((EVERY_BAR,), _row(deputy, matter)),
            ((EVERY_BAR,), _earlier(post, order, matter)),
        )
        if found is not None
    ]
    for lifts, found in liftable:
        if not (told and settings.instruction_lifts in lifts):
            return Verdict(False, deputy, order, why=found[0], remedy=found[1])
    return Verdict(True, deputy, order, told=bool(liftable))


Bar = tuple[Text, Text]


def _standing(person_id: int, post: Post, deputy: Deputy, matter: Matter, settings: Settings) -> Bar | None:
    """What no instruction lifts: the holder is there, the seat is empty, the deputy is away or the drafter."""
    there = next((person for person in post.holders if person.present), None)
    if matter.step not in STEPS[settings.acting_for]:
        return (
            Text(N_("この段階では、代わって処理することはできません。")),
            Text(N_("%(post)sが戻ると処理できます。"), {"post": post.title}),
        )
    if there is not None:
        return (
            Text(N_("%(post)s %(name)sは不在ではありません。"), {"post": post.title, "name": there.name}),
            Text(N_("代決できるのは、不在が登録されている間だけです。")),
        )
    if not post.holders and not settings.while_vacant:
        return (
            Text(N_("%(post)sは欠員で、不在ではありません。"), {"post": post.title}),
            Text(N_("後任か事務取扱の発令が要ります。人事担当課に問い合わせてください。")),
        )
    me = next(person for person in deputy.holders if person.person_id == person_id)
    if not me.present:
        return (
            Text(N_("あなた自身の不在が登録されています。")),
            Text(N_("職務に戻っているときは、先に不在を終えてください。")),
        )
    if not me.cleared:
        return (
            Text(N_("この格付の案件を扱う指定がありません。")),
            Text(N_("次の順位の代決者が処理します。")),
        )
    if _drafted(deputy, me, matter):
        return (
            Text(N_("あなたが起案した案件は、代決できません。")),
            Text(N_("次の順位の代決者か、%(post)sの戻りを待ってください。"), {"post": post.title}),
        )
    return None


def _drafted(deputy: Deputy, person: Person, matter: Matter) -> bool:
    return matter.drafter_post == deputy.post_id or matter.drafter == person.person_id


def _grave(matter: Matter) -> Bar | None:
    return next(((Text(said), _TOLD) for flag, said in GRAVE.items() if flag in matter.flags), None)


_TOLD = Text(N_("決裁権者が前もって指示していれば（事前の指示）代決できます。それ以外は戻りを待ちます。"))


def _refused(matter: Matter) -> Bar | None:
    if not matter.refused_by:
        return None
    return (
        Text(
            N_("%(who)sが合議に同意していないため、代決できません。"), {"who": "、".join(matter.refused_by)}
        ),
        _TOLD,
    )


def _row(deputy: Deputy, matter: Matter) -> Bar | None:
    """The authority table's own column, which speaks of the decider only."""
    if matter.step != "decide" or not matter.levels or deputy.level in matter.levels:
        return None
    if NOBODY in matter.levels:
        return (Text(N_("決裁規程が、この事案の代決を認めていません。")), _TOLD)
    return (
        Text(N_("決裁規程により、%(deputy)sはこの事案を代決できません。"), {"deputy": deputy.title}),
        _TOLD,
    )


def _earlier(post: Post, order: int, matter: Matter) -> Bar | None:
    for deputy in post.deputies[: order - 1]:
        able = next((p for p in deputy.holders if _able(p, deputy, matter)), None)
        if able is not None:
            return (
                Text(
                    N_("先の順位の%(post)s %(name)sが代決できます。"),
                    {"post": deputy.title, "name": able.name},
                ),
                Text(N_("%(post)sも不在のときに代決できます。"), {"post": deputy.title}),
            )
    return None


def _able(person: Person, deputy: Deputy, matter: Matter) -> bool:
    return (
        person.present
        and person.cleared
        and not _drafted(deputy, person, matter)
        and _row(deputy, matter) is None
    )


ABSENT, VACANT, UNCLEARED, DRAFTER, BY_ROW = "absent", "vacant", "uncleared", "drafter", "row"
ANOTHER_TOLD = "told"
"""Able, but it was another deputy whom the decider told beforehand."""


def passed_over(post: Post, order: int, matter: Matter) -> tuple[tuple[int, Deputy, str], ...]:
    """The deputies before one in order, each with its order and why it was passed over."""
    return tuple((n, d, _why_passed(d, matter)) for n, d in enumerate(post.deputies[: order - 1], start=1))


def _why_passed(deputy: Deputy, matter: Matter) -> str:
    if not deputy.holders:
        return VACANT
    present = [person for person in deputy.holders if person.present]
    if not present:
        return ABSENT
    if not any(person.cleared for person in present):
        return UNCLEARED
    if any(_able(person, deputy, matter) for person in present):
        return ANOTHER_TOLD
    return BY_ROW if _row(deputy, matter) is not None else DRAFTER


def first_able(post: Post, matter: Matter, settings: Settings) -> tuple[Deputy, Person] | None:
    """Who may act for the post now, the first in order; None where nobody may."""
    for deputy in post.deputies:
        for person in deputy.holders:
            if may_act_for(person.person_id, post, matter, settings).may:
                return deputy, person
    return None


def why_nobody(post: Post, matter: Matter, settings: Settings) -> Bar:
    """Why no deputy may act for a post that nobody is at, said to those who wait."""
    if matter.step not in STEPS[settings.acting_for] or (not post.holders and not settings.while_vacant):
        return (
            Text(N_("この段階は代決の対象ではありません。")),
            Text(N_("%(post)sの戻りか、発令を待ちます。"), {"post": post.title}),
        )
    if not post.deputies:
        return Text(N_("代決者が定められていません。")), Text(
            N_("%(post)sの戻りを待ちます。"), {"post": post.title}
        )
    of_matter = _grave(matter) or _refused(matter)
    if of_matter is None and NOBODY in matter.levels:
        of_matter = _row(post.deputies[0], matter)
    return of_matter or (
        Text(N_("代決できる職の者が、みな不在か欠員です。")),
        Text(N_("%(post)sの戻りを待ちます。"), {"post": post.title}),
    )
