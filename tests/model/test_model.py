"""Random acts on cases, valid and not: the system comes to what the model comes to, act by act."""

from __future__ import annotations

import os

import pytest
from django.db import transaction

import stage as the_stage
from decisions.deputies import with_deputies
from model.driver import Driver

ACTS = int(os.environ.get("MODEL_ACTS") or (20_000 if os.environ.get("CI") == "true" else 2_000))
SEEDS = 8
FIRST = int(os.environ.get("MODEL_SEED") or 1)
ACTS_OF_A_CASE = 60


@pytest.mark.timeout(0)
@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_the_system_does_what_the_model_says(db: None, seed: int) -> None:
    done, case = 0, 0
    while done < ACTS / SEEDS:
        case += 1
        with transaction.atomic():
            driver = Driver(with_deputies(the_stage.build()), seed * 1_000_000 + case)
            driver.case(ACTS_OF_A_CASE)
            transaction.set_rollback(True)
        done += driver.acts
