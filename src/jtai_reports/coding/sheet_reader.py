"""Read coding sheets back, and say of every fault in which cell it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jtai_reports.coding.coder import CODERS
from jtai_reports.coding.coder_codes import CODE_COLUMNS, CoderCodes, use_codings
from jtai_reports.coding.sheet import CODING, INSTRUCTIONS, SLOTS, cell_text, code_columns
from jtai_reports.coding.sheet_file import SheetFile, SheetRow, open_sheet
from jtai_reports.errors import JtaiError, UsageError, nearest_name

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook, Facet
    from jtai_reports.corpus import Corpus

NEEDED = ("statement_id", "text", *(column for facet in SLOTS for column in code_columns(facet)))


class SheetError(JtaiError):
    """Coding sheets cannot be used as they stand; `faults` lists all that is wrong, a sentence each."""

    exit_code = 2

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = "".join(f"\n  - {fault}" for fault in faults)
        super().__init__(f"{count} in the coding sheets:{lines}\n", hint="Mend these cells and read the sheets again.")


def read_sheets(paths: Iterable[Path], statements: pd.DataFrame, codebook: Codebook) -> list[CoderCodes]:
    """Read the coding sheets of several people.

    Codes may be written with spaces or capitals ('Early help'). A row without a polarity or any other code has not
    been coded and is left out.

    Args:
        paths: files that `jtai sheet` made and people filled in, saved as .xlsx or CSV.
        statements: the table `statements` of the letters that the sheets were made from.
        codebook: the codes that may be given.

    Returns:
        One `CoderCodes` a sheet, in the order of the paths.

    Raises:
        SheetError: anything in any of the sheets is wrong; all faults are listed.
    """
    texts = dict(zip(statements["statement_id"], statements["text"], strict=True))
    sheets, faults, owners = [], [], dict[str, str]()
    for path in paths:
        try:
            sheet = _open_whole(path, texts)
        except UsageError as fault:
            faults.append(str(fault))
            continue
        faults += [*_coder_faults(sheet, owners), *_row_faults(sheet, texts, codebook)]
        owners |= dict.fromkeys(sheet.coders[:1], sheet.name)
        sheets.append(sheet)
    if faults:
        raise SheetError(faults)
    return [_coded(sheet) for sheet in sheets]


def use_sheets(corpus: Corpus, paths: Iterable[Path], codebook: Codebook) -> Corpus:
    """The corpus with the codes of people in use for the statements that they have coded: see `use_codings`.

    Where several people have coded a statement, the codes of the one named first are in use.

    Args:
        corpus: a coded corpus; it is not changed.
        paths: filled-in coding sheets.
        codebook: the codes that may be given.

    Raises:
        SheetError: the sheets have faults; all are listed.
    """
    people = read_sheets(paths, corpus.statements, codebook)
    for person in reversed(people):
        corpus = use_codings(corpus, person, codebook)
    return corpus


def code_key(text: str) -> str:
    """A code as it stands in the codebook, from how a person may write it.

    >>> code_key(" Early help")
    'early_help'
    """
    return re.sub(r"[\s_]+", "_", text.strip().lower())


def _open_whole(path: Path, known: Collection[str]) -> SheetFile:
    """The sheet, if it is one and was made from these letters at all.

    Raises:
        UsageError: it is not; looking at its cells would only give the same fault many times.
    """
    sheet = open_sheet(path)
    lacking = [column for column in NEEDED if column not in sheet.columns]
    if lacking:
        hint = f"Save the sheet '{CODING}' with its first row."
        raise UsageError(f"{path.name}: there is no column {lacking[0]!r}.", hint=hint)
    names = [row.texts["statement_id"] for row in sheet.rows]
    if names and not set(names) & set(known):
        hint = "Name the outputs that the sheet was made from with --outputs."
        raise UsageError(f"{path.name}: none of its {len(names)} statements is in the tables.", hint=hint)
    return sheet


def _coder_faults(sheet: SheetFile, owners: Mapping[str, str]) -> Iterator[str]:
    where = f"cell B3 of the sheet '{INSTRUCTIONS}' (in a CSV file: the column 'coder')"
    if not sheet.coders:
        yield f"{sheet.name}: there is no coder id. Write it into {where}."
    elif len(sheet.coders) > 1:
        yield f"{sheet.name}: there are several coder ids ({', '.join(sheet.coders)}). Use one sheet for each coder."
    elif sheet.coders[0] in CODERS:
        yield f"{sheet.name}: the coder id '{sheet.coders[0]}' is the name of a machine. Use initials."
    elif sheet.coders[0] in owners:
        coder, first = sheet.coders[0], owners[sheet.coders[0]]
        yield f"{sheet.name}: the coder id '{coder}' is that of {first} too. Give each coder an id and one sheet."


def _row_faults(sheet: SheetFile, texts: Mapping[str, str], codebook: Codebook) -> Iterator[str]:
    allowed = {facet: [code.id for code in codebook.facet(facet)] for facet in SLOTS}
    seen: dict[str, str] = {}
    for row in sheet.rows:
        yield from _statement_faults(sheet, row, texts, seen)
        for facet, known in allowed.items():
            yield from _code_faults(sheet, row, facet, known)
        if _is_coded(row) and not row.texts["polarity"]:
            yield f"{sheet.cell(row, 'polarity')}: the row has codes but no polarity."
    if not any(_is_coded(row) for row in sheet.rows):
        yield f"{sheet.name}: nothing has been coded yet."


def _statement_faults(sheet: SheetFile, row: SheetRow, texts: Mapping[str, str], seen: dict[str, str]) -> Iterator[str]:
    name = row.texts["statement_id"]
    place = sheet.cell(row, "statement_id")
    if not name:
        yield f"{place}: there is no statement id."
    elif name in seen:
        yield f"{place}: the statement {name} stands in {seen[name]} already."
    elif name not in texts:
        yield f"{place}: there is no statement {name!r} in the tables."
    elif _plain(row.texts["text"]) != _plain(texts[name]):
        yield f"{sheet.cell(row, 'text')}: the text has been changed. It was {_short(texts[name])!r}."
    seen.setdefault(name, place.removeprefix(f"{sheet.name}, "))


def _code_faults(sheet: SheetFile, row: SheetRow, facet: Facet, known: Sequence[str]) -> Iterator[str]:
    first: dict[str, str] = {}
    for column in code_columns(facet):
        written, place = row.texts[column], sheet.cell(row, column)
        code = code_key(written)
        if written and code not in known:
            yield f"{place}: {_short(written)!r} is no {facet} of the codebook.{_nearest(code, known)}"
        elif written and code in first:
            yield f"{place}: {code!r} stands in {first[code]} already."
        first.setdefault(code, f"{sheet.columns[column]}{row.number}")


def _nearest(code: str, known: Sequence[str]) -> str:
    found = nearest_name(code, known)
    return f" Nearest: {found!r}." if found else " See the sheet 'Codes'."


def _is_coded(row: SheetRow) -> bool:
    return any(row.texts[column] for facet in SLOTS for column in code_columns(facet))


def _plain(text: str) -> str:
    """The text as far as saving it in a spreadsheet leaves it alone."""
    return " ".join(unicodedata.normalize("NFC", cell_text(text)).removeprefix("'").split())


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _coded(sheet: SheetFile) -> CoderCodes:
    import pandas as pd  # noqa: PLC0415 - heavy

    rows = [row for row in sheet.rows if _is_coded(row)]
    given = [given for row in rows for given in _given(row)]
    notes = {row.texts["statement_id"]: row.texts["note"] for row in rows if row.texts.get("note")}
    return CoderCodes(sheet.coders[0], pd.DataFrame(given, columns=list(CODE_COLUMNS)), notes)


def _given(row: SheetRow) -> Iterator[tuple[str, str, str, int]]:
    """The codes of a row: statement_id, facet, code, rank."""
    for facet in SLOTS:
        written = [row.texts[column] for column in code_columns(facet) if row.texts[column]]
        yield from ((row.texts["statement_id"], facet, code_key(text), rank) for rank, text in enumerate(written, 1))
