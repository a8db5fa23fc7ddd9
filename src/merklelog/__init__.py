"""A transparency log's arithmetic, alone: tree, tiles, signed checkpoints, proofs and a verifier.

Sources: RFC 9162 §2.1 (tree and proofs), C2SP tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature and
tlog-policy, RFC 8785 (canonical JSON), RFC 3161 (time-stamps). Needs only the standard library and
``cryptography`` (signatures). Read in this order: ``tree``, ``layout``, ``tiles``, ``note``, ``checkpoint``,
``cosignature``, ``policy``, ``bundle``, ``canonical``, ``commitment``, ``der``, ``signed_data``, ``timestamps``.
The witness is in ``merklelog.witness``.

The function ``canonical`` is left in its module, whose name it would hide.
"""

from merklelog.bundle import BundleMalformed, ProofBundle
from merklelog.canonical import Json, NotCanonical, parse_canonical
from merklelog.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint, sign_checkpoint
from merklelog.commitment import digests, field_digest, field_salt, mismatches
from merklelog.cosignature import (
    CosignatureVerifier,
    Cosigner,
    cosigned_message,
    open_cosignatures,
    parse_witness_key,
    time_of,
)
from merklelog.layout import (
    Tile,
    TileInvalid,
    bundles_grown,
    parse_bundle,
    parse_path,
    parse_tile,
    serialise_bundle,
    tile_at,
    tile_bytes,
    tiles_grown,
)
from merklelog.note import (
    Note,
    NoteInvalid,
    NoteSigner,
    RemoteSigner,
    Signature,
    Signer,
    Verifier,
    open_note,
    sign,
)
from merklelog.policy import Judgement, Policy, PolicyInvalid
from merklelog.tiles import (
    DirectoryStore,
    TileConflict,
    TileMissing,
    TileReader,
    entry_bundles,
    tiles_between,
)
from merklelog.timestamps import (
    Timestamp,
    TimestampInvalid,
    bare,
    open_timestamp,
    read_certificates,
    verify_timestamp,
)
from merklelog.tree import (
    EMPTY_ROOT,
    HASH_SIZE,
    Frontier,
    NodeReader,
    ProofInvalid,
    Step,
    consistency_path,
    fold_inclusion,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_from_nodes,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from merklelog.vectors import NoVectors, Report, VectorMalformed, Verdict, judge_directory, judge_file

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "BundleMalformed",
    "Checkpoint",
    "CheckpointInvalid",
    "CosignatureVerifier",
    "Cosigner",
    "DirectoryStore",
    "Frontier",
    "Json",
    "Judgement",
    "NoVectors",
    "NodeReader",
    "NotCanonical",
    "Note",
    "NoteInvalid",
    "NoteSigner",
    "Policy",
    "PolicyInvalid",
    "ProofBundle",
    "ProofInvalid",
    "RemoteSigner",
    "Report",
    "Signature",
    "Signer",
    "Step",
    "Tile",
    "TileConflict",
    "TileInvalid",
    "TileMissing",
    "TileReader",
    "Timestamp",
    "TimestampInvalid",
    "VectorMalformed",
    "Verdict",
    "Verifier",
    "bare",
    "bundles_grown",
    "consistency_path",
    "cosigned_message",
    "digests",
    "entry_bundles",
    "field_digest",
    "field_salt",
    "fold_inclusion",
    "inclusion_path",
    "judge_directory",
    "judge_file",
    "leaf_hash",
    "mismatches",
    "node_hash",
    "open_checkpoint",
    "open_cosignatures",
    "open_note",
    "open_timestamp",
    "parse_bundle",
    "parse_canonical",
    "parse_path",
    "parse_tile",
    "parse_witness_key",
    "read_certificates",
    "root_from_nodes",
    "root_of",
    "serialise_bundle",
    "sign",
    "sign_checkpoint",
    "tile_at",
    "tile_bytes",
    "tiles_between",
    "tiles_grown",
    "time_of",
    "verify_consistency",
    "verify_inclusion",
    "verify_timestamp",
]
