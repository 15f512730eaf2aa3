"""Certificates that must not be believed, made with openssl; some with the stolen key of the migration's own authority."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

from .line import Certificate, request

WORKER_NAMES = "URI:urn:skein:role:worker,URI:urn:skein:worker:forged,URI:urn:uuid:{identity}"


class Forge:
    """Makes certificates in a folder."""

    def __init__(self, folder: Path, authority: Path, authority_key: Path) -> None:
        self.folder = folder
        self.authority = authority
        self.authority_key = authority_key
        folder.mkdir()

    def of_another_authority(self) -> Certificate:
        """A worker's, by an authority that has the same name as the migration's."""
        key, certificate = self.folder / "other-key.pem", self.folder / "other.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key), "-out",
             str(certificate), "-days", "7", "-subj", "/CN=Skein migration authority"], capture_output=True, check=True)
        return self._sign("foreign", self._worker(), "clientAuth", certificate, key)

    def expired(self) -> Certificate:
        """A worker's of the migration's authority, whose week is over."""
        return self._sign("expired", self._worker(), "clientAuth", self.authority, self.authority_key, ("20200101000000Z", "20200108000000Z"))

    def coordinators(self) -> Certificate:
        """A coordinator's of the migration's authority, that would do for a client."""
        return self._sign("coordinator", "URI:urn:skein:role:coordinator", "clientAuth", self.authority, self.authority_key)

    def without_role(self) -> Certificate:
        """One of the migration's authority that names no role."""
        return self._sign("nobody", "URI:urn:example:nobody", "clientAuth", self.authority, self.authority_key)

    @staticmethod
    def _worker() -> str:
        return WORKER_NAMES.format(identity=uuid.uuid4())

    def _sign(self, name: str, names: str, usage: str, authority: Path, authority_key: Path,
              life: tuple[str, str] | None = None) -> Certificate:
        key, signing_request = request(self.folder, name)
        (self.folder / f"{name}.csr").write_text(signing_request, encoding="utf-8")
        (self.folder / "index.txt").write_text("", encoding="utf-8")
        configuration = self.folder / "ca.cnf"
        configuration.write_text(
            f"[ca]\ndefault_ca=it\n[it]\ndatabase={self.folder}/index.txt\nnew_certs_dir={self.folder}\nrand_serial=yes\ndefault_md=sha256\n"
            f"policy=any\nx509_extensions=leaf\nunique_subject=no\n[any]\ncommonName=supplied\n[leaf]\nbasicConstraints=critical,CA:FALSE\n"
            f"keyUsage=critical,digitalSignature\nextendedKeyUsage={usage}\nauthorityKeyIdentifier=keyid\nsubjectAltName={names}\n", encoding="utf-8")
        dates = ["-startdate", life[0], "-enddate", life[1]] if life else ["-days", "7"]
        certificate = self.folder / f"{name}.pem"
        subprocess.run(
            ["openssl", "ca", "-batch", "-notext", "-config", str(configuration), "-cert", str(authority), "-keyfile", str(authority_key), "-in",
             str(self.folder / f"{name}.csr"), "-out", str(certificate), *dates], capture_output=True, check=True)
        return Certificate(key, certificate, authority)
