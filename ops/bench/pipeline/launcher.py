"""`launcher.py DESCRIPTOR COMMAND…`: runs a command to its end and writes its seconds, processor seconds, peak of memory and wait status there.

A process of its own, because it is small: Linux counts as a program's peak what the process that started it had resident.
"""

import json
import os
import sys
import time

command = sys.argv[2:]
started = time.monotonic()
process = os.posix_spawnp(command[0], command, os.environ)
_, status, used = os.wait4(process, 0)
seconds = time.monotonic() - started
figures = {"seconds": seconds, "processor": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024, "status": status}
with os.fdopen(int(sys.argv[1]), "w") as file:
    json.dump(figures, file)
