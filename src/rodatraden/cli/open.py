"""`rodatraden open`: read one's own sealed bid again, or take off the layer that one holder holds, without a browser.

A bundle is checked as the server checks it, and written out as a whole or not at all. A sheet of wraps goes in and out
as the pages hand it out and take it in (docs/rules/sealing.md).
"""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import TYPE_CHECKING

from rodatraden.cli import disk
from rodatraden.cli.disk import BadFileError
from rodatraden.cli.locked import identity_of
from rodatraden.cli.words import _, said
from rodatraden.core.offer import MalformedError, read_index
from rodatraden.core.sealing.bid import Envelope, is_key_of, open_package
from rodatraden.core.sealing.bundle import read_bundle
from rodatraden.core.sealing.contents import PackageError, PackageFault, name_problem
from rodatraden.core.sealing.holders import Holds
from rodatraden.core.sealing.peels import peel_sheet, read_sheet
from rodatraden.core.sealing.wraps import peel

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from rodatraden.core.sealing.bundle import Bundle
    from rodatraden.core.sealing.contents import Package, PackedFile

FILES = "filer"
WRITTEN = {Holds.BID: "index.json", Holds.PRICE: "pris.json"}


def run(options: Namespace) -> int:
    """Open a bundle into a new folder, or peel a sheet; answer 2 when something can't be used."""
    return disk.stopping(lambda: _peel(options) if options.wraps else _open(options))


def _peel(options: Namespace) -> int:
    if options.bundle or options.into or options.out is None:
        raise BadFileError([_("With --wraps, say only --key and --out as well.")])
    disk.require_new(options.out)
    data, identity = disk.bytes_of(options.wraps), identity_of(options.key)
    try:
        sheet = read_sheet(data)
        peeled = peel_sheet(sheet, identity)
    except PackageError as error:
        at_fault = options.key if error.fault is PackageFault.IDENTITY else options.wraps
        raise disk.bad(at_fault, said(error.reason)) from error
    disk.write_new(options.out, peeled.canonical())
    asked, opened = ({bid for bid, _pair in each.wraps} for each in (sheet, peeled))
    disk.tell(_("Unlocked for {n} of {all} bids: {file}.").format(n=len(opened), all=len(asked), file=options.out))
    if opened != asked:
        disk.tell(_("What could not be unlocked is left out. Another pair of holders may open it."))
    disk.tell(_("Hand in that file on the page of the opening, and delete it then: it may hold the keys of the bids."))
    return 0


def _open(options: Namespace) -> int:
    bundle_file, into = options.bundle, options.into
    if bundle_file is None or into is None or options.out:
        raise BadFileError([_("Say which sealed bid to open, --key, and --into with the name of a new folder.")])
    disk.require_new(into)
    identity = identity_of(options.key).encode()
    try:
        with bundle_file.open("rb") as file:
            bundle = read_bundle(file)
            keys = _keys(bundle, identity)
            if Holds.BID not in keys:
                reason = _("It opens nothing in {file}. Use the key that was kept when that bid was sealed.")
                raise disk.bad(options.key, reason.format(file=bundle_file))
            _write_out(bundle, keys, into)
    except PackageError as error:
        raise disk.bad(bundle_file, said(error.reason)) from error
    except OSError as error:
        raise disk.unusable(str(bundle_file), error, _("{file} can't be opened.")) from error
    disk.tell(
        _("All of the bid is as it was sealed. It lies in {folder}.").format(folder=into),
        f"  {_('The fingerprint of the bid')}: {bundle.manifest.sha256}",
        f"  {_('The fingerprint of their list')}: {bundle.manifest.holders_sha256}",
        f"  {_('Version of the documents')}: {bundle.manifest.documents_sha256}",
    )
    if set(keys) != set(bundle.packages):
        disk.tell(_("The price has a key of its own and stayed sealed."))
    return 0


def _keys(bundle: Bundle, identity: bytes) -> dict[Holds, bytes]:
    """Return the keys of the packages that an identity opens: as the bidder's own, or as the very key of a package."""
    found = {}
    for holds, package in bundle.packages.items():
        own = peel({"own": package.wraps.own}, identity.decode())["own"] or b""
        for key in (identity, own):
            if is_key_of(bundle.manifest.packages[holds], key):
                found[holds] = key
    return found


def _write_out(bundle: Bundle, keys: Mapping[Holds, bytes], into: Path) -> None:
    """Write what is in the bundle to a new folder, which gets its name when all of it is there."""
    manifest = bundle.manifest
    temporary = Path(mkdtemp(dir=into.parent, prefix=f".{into.name}."))
    try:
        for holds, key in keys.items():
            with TemporaryFile(dir=temporary) as scratch:
                package = open_package(
                    manifest.packages[holds],
                    Envelope(manifest.tender, manifest.bid, holds),
                    identity=key,
                    index=bundle.packages[holds].index,
                    parts=bundle.packages[holds].parts,
                    stored=bundle.stored(holds),
                    scratch=scratch,
                    are_compared=True,
                )
                _write_package(package, temporary, WRITTEN[holds])
        disk.write_new(temporary / "manifest.json", manifest.canonical())
        disk.require_new(into)
        temporary.rename(into)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    disk.sync_folder(into.parent)


def _write_package(package: Package, folder: Path, name: str) -> None:
    said_in = json.dumps(package.content, ensure_ascii=False, indent=2) + "\n"
    disk.write_new(folder / name, said_in.encode())
    if package.files:
        (folder / FILES).mkdir()
    for file, file_name in _named(package).items():
        with disk.new_whole(folder / FILES / file_name) as written:
            sent = 0
            for chunk in file.chunks():
                written.write(chunk)
                sent = disk.send_on(written, sent)


def _named(package: Package) -> dict[PackedFile, str]:
    """Return under which name each file is written: the bidder's own, with a number before it where two would be one."""
    try:
        own = {str(note.id): note.name for note in read_index(package.content).files}
    except MalformedError:
        own = {}  # another program's bid: its files are called what the index calls them
    names: dict[PackedFile, str] = {}
    taken: set[str] = set()
    for file in package.files:
        wanted = own.get(file.name, file.name)
        name = wanted = file.name if name_problem(wanted) else wanted
        number = 1
        while unicodedata.normalize("NFC", name).casefold() in taken:
            number += 1
            name = f"{number}-{wanted}"
        taken.add(unicodedata.normalize("NFC", name).casefold())
        names[file] = name
    return names
