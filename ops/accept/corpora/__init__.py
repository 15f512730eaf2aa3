"""The sample files that the registries carry, and what Skein, pydicom and DCMTK make of them."""
