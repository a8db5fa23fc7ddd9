"""A witness: cosigns the checkpoints of logs it knows, each consistent with the one before.

Source: C2SP tlog-witness. Needs what ``merklelog`` needs, and a directory for its state. Read in this order:
``protocol`` (what goes over the wire), ``evidence``, ``state``, ``judging``, ``known``, ``server``, ``asking`` (a
log's side), ``command``.
"""
