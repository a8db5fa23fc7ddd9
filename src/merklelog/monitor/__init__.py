"""Following a log from outside: every entry read, the tree built again, compared with what was seen before.

``remote`` reads over HTTP, ``following`` judges, ``acts`` looks for the acts of a case, ``copies`` checks a copy of
the files, ``command`` is ``merklelog monitor`` and ``merklelog fsck``.
"""
