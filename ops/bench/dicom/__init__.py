"""Reading headers and sending beside DCMTK, pydicom and openssl (see README.md)."""
