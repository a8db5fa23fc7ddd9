"""The run itself, in a process of its own: arguments in, a JSON object out. Its settings name a fresh database."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path


def main() -> int:
    """Exit code 0: every count that must be zero is; 1: not; 2: could not run."""
    parser = argparse.ArgumentParser()
    for name in ("staff", "transfers", "cases", "seed", "workers"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--units", type=Path)
    parser.add_argument("--language", default="ja")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kessai.config.settings")
    import django
    from django.utils import translation

    django.setup()
    from kessai.config import cli
    from kessai.config.simulation.april import run
    from kessai.kernel.errors import Cannot

    plan = run.Plan(given.staff, given.transfers, given.cases, given.seed, given.workers, given.units)
    try:
        with translation.override(given.language):
            result = run.run(plan)
    except Cannot as refusal:
        cli.say(refusal, sys.stderr)
        return cli.COULD_NOT_RUN
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(json.dumps(result.to_json(), ensure_ascii=False))
    return 0 if result.good else cli.REFUSED


if __name__ == "__main__":
    sys.exit(main())
