"""Evidence bundles: the acts of a case in one file that anybody can check. The format: docs/evidence/format.md.

Read in this order: ``container``, ``bag``, ``names``, ``acts``, ``files``, ``making``, ``verifying``, ``result``,
``report``, ``words``, ``command``.
"""
