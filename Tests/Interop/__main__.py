"""accept-protocol: a client that is not ours to the coordinator that is.

    python3 Tests/Interop --coordinator .build/release/coordinator [--only NAME]

Runs the examples of docs/protocol.md, all transcripts and a scenario of its own against the coordinator program. The client is written
from docs/protocol.md alone, with Python's standard library and the `openssl` command. Exit status 1 when anything differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from line import Line, LineFault
from program import Refused
from scenario import SCENES, Failed, play
from transcripts import Different, Runner, all_transcripts, check_runner

TREE = Path(__file__).resolve().parents[2]
# Transcripts that run at the same time, each with a coordinator of its own: most of their time is its start.
AT_ONCE = 4


def main() -> int:
    """Runs what was asked for; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--only", default="", help="transcripts whose names have this, or `scenario`")
    options = parser.parse_args()
    program = options.coordinator.resolve()
    begin = time.monotonic()
    transcripts = [path for path in all_transcripts(TREE) if options.only in path.name]
    check_runner(program)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = list(pool.map(lambda path: run(program, path), transcripts))
    wanted = SCENES if options.only in "scenario" else []
    scenes = act(program) if wanted else 0
    failures = counts.count(None) + (scenes < len(wanted))
    print(
        f"accept-protocol: {len(transcripts)} transcripts with {sum(filter(None, counts))} replies, {scenes} of {len(wanted)} scenes, "
        f"{Line.exchanges} exchanges in {time.monotonic() - begin:.1f} s; {failures} failed")
    return 1 if failures or not transcripts + wanted else 0


def run(program: Path, transcript: Path) -> int | None:
    """Runs a transcript; how many replies it has, or None when one was not as it must be."""
    try:
        count = Runner(program).run(transcript)
    except (Different, LineFault, Refused) as fault:
        print(f"{transcript.stem}: FAILED\n{fault}", flush=True)
        return None
    print(f"{transcript.stem}: {count} replies as they must be", flush=True)
    return count


def act(program: Path) -> int:
    """Plays the scenario; how many scenes went well."""
    try:
        return play(program)
    except Failed as failed:
        print(f"scenario: FAILED\n{failed}")
        return 0


if __name__ == "__main__":
    sys.exit(main())
