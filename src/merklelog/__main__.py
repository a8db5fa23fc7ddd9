"""``python -m merklelog`` is the command ``merklelog``."""

from merklelog.cli import main

raise SystemExit(main())
