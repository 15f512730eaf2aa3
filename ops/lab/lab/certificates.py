"""A certificate that is over: the same holder, the same key, signed by the migration's own authority, with its end in the past."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .skein import run

# OpenSSL's `ca` is the one command of it that takes the dates as they are wanted (openssl-ca(1)).
CONFIGURATION = """
[ca]
default_ca = here
[here]
database = {folder}/index
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
copy_extensions = copyall
[any]
commonName = supplied
"""
LIFE = timedelta(days=7)


def expire(certificate: Path, authority: Path, ended: timedelta) -> Path:
    """Puts a certificate that ended so long ago in the place of this one, `NAME.pem` beside `NAME-key.pem`; returns where the good one lies now.

    `authority` is the folder with the authority's key.
    """
    kept = certificate.with_suffix(".good")
    shutil.copy2(certificate, kept)
    end = datetime.now(UTC) - ended
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "index").touch()
        (folder / "serial").write_text("01\n")
        (folder / "ca.cnf").write_text(CONFIGURATION.format(folder=folder))
        request = str(folder / "request.pem")
        key = str(certificate.with_name(f"{certificate.stem}-key.pem"))
        run(["openssl", "x509", "-x509toreq", "-in", str(certificate), "-signkey", key, "-copy_extensions", "copyall", "-out", request])
        run(["openssl", "ca", "-config", str(folder / "ca.cnf"), "-batch", "-notext", "-in", request, "-out", str(folder / "over.pem"),
             "-cert", str(authority / "authority.pem"), "-keyfile", str(authority / "authority-key.pem"),
             "-startdate", _date(end - LIFE), "-enddate", _date(end)])
        certificate.write_bytes((folder / "over.pem").read_bytes())
    return kept


def _date(moment: datetime) -> str:
    """As X.509 writes it (GeneralizedTime, RFC 5280 §4.1.2.5.2)."""
    return f"{moment:%Y%m%d%H%M%S}Z"
