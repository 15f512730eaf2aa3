"""Transcripts: what is said and what must come back. Tests/Transcripts/README.md has their notation."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from pathlib import Path

from enrolment import Invitation, enrol, make_request, renew, trust
from line import Identity, Line
from program import LOOK_SECONDS, Coordinator

MARKS = ("! ", "@ ", "> ", "~ ", "< ")
# How long a line that is said again and again may wait for its reply: many terms of a transcript.
PATIENCE_SECONDS = 30.0
# An invitation that is to be over lives so long: a busy machine takes a while to write it down before that.
SHORT_LIFE = "3 s"
# `‹long›`: with a verb before it, a line that is too long.
LONG_SPACES = 65_536
# SHA-256 in hexadecimal digits.
DIGEST_DIGITS = 64


class Different(Exception):
    """A reply is not what the transcript has."""


def steps(path: Path) -> list[tuple[int, str, str]]:
    """Line number, mark and matter of each step."""
    result: list[tuple[int, str, str]] = []
    for number, line in _lines(path):
        if line.startswith(MARKS):
            result.append((number, line[0], line[2:]))
        elif line.startswith("  ") and result:
            last, mark, matter = result.pop()
            result.append((last, mark, matter + line.strip()))
        elif line and not line.startswith("#"):
            raise ValueError(f"{path.name}:{number}: no line of a transcript: {line}")
    return result


def _lines(path: Path) -> list[tuple[int, str]]:
    """The numbered lines of a transcript; of a Markdown file those of fenced blocks that begin with a step."""
    lines = list(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    if path.suffix != ".md":
        return lines
    fences = [place for place, (_, line) in enumerate(lines) if line.startswith("```")]
    blocks = [lines[begin + 1:end] for begin, end in zip(fences[::2], fences[1::2])]
    return [line for block in blocks if block and block[0][1].startswith(MARKS) for line in block]


def check_runner(program: Path) -> None:
    """Raises AssertionError unless a reply that differs from its transcript is noticed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wrong.txt"
        path.write_text('@ stranger\n> AUTHORITY {}\n< OK {"certificate":…}\n> LEASE {"count":1}\n< ERR {"code":"revoked",…}\n', encoding="utf-8")
        try:
            Runner(program).run(path)
        except Different as difference:
            assert "wrong.txt:5" in str(difference), difference
            return
    raise AssertionError("a wrong transcript passed")


class Bindings:
    """Values by name: what a transcript bound so far."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def filled(self, line: str) -> str:
        """`line` with each `‹name›` replaced by its value."""
        return re.sub("‹([a-z0-9-]+)›", lambda match: self.values.get(match.group(1), match.group(0)), line)

    def accept(self, heard: str, expected: str) -> bool:
        """Whether `heard` is what `expected` says; binds the names in it."""
        line = self.filled(expected)
        pattern = re.escape(line).replace("…", ".*")
        match = re.fullmatch(re.sub("‹[a-z0-9-]+›", '([^,"}\\\\]]+)', pattern), heard)
        if match is None:
            return False
        self.values.update(zip(re.findall("‹([a-z0-9-]+)›", line), match.groups()))
        return True


class Runner:
    """Runs one transcript against a coordinator of its own."""

    def __init__(self, program: Path):
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="skein-t-"))
        self._running: Coordinator | None = None
        self._bindings = Bindings()
        self._identities: dict[str, Identity] = {}
        self._lines: dict[str, Line] = {}
        self._current = "stranger"
        self._pieces: dict[str, bytes] = {}
        self._again = ""
        request = make_request(self._folder, "by-hand")[1].replace("\n", "\\n")
        self._bindings.values |= {"signing-request": request, "request": request}
        self._bindings.values["long"] = " " * LONG_SPACES
        self._bindings.values |= {digit * 4: digit * DIGEST_DIGITS for digit in "abcdef"}

    def run(self, path: Path) -> int:
        """Runs it; how many replies were as they must be. Raises Different at the first that is not."""
        count = 0
        try:
            for number, mark, matter in steps(path):
                match mark:
                    case "!": self._act(matter.split())
                    case "@": self._change(matter.split())
                    case ">": self._say(matter)
                    case "~": self._say(matter, again=True)
                    case _:
                        self._hear(matter, f"{path.name}:{number}")
                        count += 1
            return count
        finally:
            self._end()

    def _end(self) -> None:
        for line in self._lines.values():
            line.close()
        if self._running:
            self._running.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _coordinator(self) -> Coordinator:
        if self._running is None:
            self._running = Coordinator(self._program, self._folder / "c")
            self._running.serve()
            invitation = Invitation.parse(self._running.invite("nobody"))
            self._bindings.values["fingerprint"] = invitation.sha256
            self._authority = trust(invitation, self._folder)
        return self._running

    # What is said and heard

    def _line(self) -> Line:
        name, port = self._current, self._coordinator.port
        if name not in self._lines:
            if name == "stranger":
                self._lines[name] = Line("127.0.0.1", port, authority=self._authority)
            else:
                self._lines[name] = Line("127.0.0.1", port, identity=self._identity(name))
        return self._lines[name]

    def _identity(self, name: str) -> Identity:
        if name not in self._identities:
            folder = Path(tempfile.mkdtemp(prefix=name, dir=self._folder))
            identity, reply = enrol(Invitation.parse(self._coordinator.invite(name)), folder)
            if identity is None:
                raise Different(f"{name} cannot enrol: {reply}")
            self._identities[name] = identity
        return self._identities[name]

    def _change(self, words: list[str]) -> None:
        self._current = words[0]
        if words[1:] == ["renewed"]:
            self._renew()
        elif words[1:] and self._current in self._lines:
            self._lines.pop(self._current).close()
        if words[1:] == ["anew"]:
            self._identities.pop(self._current, None)
        self._line()

    def _renew(self) -> None:
        old, before = self._identity(self._current), self._line()
        self._identities[self._current] = renew(before, Path(tempfile.mkdtemp(prefix=self._current, dir=self._folder)))
        self._identities[f"{self._current}-before"] = old
        self._lines[f"{self._current}-before"] = self._lines.pop(self._current)

    def _say(self, matter: str, again: bool = False) -> None:
        if matter.startswith("MEDIUM "):
            self._pieces = {}
        self._bindings.values["inventory-digest"] = hashlib.sha256(
            b"".join(digest for _, digest in sorted(self._pieces.items(), key=lambda item: int(item[0])))).hexdigest()
        line = self._bindings.filled(matter)
        if line.startswith("INVENTORY ") and (number := re.search(r'"number":(\d+)', line)):
            self._pieces.setdefault(number.group(1), hashlib.sha256(line.removeprefix("INVENTORY ").encode()).digest())
        self._again = line if again else ""
        self._line().say(line)

    def _hear(self, expected: str, place: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        heard = self._line().hear()
        while not self._bindings.accept(heard, expected):
            if not self._again or time.monotonic() > deadline:
                raise Different(f"{place}: expected {self._bindings.filled(expected)}\n{place}:    heard {heard}")
            time.sleep(LOOK_SECONDS)
            self._line().say(self._again)
            heard = self._line().hear()
        self._again = ""

    # What operators do

    def _act(self, words: list[str]) -> None:
        match words:
            case ["invite", name, "as", binding]: self._invite(name, binding, "30m")
            case ["invite", name, "as", binding, "over"]: self._invite(name, binding, SHORT_LIFE)
            case ["expect", label]: self._expect(label, "")
            case ["expect", label, "copy", "of", original]: self._expect(label, original)
            case ["exclude", label, *reason]: self._coordinator.command("media", "exclude", label, "--reason", " ".join(reason))
            case ["order", *order]: self._order(order)
            case [("drain" | "resume" | "revoke") as change, name]: self._coordinator.command("workers", change, name)
            case ["previews", study]:
                # Nothing is there yet: what matters is that it was asked for.
                self._coordinator.attempt("match", "previews", study, "--to", str(self._folder / "pictures"), "--wait", "0")
            case ["rotate"]: self._coordinator.command("authority", "rotate")
            case ["restart"]: self._restart()
            case ["restart", "term", term, "lost", lost]: self._restart(term, lost)
            case _: raise ValueError(f"no directive of a transcript: {' '.join(words)}")

    def _invite(self, name: str, binding: str, ttl: str) -> None:
        self._bindings.values[binding] = Invitation.parse(self._coordinator.invite(name, ttl)).secret
        if ttl == SHORT_LIFE:
            time.sleep(float(ttl.split()[0]))

    def _expect(self, label: str, copy_of: str) -> None:
        self._coordinator.import_rows("media", "label,kind,copy_of", f"{label},cd,{copy_of}")

    def _order(self, words: list[str]) -> None:
        patient, accession, date, modality, name, birth_date = words
        self._coordinator.import_rows(
            "orders", "patient_id,accession_number,exam_date,modality,patient_name,birth_date",
            f"{patient},{accession},{date},{modality},{name},{birth_date}")

    def _restart(self, *terms: str) -> None:
        for line in self._lines.values():
            line.close()
        self._lines = {}
        self._coordinator.restart(*[re.sub(r"(?<=\d)(?=[a-z])", " ", term) for term in terms])


def all_transcripts(tree: Path) -> list[Path]:
    """The transcripts, and the document whose examples are one."""
    return [tree / "docs" / "protocol.md", *sorted((tree / "Tests" / "Transcripts").glob("*.txt"))]
