"""How content is bound: canonical bytes and salted digests. The rooms above reach merklelog through here."""

from merklelog.canonical import Json, canonical
from merklelog.commitment import digests, field_salt, mismatches

__all__ = ["Json", "canonical", "digests", "field_salt", "mismatches"]
