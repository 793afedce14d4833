"""How long is waited for a database."""

from __future__ import annotations

#: Seconds to wait for a connection, a lock or the turn before the database counts as unavailable.
PATIENCE = 30.0

#: Seconds that one statement may take, and that a transaction may pause between two of them: whoever hangs
#: then loses its locks, which others wait for.
LONGEST = 60.0

#: Seconds to wait for a connection to a machine that does not answer.
ANSWER = 10.0
