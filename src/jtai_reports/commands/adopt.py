"""`jtai adopt`: take in letters that were downloaded by hand."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from jtai_reports.commands.adding import add_command, printable
from jtai_reports.commands.options import add_reports
from jtai_reports.errors import JtaiError, UnreadableFileError

if TYPE_CHECKING:
    from jtai_reports.acquire.holdings import Holdings
    from jtai_reports.commands.adding import Commands
    from jtai_reports.letter.records import Letter
    from jtai_reports.reference.catalogue import CatalogueEntry

Ground = Literal["its checksum", "its area and date", ""]


class Adopted(NamedTuple):
    """What became of one file: the letter of the catalogue that it is, how that was seen, and where it lies."""

    file: Path
    what: str
    entry: CatalogueEntry | None
    ground: Ground
    path: Path


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands, "adopt", _adopt, "take in letters that were downloaded by hand, whatever their names"
    )
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="PDF files; they are copied, or, where they lie in the folder already, renamed",
    )
    add_reports(parser)


def adopt(file: Path, holdings: Holdings) -> Adopted:
    """Copy a letter into the folder under the name that the catalogue gives it, or else its area and date.

    Raises:
        UnreadableFileError: the file is no letter of the profile.
    """
    from jtai_reports.acquire.holdings import Seen  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.commands.letters import letter_in  # noqa: PLC0415
    from jtai_reports.outline import report_id  # noqa: PLC0415
    from jtai_reports.pdf.reader import read_file  # noqa: PLC0415

    content = read_file(file)
    letter = letter_in(content, beside=holdings.folder)
    sha256 = hashlib.sha256(content).hexdigest()
    entry, ground = match(letter, sha256, holdings.folder)
    name = entry.file_id if entry else report_id(letter, sha256)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    seen = Seen(entry.url if entry else "", now, sha256, len(content), source="adopted")
    placed = holdings.place(name, content, seen, held_is_sound=_is_letter(holdings.path(name)))
    if file.parent.resolve() == holdings.folder.resolve() and not file.samefile(placed.path):
        file.unlink()  # the folder would hold the letter twice
    return Adopted(file, placed.what, entry, ground, placed.path)


def match(letter: Letter, sha256: str, folder: Path) -> tuple[CatalogueEntry | None, Ground]:
    """The letter of the catalogue that a file is, by its bytes, else by the area and date that it prints."""
    from jtai_reports.reference.catalogue import find_entry, read_all  # noqa: PLC0415 - keeps --help fast

    entries = read_all(folder)
    same = next((entry for entry in entries if entry.sha256 == sha256), None)
    if same is not None:
        return same, "its checksum"
    details = letter.details
    near = find_entry("", details.authority, details.letter_date, entries=entries)
    return near, "its area and date" if near else ""


def adopted_line(adopted: Adopted) -> str:
    """What became of one file, on one line."""
    entry = adopted.entry
    which = f"{entry.authority}, {entry.published}, by {adopted.ground}" if entry else "a letter not in the catalogue"
    what = {"held": "held already", "changed": "another version of a letter that is held"}.get(adopted.what, "taken in")
    return f"{adopted.file}: {which}: {what}: {adopted.path}"


def _adopt(arguments: argparse.Namespace) -> int:
    from jtai_reports.acquire.holdings import open_holdings  # noqa: PLC0415 - keeps --help fast
    from jtai_reports.reference.readers import read_phrases  # noqa: PLC0415

    holdings = open_holdings(arguments.reports)
    faults: list[str] = []
    files: Sequence[Path] = arguments.files
    for file in files:
        try:
            line = adopted_line(adopt(file, holdings))
        except UnreadableFileError as fault:
            line = f"not taken in: {fault.of(str(file))}"
            faults.append(line)
        print(printable(line).replace("\n", " "))
    if len(faults) == len(files):
        raise JtaiError(f"None of {len(files)} files is {read_phrases().name} that can be read.")
    return 3 if faults else 0


def _is_letter(path: Path) -> bool:
    from jtai_reports.commands.letters import check_letter  # noqa: PLC0415 - keeps --help fast

    try:
        check_letter(path.read_bytes())
    except (JtaiError, OSError):
        return False
    return True
