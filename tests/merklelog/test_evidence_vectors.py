"""The test bundles in docs/evidence/vectors, which any verifier is held against."""

from __future__ import annotations

from io import BytesIO

import evidence_vectors
import pytest

from merklelog.evidence.result import Code
from merklelog.evidence.verifying import verify

VECTORS = evidence_vectors.vectors()
EXPECTED = evidence_vectors.FOLDER / "expected.json"


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_vector_gets_the_verdict_that_it_must_get(name: str) -> None:
    data, code = VECTORS[name]
    result = verify(BytesIO(data))
    assert result.code == code, result.findings


def test_the_published_vectors_are_those_that_are_made(request: pytest.FixtureRequest) -> None:
    folder = evidence_vectors.FOLDER
    if request.config.getoption("--rewrite-tables"):
        for path in folder.glob("*.zip"):
            path.unlink()
        for name, (data, _) in VECTORS.items():
            (folder / f"{name}.zip").write_bytes(data)
        EXPECTED.write_text(evidence_vectors.expected())
        pytest.fail("the vectors were written", pytrace=False)
    assert EXPECTED.read_text() == evidence_vectors.expected()
    published = {path.stem: path.read_bytes() for path in folder.glob("*.zip")}
    assert published == {name: data for name, (data, _) in VECTORS.items()}


def test_every_code_has_a_vector() -> None:
    assert {code for _, code in VECTORS.values()} == {None, *map(str, Code)}
