"""The gateways of a run: each with its worker, its drive and its operator."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..skein import CommandError, Coordinator, Gateway, Worker
from .evidence import waiting
from .feeding import Operator
from .shelf import Shelf
from .watch import Sample, Watch

# Short, so that a loss is noticed while the run lasts; a worker beats three times a term.
TERM_SECONDS = 3
LOST_AFTER_SECONDS = 6
LEASES = f"{{ term: {TERM_SECONDS} s, lost-after: {LOST_AFTER_SECONDS} s }}"
BEAT_SECONDS = TERM_SECONDS / 3
# What is waited for comes within seconds; a slow machine under load may need a good deal more.
PATIENCE_SECONDS = 90


@dataclass
class Post:
    """A gateway where somebody works."""

    gateway: Gateway
    worker: Worker
    operator: Operator
    is_lost: bool = False


class Fleet:
    """The posts by name; they are stopped with the stack."""

    def __init__(self, coordinator: Coordinator, program: Path, folder: Path, shelf: Shelf, watch: Watch, stack: ExitStack) -> None:
        self.coordinator, self.shelf, self.watch = coordinator, shelf, watch
        self.posts: dict[str, Post] = {}
        self._program, self._folder, self._stack = program, folder, stack
        watch.guards.append(self.check)

    def join(self, name: str) -> Gateway:
        """Invites that gateway and lets it join."""
        gateway = Gateway(self._program, self._folder / name, name)
        gateway.join(self.coordinator.ask("invite", name).strip())
        return gateway

    def start(self, gateway: Gateway) -> Post:
        """Starts its worker and sends an operator, for whom a disc is set aside."""
        worker = self._stack.enter_context(gateway.start(self._folder / "log" / f"{gateway.name}.log"))
        self.shelf.set_aside(gateway.name)
        post = self.posts[gateway.name] = Post(gateway, worker, Operator(gateway, worker, self.shelf, self.watch))
        post.operator.start()
        return post

    def kill(self, name: str) -> None:
        """Ends that worker with SIGKILL; its operator leaves, and puts the disc of its drive back."""
        post = self.posts[name]
        post.is_lost = True
        post.operator.leave()
        post.worker.kill()
        if post.worker.exit_status != -signal.SIGKILL:
            raise CommandError(f"{name} had ended by itself, with status {post.worker.exit_status}:\n{post.worker.tail()}")
        post.operator.join()

    def check(self) -> None:
        """Raises CommandError when a worker has ended that nobody killed, or when an operator cannot go on."""
        for name, post in list(self.posts.items()):
            if post.is_lost:
                continue
            if post.worker.exit_status is not None:
                raise CommandError(f"{name} ended with status {post.worker.exit_status}:\n{post.worker.tail()}")
            if post.operator.failure:
                raise CommandError(f"{post.operator.name}: {post.operator.failure}")

    def studies(self) -> list[dict]:
        """The coordinator's list of studies."""
        return self.coordinator.ask_json("studies", "--json")["studies"]

    def richest(self, sample: Sample, states: set[str], spared: str) -> tuple[str, list[dict]]:
        """Who has the most studies in these states that nobody else could send, and these studies; not the gateway that is spared."""
        studies = self.studies()
        alive = [name for name, post in self.posts.items() if not post.is_lost and sample.state(name) == "connected"]
        owned = [(name, waiting(studies, sample, name, states)) for name in alive if name != spared]
        return max(owned, key=lambda pair: len(pair[1]), default=("", []))

    def rest(self) -> None:
        """The operators' hands rest."""
        for post in self.posts.values():
            post.operator.halt()

    def stop(self) -> None:
        """Stops all workers in order, the last one first."""
        for post in reversed(self.posts.values()):
            post.worker.stop()
