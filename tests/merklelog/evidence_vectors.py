"""The bundles in docs/evidence/vectors: good ones and bad ones, each with the code of the failure it must get."""

from __future__ import annotations

from pathlib import Path

import evidence_samples as samples

from merklelog.evidence.making import Bundle, Parts, lay_out

FOLDER = Path(__file__).parents[2] / "docs" / "evidence" / "vectors"


def no_timestamp() -> Bundle:
    log = samples.log_of()
    return lay_out(
        Parts(
            acts=samples.acts_of(log),
            checkpoint=log.note(),
            policy=samples.policy(),
            files=samples.contents(),
        )
    )
