"""A server that poses as the coordinator with a worker's certificate, and a real worker that is led to it."""

from __future__ import annotations

import asyncio
import ssl
import time
from pathlib import Path

from lab.processes import free_port
from lab.skein import Gateway
from lab.yaml_edit import with_value

from .line import Certificate
from .outcome import Outcome

WORDS = "is not this migration's coordinator"
PATIENCE_SECONDS = 30


async def worker_as_server(certificate: Certificate, gateway: Gateway, log: Path) -> Outcome:
    """Counts connections of the worker, and those on which it said nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate.certificate, certificate.key)
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.append(await reader.read(1))
        except OSError:
            pass
        writer.transport.abort()

    port = free_port()
    text = gateway.configuration.read_text(encoding="utf-8")
    gateway.configuration.write_text(with_value(text, "coordinator", f'"127.0.0.1:{port}"'), encoding="utf-8")
    outcome = Outcome()
    async with await asyncio.start_server(serve, "127.0.0.1", port, ssl=context):
        with gateway.start(log):
            for _ in range(PATIENCE_SECONDS * 10):
                outcome.attempts = log.read_text(errors="replace").count(WORDS)
                if outcome.attempts:
                    break
                await asyncio.sleep(0.1)
    outcome.refused = outcome.attempts if not any(heard) else 0
    outcome.word = WORDS
    return outcome.must_all_be_refused()


def expired_worker(certificate: Certificate, gateway: Gateway, log: Path) -> Outcome:
    """The worker starts with a certificate whose week is over: it must end by itself and say what is to be done."""
    for made, name in [(certificate.key, "worker-key.pem"), (certificate.certificate, "worker.pem")]:
        (gateway.folder / name).write_bytes(made.read_bytes())
    with gateway.start(log) as worker:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while worker.exit_status is None and time.monotonic() < deadline:
            time.sleep(0.1)
        status = worker.exit_status
    words = log.read_text(errors="replace")
    is_told = "certificate expired" in words and "coordinator invite" in words
    word = "ends with status 1 and says what to do" if is_told else f"status {status}"
    return Outcome(attempts=1, refused=int(status == 1 and is_told), word=word).must_all_be_refused()
