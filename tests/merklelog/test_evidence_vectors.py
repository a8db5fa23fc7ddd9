"""The test bundles in docs/evidence/vectors, which any verifier is held against."""

from __future__ import annotations

from io import BytesIO

import evidence_vectors
import pytest

from merklelog.evidence.result import Code
from merklelog.evidence.verifying import Trust, certificates_of, verify
from merklelog.policy import Policy

VECTORS = evidence_vectors.vectors()
EXPECTED, GIVEN = (evidence_vectors.FOLDER / f"{name}.json" for name in ("expected", "given"))


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_vector_gets_the_verdict_that_it_must_get(name: str) -> None:
    data, code = VECTORS[name]
    result = verify(BytesIO(data))
    assert result.code == code, result.findings


@pytest.mark.parametrize("case", evidence_vectors.given())
def test_a_vector_gets_the_verdict_that_it_must_get_where_keys_are_given(case: dict[str, str | None]) -> None:
    policy, tsa = case["policy"], case["tsa"]
    trust = Trust(
        None if policy is None else Policy.parse(policy.encode()),
        None if tsa is None else certificates_of(tsa.encode()),
    )
    data, _ = VECTORS[str(case["bundle"]).removesuffix(".zip")]
    result = verify(BytesIO(data), trust)
    assert result.code == case["code"], result.findings
    assert result.keys is not None and result.keys.given is (policy is not None and tsa is not None)


def test_the_published_vectors_are_those_that_are_made(request: pytest.FixtureRequest) -> None:
    folder = evidence_vectors.FOLDER
    if request.config.getoption("--rewrite-tables"):
        for path in folder.glob("*.zip"):
            path.unlink()
        for name, (data, _) in VECTORS.items():
            (folder / f"{name}.zip").write_bytes(data)
        EXPECTED.write_text(evidence_vectors.expected())
        GIVEN.write_text(evidence_vectors.given_json())
        pytest.fail("the vectors were written", pytrace=False)
    assert EXPECTED.read_text() == evidence_vectors.expected()
    assert GIVEN.read_text() == evidence_vectors.given_json()
    published = {path.stem: path.read_bytes() for path in folder.glob("*.zip")}
    assert published == {name: data for name, (data, _) in VECTORS.items()}


def test_the_last_of_several_lines_of_a_witness_says_its_time() -> None:
    data, _ = VECTORS["three-lines-of-a-witness"]
    result = verify(BytesIO(data))
    assert [each.time for each in result.seen] == [evidence_vectors.LATER - 1]
    assert len(result.signed_by) == 1


def test_every_code_has_a_vector() -> None:
    assert {code for _, code in VECTORS.values()} == {None, *map(str, Code)}
