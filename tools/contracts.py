"""Contracts of our own for import-linter, beside those it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph


class Doors(Contract):
    """The named modules of each package are imported by that package alone.

    One contract for all rooms, where import-linter's `protected` would need one for each and stop at a room that lacks one.
    """

    packages = fields.ListField(subfield=fields.StringField())
    private = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 -- import-linter's signature
        broken = [
            (importer, module)
            for package in self.packages  # type: ignore[attr-defined]
            for name in self.private  # type: ignore[attr-defined]
            if (door := f"{package}.{name}") in graph.modules
            for module in sorted({door, *graph.find_descendants(door)})
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not importer.startswith(f"{package}.")
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, module in check.metadata["broken"]:
            output.print_error(f"- {importer} may not import {module}: it is private to its room", bold=False)
