"""The command: judging vectors, verifying a proof bundle, and its exit statuses."""

from __future__ import annotations

import base64
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from merkle_samples import CT_LEAVES, CT_ROOTS, ENTRIES, LEAVES, ROOTS, node_of, shared_vectors

from merklelog import checkpoint
from merklelog.bundle import BundleMalformed, ProofBundle
from merklelog.checkpoint import Checkpoint, CheckpointInvalid, sign_checkpoint
from merklelog.cli import main
from merklelog.note import Signer
from merklelog.tree import ProofInvalid, inclusion_path, leaf_hash
from merklelog.vectors import NoVectors, VectorMalformed, judge_directory, judge_file

SIGNER = Signer("log.example/7", bytes(range(32)))
KEY = str(SIGNER.verifier())
STRANGER = str(Signer("log.example/7", bytes(32)).verifier())


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def inclusion(**changes: Any) -> dict[str, Any]:
    return {
        "leafIdx": 2,
        "treeSize": 3,
        "root": b64(CT_ROOTS[3]),
        "leafHash": b64(leaf_hash(CT_LEAVES[2])),
        "proof": [b64(CT_ROOTS[2])],
        "desc": "an example",
        "wantErr": False,
        **changes,
    }


def consistency(**changes: Any) -> dict[str, Any]:
    return {
        "size1": 2,
        "size2": 3,
        "root1": b64(CT_ROOTS[2]),
        "root2": b64(CT_ROOTS[3]),
        "proof": [b64(leaf_hash(CT_LEAVES[2]))],
        "wantErr": False,
        **changes,
    }


def put(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_the_published_vectors_get_the_verdicts_they_state(capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared_vectors()
    if not folder.is_dir():
        pytest.skip("the published proof vectors are not beside this checkout (../shared/data/vectors)")
    report = judge_directory(folder)
    assert report.disagreements == ()
    assert report.malformed == ()
    kinds = [(verdict.kind, verdict.want_error) for verdict in report.verdicts]
    assert {("inclusion", True), ("inclusion", False), ("consistency", True), ("consistency", False)} == set(
        kinds
    )
    assert len(kinds) == len(list(folder.rglob("*.json")))
    assert main(["vectors", str(folder)]) == 0
    assert f"{len(kinds)} of {len(kinds)} vectors agree" in capsys.readouterr().out


@pytest.mark.parametrize(
    "probe",
    [
        inclusion(),
        consistency(),
        inclusion(leafIdx=2**64 - 1, wantErr=True),
        inclusion(leafIdx=3, wantErr=True),
        inclusion(treeSize=0, wantErr=True),
        inclusion(root="", wantErr=True),
        inclusion(root=None, wantErr=True),
        inclusion(leafHash=None, wantErr=True),
        inclusion(proof=None, wantErr=True),
        inclusion(proof=[None], wantErr=True),
        inclusion(leafIdx=0, treeSize=1, leafHash=b64(CT_ROOTS[1]), root=b64(CT_ROOTS[1]), proof=None),
        consistency(size1=0, wantErr=True),
        consistency(size1=0, proof=[], wantErr=True),
        consistency(size1=0, size2=0, root1="", root2="", proof=None),
        consistency(size1=2, size2=2, root2=b64(CT_ROOTS[2]), proof=None),
        consistency(size1=3, size2=2, wantErr=True),
        consistency(size2=2**64 - 1, wantErr=True),
        consistency(root1=None, wantErr=True),
    ],
)
def test_a_vector_that_is_right_agrees_and_its_opposite_does_not(
    tmp_path: Path, probe: dict[str, Any]
) -> None:
    path = put(tmp_path, "v.json", probe)
    assert judge_file(path).agrees
    assert main(["vectors", str(tmp_path)]) == 0
    put(tmp_path, "v.json", {**probe, "wantErr": not probe["wantErr"]})
    assert not judge_file(path).agrees
    assert main(["vectors", str(tmp_path)]) == 1


def test_every_disagreement_is_named_however_deep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, "good.json", inclusion())
    put(tmp_path, "a/b/lenient.json", inclusion(wantErr=True))
    put(tmp_path, "c/strict.json", consistency(size1=1))
    put(tmp_path, "c/readme.txt", "not looked at")
    assert main(["vectors", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "a/b/lenient.json: should be refused, was accepted" in out
    assert "c/strict.json: should be accepted, was refused: " in out
    assert "1 of 3 vectors agree, 0 files malformed" in out
    assert main(["vectors", "--json", str(tmp_path)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["judged"], report["agree"], len(report["disagree"]), report["malformed"]) == (3, 1, 2, [])


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        {"wantErr": True},
        inclusion(wantErr="yes"),
        inclusion(leafIdx=-1),
        inclusion(leafIdx=2**64),
        inclusion(leafIdx=1.0),
        inclusion(leafIdx=True),
        inclusion(leafIdx="1"),
        inclusion(root="?"),
        inclusion(root="AAA"),
        inclusion(root=1),
        inclusion(proof="AAAA"),
        inclusion(proof=["?"]),
        inclusion(proof=[1]),
        {k: v for k, v in inclusion().items() if k != "wantErr"},
        {k: v for k, v in inclusion().items() if k != "treeSize"},
        {k: v for k, v in consistency().items() if k != "root2"},
        {k: v for k, v in consistency().items() if k != "proof"},
    ],
)
def test_a_file_that_is_no_vector_is_an_error_and_no_verdict(
    tmp_path: Path, content: object, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, "good.json", inclusion())
    path = put(tmp_path, "bad.json", content)
    with pytest.raises(VectorMalformed):
        judge_file(path)
    assert main(["vectors", str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert "bad.json: not a vector: " in out
    assert "1 of 1 vectors agree, 1 files malformed" in out


def test_a_disagreement_outweighs_a_malformed_file(tmp_path: Path) -> None:
    put(tmp_path, "bad.json", "{")
    put(tmp_path, "wrong.json", inclusion(wantErr=True))
    assert main(["vectors", str(tmp_path)]) == 1


def test_a_folder_without_vectors_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = put(tmp_path, "folder/readme.txt", "nothing here")
    for path in (tmp_path / "missing", tmp_path, file):
        with pytest.raises(NoVectors):
            judge_directory(path)
        assert main(["vectors", str(path)]) == 2
    capsys.readouterr()
    assert main(["vectors", "--json", str(tmp_path)]) == 2
    assert "no proof vector" in json.loads(capsys.readouterr().out)["error"]


# Proof bundles


def bundle(index: int = 300, size: int = 600, **changes: Any) -> ProofBundle:
    fields: dict[str, Any] = {
        "origin": SIGNER.name,
        "index": index,
        "size": size,
        "leaf": ENTRIES[index],
        "proof": tuple(inclusion_path(index, size, node_of(LEAVES[:size]))),
        "checkpoint": sign_checkpoint(Checkpoint(SIGNER.name, size, ROOTS[size]), [SIGNER]).decode(),
    }
    return ProofBundle(**{**fields, **changes})


def save(folder: Path, given: ProofBundle) -> str:
    path = folder / "proof.json"
    path.write_bytes(given.to_json())
    return str(path)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (599, 600), (256, 257), (300, 600)])
def test_a_bundle_verifies_from_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], index: int, size: int
) -> None:
    given = bundle(index, size)
    assert ProofBundle.from_json(given.to_json()) == given
    assert main(["verify", save(tmp_path, given), "--key", KEY]) == 0
    out = capsys.readouterr().out
    assert f"verified: entry {index} of log.example/7 at size {size}" in out
    assert ROOTS[size].hex() in out
    assert main(["verify", save(tmp_path, given), "--key", KEY, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["verified"] is True
    assert [step["sibling"] for step in report["steps"]] == [item.hex() for item in given.proof]
    assert not report["steps"] or report["steps"][-1]["result"] == report["root"] == ROOTS[size].hex()


def as_json(**changes: Any) -> dict[str, Any]:
    return {**json.loads(bundle().to_json()), **changes}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"leaf": b64(b"another")}, "root does not match"),
        ({"index": 301}, "root does not match"),
        ({"index": 600}, "beyond size"),
        ({"index": -1}, "beyond size"),
        ({"size": 599}, "the checkpoint signs 600"),
        ({"proof": []}, "wrong proof length"),
        ({"proof": [b64(ROOTS[1])] * 10}, "root does not match"),
        ({"proof": [b64(b"short")] * 10}, "has 5 bytes"),
        ({"origin": "log.example/8"}, "not of 'log.example/8'"),
        ({"checkpoint": ""}, "ends in a newline"),
        ({"checkpoint": "\ud800"}, "surrogate"),
        ({"checkpoint": bundle().checkpoint.replace("\n600\n", "\n601\n"), "size": 601}, "is wrong"),
    ],
)
def test_a_bundle_that_proves_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any], reason: str
) -> None:
    path = put(tmp_path, "proof.json", as_json(**changes))
    with pytest.raises((ProofInvalid, CheckpointInvalid), match=reason):
        ProofBundle.from_json(path.read_bytes()).verify([SIGNER.verifier()])
    assert main(["verify", str(path), "--key", KEY]) == 1
    assert capsys.readouterr().out.startswith("NOT VERIFIED: ")
    assert main(["verify", str(path), "--key", KEY, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verified"] is False


def test_a_bundle_of_another_key_is_refused(tmp_path: Path) -> None:
    assert main(["verify", save(tmp_path, bundle()), "--key", STRANGER]) == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 100_000,
        {},
        as_json(index="300"),
        as_json(index=True),
        as_json(size=600.0),
        as_json(leaf="?"),
        as_json(leaf=None),
        as_json(proof=None),
        as_json(proof=["?"]),
        as_json(proof=[1]),
        as_json(checkpoint=None),
    ],
)
def test_a_file_that_is_no_bundle_is_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object
) -> None:
    path = put(tmp_path, "proof.json", content)
    with pytest.raises(BundleMalformed):
        ProofBundle.from_json(path.read_bytes())
    assert main(["verify", str(path), "--key", KEY]) == 2
    assert capsys.readouterr().out.startswith("merklelog: ")


def test_a_missing_file_or_a_malformed_key_is_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "missing"), "--key", KEY]) == 2
    assert main(["verify", save(tmp_path, bundle()), "--key", "nonsense", "--json"]) == 2
    assert "three parts" in capsys.readouterr().out


def test_the_package_runs_as_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "good.json", inclusion())
    monkeypatch.setattr(sys, "argv", ["merklelog", "vectors", str(tmp_path)])
    with pytest.raises(SystemExit) as exit_:
        runpy.run_module("merklelog", run_name="__main__")
    assert exit_.value.code == 0


def test_the_library_needs_neither_django_nor_a_database() -> None:
    script = (
        "import sys, merklelog, merklelog.cli\n"
        "used = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(used & {'django', 'psycopg', 'kessai'}))\n"
    )
    source = str(Path(checkpoint.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": source}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_public_name_is_exported() -> None:
    import merklelog

    assert all(hasattr(merklelog, name) for name in merklelog.__all__)
    assert merklelog.canonical.canonical({}) == b"{}", "the module is not hidden by its function"
