"""A codebook as a file: YAML for the toolkit, CSV for a spreadsheet, .qdc for programs of qualitative analysis."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from jtai_reports.coding.codebook import GROUPS, Code, Codebook, Rule, codebook_error, parse_yaml
from jtai_reports.errors import UsageError
from jtai_reports.files import write_bytes

T = TypeVar("T")
Content = dict[str, Any]
LISTS = ("includes", "excludes", "positive", "negative")
TEXTS = ("id", "label", "definition", "key_area", "guid")
COLUMNS = ("facet", *TEXTS, "includes", "excludes", "sections", "gives_way", "rules", "positive", "negative", "version")
FORMULA = ("=", "+", "-", "@", "'")
HEAD = """\
# The codebook: what each code means and how the rules recognise it. A researcher may change every line.
# Rules are regular expressions (of the library `regex`). They match from the start of a word on, in small letters or
# capitals; quotes and dashes are plain ones. A rule counts where `near` matches too and `unless` does not; its weight
# is about the share of the statements it matches that carry the code.
# positive: the rules must give the code; negative: they must not. All examples are invented.
"""


def read_content(path: Path) -> Content:
    """What a codebook file holds, not yet checked.

    Raises:
        UsageError: there is no such file, or its ending is unknown.
        CodebookError: the file is not what its ending says.
    """
    readers: dict[str, Callable[[bytes, str], Content]] = {".yaml": _read_yaml, ".yml": _read_yaml, ".csv": _read_csv}
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise UsageError(f"{path}: the codebook cannot be read ({fault.strerror}).") from fault
    if path.suffix.lower() == ".qdc":
        from jtai_reports.coding.refi import read_qdc  # noqa: PLC0415 - needs an extra

        return read_qdc(raw, path.name)
    return _for_ending(readers, path)(raw, path.name)


def write_codebook(codebook: Codebook, path: Path) -> Path:
    """Write a codebook as YAML, CSV or .qdc, by the file's ending; reading it back gives the same codebook.

    Raises:
        UsageError: the ending is unknown, or the file cannot be written.
    """
    if path.suffix.lower() == ".qdc":
        from jtai_reports.coding.refi import qdc_bytes  # noqa: PLC0415 - needs an extra

        return write_bytes(path, qdc_bytes(codebook))
    writers: dict[str, Callable[[Codebook], str]] = {".yaml": as_yaml, ".yml": as_yaml, ".csv": as_csv}
    return write_bytes(path, _for_ending(writers, path)(codebook).encode())


def as_yaml(codebook: Codebook) -> str:
    """The codebook as YAML, one rule a line."""
    lines = [HEAD, f"version: {_quoted(codebook.version)}"]
    for group, facet in GROUPS.items():
        lines += ["", f"{group}:"]
        for code in codebook.facet(facet):
            lines += [f"  {'- ' if place == 0 else '  '}{line}" for place, line in enumerate(_code_lines(code))]
    return "\n".join(lines) + "\n"


def as_csv(codebook: Codebook) -> str:
    """The codebook as CSV, one row a code; a list has one item a line in its cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for code in codebook.codes:
        cells = {"facet": code.facet, "version": codebook.version}
        cells |= {name: getattr(code, name) or "" for name in TEXTS}
        cells |= {name: "\n".join(getattr(code, name)) for name in LISTS}
        cells |= {"rules": "\n".join(rule_line(rule) for rule in code.rules)}
        cells |= {
            "sections": _flow(code.sections) if code.sections else "",
            "gives_way": "yes" if code.gives_way else "",
        }
        writer.writerow({name: _guarded(cell) for name, cell in cells.items()})
    return "\ufeff" + text.getvalue()


def rule_line(rule: Rule) -> str:
    """A rule in one line.

    >>> rule_line(Rule(pattern="early (help|start)", weight=0.8))
    "{weight: 0.8, pattern: 'early (help|start)'}"
    """
    return _flow({"weight": rule.weight, "pattern": rule.pattern, "near": rule.near, "unless": rule.unless})


def grouped(codes: Iterable[Mapping[str, Any]], version: str) -> Content:
    """Codes with their facet as the content of a codebook file; unknown facets become unknown groups."""
    names: dict[str, str] = {facet: group for group, facet in GROUPS.items()}
    content: Content = {"version": version}
    for code in codes:
        group = names.get(str(code.get("facet")), f"facet {code.get('facet')}")
        content.setdefault(group, []).append(dict(code))
    return content


def _for_ending(by_ending: Mapping[str, T], path: Path) -> T:
    if path.suffix.lower() not in by_ending:
        raise UsageError(f"{path}: a codebook cannot have this ending.", hint="Use .yaml, .csv or .qdc.")
    return by_ending[path.suffix.lower()]


def _read_yaml(raw: bytes, name: str) -> Content:
    try:
        content = parse_yaml(raw.decode())
    except (UnicodeDecodeError, yaml.YAMLError) as fault:
        raise codebook_error(name, [f"it is no YAML ({' '.join(str(fault).split())})"]) from fault
    if not isinstance(content, dict):
        raise codebook_error(name, ["it must hold 'version' and lists of codes"])
    return content


def _read_csv(raw: bytes, name: str) -> Content:
    try:
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        raise codebook_error(name, [f"it is no CSV in UTF-8 ({fault})"]) from fault
    lacking = [column for column in ("facet", "id", "label", "definition") if rows and column not in rows[0]]
    if lacking or not rows:
        raise codebook_error(name, [f"there is no column {column!r}" for column in lacking] or ["it has no codes"])
    faults: list[str] = []
    codes = [_code_of_row(row, f"row {number}", faults) for number, row in enumerate(rows, 2)]
    if faults:
        raise codebook_error(name, faults)
    return grouped(codes, next((row["version"] for row in rows if row.get("version")), "1"))


def _code_of_row(row: Mapping[str | None, Any], where: str, faults: list[str]) -> Content:
    if None in row:
        faults.append(f"{where}: there are more cells than columns")
    cells = {str(name): _unguarded(cell or "") for name, cell in row.items() if name is not None}
    code: Content = {name: cells[name] for name in ("facet", *TEXTS) if cells.get(name)}
    code |= {name: cells[name].splitlines() for name in LISTS if cells.get(name)}
    code |= {name: cells[name] for name in cells if name not in COLUMNS and cells[name]}
    if cells.get("gives_way"):
        code["gives_way"] = cells["gives_way"].strip().lower() in {"yes", "true", "1"}
    for name, lines in (("rules", cells.get("rules", "").splitlines()), ("sections", [cells.get("sections", "")])):
        try:
            parsed = [parse_yaml(line) for line in lines if line.strip()]
        except yaml.YAMLError as fault:
            faults.append(f"{where}: {name} cannot be read ({' '.join(str(fault).split())})")
            continue
        if parsed:
            code[name] = parsed if name == "rules" else parsed[0]
    return code


def _code_lines(code: Code) -> list[str]:
    lines = [f"{name}: {_quoted(getattr(code, name))}" for name in TEXTS if getattr(code, name)]
    if code.sections:
        lines.append(f"sections: {_flow(code.sections)}")
    if code.gives_way:
        lines.append("gives_way: true")
    items = {name: [_quoted(item) for item in getattr(code, name)] for name in LISTS}
    items["rules"] = [rule_line(rule) for rule in code.rules]
    for name in ("includes", "excludes", "rules", "positive", "negative"):
        lines += [f"{name}:", *(f"  - {item}" for item in items[name])] if items[name] else []
    return lines


def _flow(values: Mapping[str, str | float]) -> str:
    shown = (f"{name}: {_quoted(v) if isinstance(v, str) else v}" for name, v in values.items() if v != "")
    return "{" + ", ".join(shown) + "}"


def _quoted(text: str) -> str:
    """A text as YAML in one line: bare where it is plain, else in single quotes; several lines in double quotes."""
    if "\n" in text:
        return yaml.safe_dump(text, default_style='"', width=10**6, allow_unicode=True).strip()
    plain = text[:1].isalpha() and not any(mark in text for mark in ":#{}[],'\"\\|>&*!%@`") and text == text.strip()
    return text if plain and isinstance(parse_yaml(text), str) else "'" + text.replace("'", "''") + "'"


def _guarded(cell: str) -> str:
    """A cell that a spreadsheet takes for text: an apostrophe stands before what looks like a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
