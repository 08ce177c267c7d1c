"""Sealed bids: what only two holders together can open, and only what was sealed comes out (docs/rules/sealing.md)."""

from rodatraden.core.sealing.contents import (
    MOST_FILES,
    NewFile,
    Package,
    PackageError,
    PackageFault,
    PackedFile,
    name_problem,
)

__all__ = [
    "MOST_FILES",
    "NewFile",
    "Package",
    "PackageError",
    "PackageFault",
    "PackedFile",
    "name_problem",
]
