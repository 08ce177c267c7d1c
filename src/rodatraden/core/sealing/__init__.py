"""Sealed packages: files and an index as one opaque row of bytes that only the holder of the key can read."""

from rodatraden.core.sealing.package import (
    MOST_FILES,
    NewFile,
    Package,
    PackageError,
    PackageFault,
    PackedFile,
    name_problem,
    open_package,
    open_stream,
    padded_size,
    seal,
    seal_stream,
)

__all__ = [
    "MOST_FILES",
    "NewFile",
    "Package",
    "PackageError",
    "PackageFault",
    "PackedFile",
    "name_problem",
    "open_package",
    "open_stream",
    "padded_size",
    "seal",
    "seal_stream",
]
