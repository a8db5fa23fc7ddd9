"""How content is bound: canonical bytes and salted digests. The rooms above reach merklelog through here."""

from merklelog.canonical import Json, canonical
from merklelog.commitment import digests, mismatches

__all__ = ["Json", "canonical", "digests", "mismatches"]
