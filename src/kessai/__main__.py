"""``python -m kessai`` is the command ``kessai``."""

from kessai.config.cli import main

main()
