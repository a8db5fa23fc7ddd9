"""A result in words, for people; and as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from merklelog.evidence.field_words import field_name
from merklelog.evidence.names import COVER_SHEET
from merklelog.evidence.result import Keys, Level, Result, State, VerifiedAct
from merklelog.evidence.words import ACTS, FAILURES, say, visible
from merklelog.policy import LogKey

JAPAN = timezone(timedelta(hours=9))
_MARK = {State.HOLDS: "✓", State.FAILS: "✗", State.NOT_PROVEN: "–"}
_HEAD = frozenset({"kind", "time", "name", "post_title", "unit", "remark"})
"""Fields that the line of an act says."""
_INNER = frozenset({"act", "person", "post", "capacity", "round", "position", "revision"})
"""Fields that mean something inside the system only."""


def lines(result: Result, lang: str) -> Iterator[str]:
    """The whole answer."""
    if not result.holds:
        yield from _failures(result, lang)
        return
    assert result.claim is not None and result.keys is not None
    yield say(lang, "holds")
    yield say(lang, "case", origin=visible(result.claim.origin), case=result.claim.case)
    yield say(lang, result.claim.kind)
    if any(act.fields.get("kind") == "destroyed" for act in result.acts):
        yield say(lang, "destroyed")
    yield from _levels(result, lang)
    yield from _keys(result.keys, lang)
    yield from ("", say(lang, "acts"))
    for act in result.acts:
        yield from _act(act, lang)
    yield from _documents(result, lang)


def _failures(result: Result, lang: str) -> Iterator[str]:
    yield say(lang, "fails")
    yield say(lang, "fails_why")
    for finding in result.findings:
        where = " ".join(filter(None, (finding.where, finding.field)))
        said = say(lang, finding.code, FAILURES)
        yield f"  ✗ [{finding.code}] {said}{f': {visible(where)}' if where else ''}"
        yield f"      {visible(finding.detail)}"


def _levels(result: Result, lang: str) -> Iterator[str]:
    levels = result.levels
    yield from ("", say(lang, "proven"))
    for level in (level for level in Level if levels[level] is State.HOLDS):
        for said in _held(result, level, lang):
            yield f"  ✓ {said}"
    yield from ("", say(lang, "not_proven"))
    for level in (level for level in Level if levels[level] is State.NOT_PROVEN):
        named = level is Level.KEYS and result.keys is not None and result.keys.policy_given
        of = "authorities" if named else level
        yield f"  – {say(lang, f'{of}_{State.NOT_PROVEN}')}"
    if result.uncounted:
        yield f"  – {say(lang, 'time_uncounted', n=result.uncounted)}"
    if any(each.path == COVER_SHEET for each in result.documents):
        yield f"  – {say(lang, 'never_sheet')}"
    yield f"  – {say(lang, 'never_last')}"
    yield f"  – {say(lang, 'never_true')}"


def _held(result: Result, level: Level, lang: str) -> list[str]:
    assert result.claim is not None and result.keys is not None
    key = f"{level}_{State.HOLDS}"
    if level is Level.LOG:
        keys = "、".join(visible(f"{each.name}+{each.key_id.hex()}") for each in result.signed_by)
        counted = [each for each in result.compromised if each.verifier in result.signed_by]
        return [
            say(lang, key, size=result.claim.size, keys=keys),
            *(say(lang, "log_stolen", id=each.verifier.key_id.hex(), time=_since(each)) for each in counted),
        ]
    if level is Level.WITNESSES:
        names = (", " if lang == "en" else "、").join(visible(each.witness.name) for each in result.seen)
        of = len(result.keys.policy.witnesses)
        return [say(lang, key, witnesses=names, n=len(result.seen), of=of)]
    if level is Level.TIME:
        return [
            say(lang, key, time=_local(each.at), utc=_clock(each.at), authority=visible(each.authority))
            for each in result.timestamps
        ]
    return [say(lang, key, n=len(result.acts))]


def _keys(keys: Keys, lang: str) -> Iterator[str]:
    yield from ("", say(lang, "keys"))
    for log in keys.policy.logs:
        stolen = say(lang, "key_stolen", time=_since(log)) if log.compromised is not None else ""
        yield f"  {say(lang, 'key_log')} {visible(str(log.verifier))} {stolen}".rstrip()
    for witness in keys.policy.witnesses:
        yield f"  {say(lang, 'key_witness')} {visible(witness.name)} {visible(witness.vkey)}"
    for certificate in keys.certificates:
        yield f"  {say(lang, 'key_tsa')} SHA-256 {sha256(certificate).hexdigest()}"


def _act(act: VerifiedAct, lang: str) -> Iterator[str]:
    if not act.fields:
        yield f"  {act.seq}. {say(lang, 'all_withheld', n=len(act.withheld))}"
        return
    kind, time = act.fields.get("kind"), act.fields.get("time")
    who = (act.fields.get(name) for name in ("unit", "post_title", "name"))
    said = (say(lang, _text(kind), ACTS) if kind else None, _moment(time), *map(_shown, who))
    yield f"  {act.seq}. " + " ".join(filter(None, said))
    if act.fields.get("remark"):
        yield from _value(field_name(lang, "remark"), act.fields["remark"])
    for name in sorted(act.fields.keys() - _HEAD - _INNER):
        yield from _value(field_name(lang, name), act.fields[name])
    if act.withheld:
        named = (", " if lang == "en" else "、").join(field_name(lang, name) for name in act.withheld)
        yield f"     [{say(lang, 'withheld')}: {named}]"


def _value(name: str, value: Any) -> Iterator[str]:
    first, *more = visible(_text(value)).split("\n")
    yield f"     {name}: {first}"
    yield from (f"       {line}" for line in more)


def _documents(result: Result, lang: str) -> Iterator[str]:
    if result.documents:
        yield from ("", say(lang, "documents"))
    for each in result.documents:
        why = say(lang, "vouched", seq=each.bound.seq) if each.bound else say(lang, "unvouched")
        mark = _MARK[State.HOLDS if each.bound else State.NOT_PROVEN]
        title = visible(each.bound.filename or "") if each.bound else ""
        yield f"  {mark} {each.path} {title} ({why})"
    if result.left_out:
        yield from ("", say(lang, "left_out"))
    for bound in result.left_out:
        yield f"  – {bound.seq}. {visible(bound.binding)} {visible(bound.filename or '')} SHA-256 {bound.sha256}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _shown(value: Any) -> str:
    return "" if value is None else visible(_text(value)).replace("\n", " ")


def _moment(value: Any) -> str:
    """A time of the record, in Japan; as it is where it is none."""
    try:
        return _local(datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S.%f%z"))
    except ValueError:
        return _shown(value)


def _local(at: datetime) -> str:
    return at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S")


def _since(key: LogKey) -> str:
    return _local(datetime.fromtimestamp(key.compromised or 0, UTC))


def _clock(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def as_json(result: Result) -> dict[str, Any]:
    """The same for programs; where it fails, only what failed."""
    answer: dict[str, Any] = {
        "verdict": "holds" if result.holds else "fails",
        "code": result.code,
        "levels": {str(level): str(state) for level, state in result.levels.items()},
        "findings": [
            {"code": str(each.code), "where": each.where, "field": each.field, "detail": each.detail}
            for each in result.findings
        ],
    }
    return answer if not result.holds else answer | _proven(result)


def _proven(result: Result) -> dict[str, Any]:
    assert result.claim is not None and result.keys is not None
    claim = result.claim
    return {
        "origin": claim.origin,
        "log": claim.log,
        "case": claim.case,
        "kind": claim.kind,
        "size": claim.size,
        "keysGiven": result.keys.given,
        "signedBy": [str(each) for each in result.signed_by],
        "compromised": [
            {"key": str(each.verifier), "since": each.compromised} for each in result.compromised
        ],
        "witnesses": [
            {"name": each.witness.name, "key": each.witness.vkey, "time": each.time} for each in result.seen
        ],
        "timestamps": [
            {"time": each.at.isoformat(), "authority": each.authority, "certificate": _hex(each.certificate)}
            for each in result.timestamps
        ],
        "acts": [
            {"seq": each.seq, "fields": dict(each.fields), "withheld": list(each.withheld)}
            for each in result.acts
        ],
        "documents": _bound_json(result),
        "leftOut": [
            {"seq": each.seq, "binding": each.binding, "sha256": each.sha256} for each in result.left_out
        ],
    }


def _bound_json(result: Result) -> Sequence[dict[str, Any]]:
    return [
        {
            "path": each.path,
            "size": each.size,
            "sha256": each.sha256,
            "act": each.bound.seq if each.bound else None,
        }
        for each in result.documents
    ]


def _hex(certificate: bytes) -> str:
    return sha256(certificate).hexdigest()
