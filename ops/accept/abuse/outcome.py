"""What became of an attack, and what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """How often it was tried and how often refused; what came otherwise than it must."""

    attempts: int = 0
    refused: int = 0
    # Of those that may be answered.
    answered: int = 0
    word: str = ""
    faults: list[str] = field(default_factory=list)
    # How often it was measured.
    rounds: int = 0

    def merge(self, other: "Outcome") -> None:
        """Adds another round of the same attack."""
        self.attempts += other.attempts
        self.refused += other.refused
        self.answered += other.answered
        self.word = f"{self.answered} answered" if self.answered else other.word
        self.rounds += other.rounds
        self.faults += [fault for fault in other.faults if fault not in self.faults]

    def must_all_be_refused(self) -> "Outcome":
        """Expects that nothing got through."""
        if self.attempts == 0 or self.attempts != self.refused:
            self.faults.append(f"{self.attempts - self.refused} of {self.attempts} attempts were not refused ({self.word})")
        return self

    def must_hold_at_most(self, held: int, limit: int) -> "Outcome":
        """Expects that no more than so many connections were left at its end."""
        self.word = f"{held} of at most {limit} left"
        if held > limit:
            self.faults.append(f"{held} connections were left, more than {limit}")
        return self

    def must_answer(self, answered: int, at_least: int, at_most: int) -> "Outcome":
        """Expects that between so many and so many were answered."""
        self.answered = answered
        self.word = f"{answered} answered"
        if not at_least <= answered <= at_most:
            self.faults.append(f"{answered} were answered, and not {at_least} to {at_most}")
        return self
