"""An orders file of full size into the ledger, with what is broken in it, beside sqlite3 (see docs/matching.md)."""
