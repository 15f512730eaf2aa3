"""Writes a ledger as SQL text, for the tests of later programs: `python3 dump.py LEDGER > version-N.sql`.

The ledger is the one that `make accept-check` leaves in .lab/small-1/coordinator: a small migration of the lab's invented patients. It is made
with the program whose schema is about to be released, and never again.
"""

import sqlite3
import sys
from contextlib import closing


def main() -> None:
    """Prints the ledger's tables, rows and the two numbers in the file's header."""
    with closing(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)) as ledger:
        version = ledger.execute("PRAGMA user_version").fetchone()[0]
        application = ledger.execute("PRAGMA application_id").fetchone()[0]
        print(f"-- A ledger of schema version {version}: a small migration of the lab (invented patients), written by dump.py.")
        for line in ledger.iterdump():
            print(line)
    print(f"PRAGMA application_id = {application};")
    print(f"PRAGMA user_version = {version};")


main()
