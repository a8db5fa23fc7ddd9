"""The public list of what became of a unit."""

from __future__ import annotations

from datetime import timedelta

from kessai.organisation.reorganising import queries
from kessai.organisation.reorganising.queries import Became
from reorganising.conftest import JULY, scheduled
from stage import Stage

LINES = (
    {"act": "新設", "what": "部署", "code": "pa", "parent": "p", "name": "地域課", "symbol": "政地"},
    {"act": "新設", "what": "部署", "code": "pb", "parent": "p", "name": "産業課", "symbol": "政産"},
    {"act": "分割", "what": "部署", "code": "pp", "into": "pa pb"},
    {"act": "改称", "what": "部署", "code": "sp", "name": "人材課", "name_en": "Human Resources"},
    {"act": "移管", "what": "部署", "code": "ps", "parent": "s"},
)


def told(words: str = "") -> dict[str, Became]:
    return {entry.code: entry for entry in queries.what_became(tenant_id=700, on=JULY, words=words)}


def test_each_unit_is_found_under_the_name_it_had_with_who_took_over(stage: Stage) -> None:
    scheduled(*LINES)
    found = told()
    split, renamed, moved = found["pp"], found["sp"], found["ps"]
    assert (split.name, split.parent_name, split.how, split.day) == ("振興課", "政策局", "split", JULY)
    assert [(s.name, s.main) for s in split.successors] == [("地域課", True), ("産業課", False)]
    assert (renamed.name, renamed.how) == ("人事課", "renamed")
    assert [(s.name, s.name_en) for s in renamed.successors] == [("人材課", "Human Resources")]
    assert (moved.how, moved.parent_name, moved.new_parent_name) == ("moved", "政策局", "大臣官房")
    assert set(told("振興")) == {"pp"}
    assert told("振興 人事") == {}


def test_nothing_is_said_of_what_has_not_happened_yet(stage: Stage) -> None:
    scheduled(*LINES)
    assert queries.what_became(tenant_id=700, on=JULY - timedelta(days=1)) == ()


def test_a_unit_merged_or_abolished_is_told_apart_and_one_that_lives_on_keeps_its_place(stage: Stage) -> None:
    scheduled(
        {"act": "統合", "what": "部署", "code": "pp", "into": "ps"},
        {"act": "廃止", "what": "部署", "code": "sa", "into": "なし"},
        {"act": "廃止", "what": "職", "code": "budget", "into": "general_affairs"},
        {"act": "改称", "what": "部署", "code": "ps", "functions": "会計"},
        {"act": "新設", "what": "部署", "code": "sx", "parent": "s", "name": "法制課", "symbol": "官法"},
        {"act": "分割", "what": "部署", "code": "sd", "into": "sd sx"},
    )
    assert {code: entry.how for code, entry in told().items()} == {"pp": "merged", "sa": "abolished"}
    assert [s.code for s in told()["pp"].successors] == ["ps"]
