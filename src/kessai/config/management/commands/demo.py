"""``kessai demo``: a sample ministry to try everything in."""

from __future__ import annotations

from django.core.management.base import CommandParser

from kessai.config import environment, sample
from kessai.config.management.commands import up

ANNOUNCEMENT = """
  決裁 kessai のデモが動いています。          kessai is running, with a sample ministry.

      {address}

  開いて人を選ぶとサインインできます。        Open it and choose a person to sign in as:
  パスワードはいりません。                    no password is needed.
  台帳には、同じ機械で動くデモ用の立会人が    A witness of the demo cosigns the log. It runs
  連署します。仕組みを見せるだけのものです。  on this machine and proves nothing to others.
  停止は Ctrl-C。データは残ります:           Ctrl-C stops it. The data is kept in
      {home}
  最初からやり直すには make demo FRESH=1      make demo FRESH=1 starts over.
"""


class Command(up.Command):
    help = "Run everything with a sample ministry; the data is kept unless --fresh is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="clear all data of this KESSAI_HOME first")

    def prepare(self) -> None:
        sample.seed()
        sample.seed_past()

    def announce(self) -> None:
        self.stdout.write(ANNOUNCEMENT.format(address=up.address(), home=environment.home()))
        self.stdout.flush()
