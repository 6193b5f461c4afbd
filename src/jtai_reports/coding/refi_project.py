"""Coded letters as a REFI-QDA project (.qdpx), for NVivo, MAXQDA, ATLAS.ti and QualCoder."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.coding.codebook import Codebook
from jtai_reports.coding.refi import ORIGIN, as_xml, code_guid, code_tree, make_guid, need_library, xml_text
from jtai_reports.errors import UsageError
from jtai_reports.files import write_bytes
from jtai_reports.reference.profiles import profile_of, read_profile

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

NAMESPACE = "urn:QDA-XML:project:1.0"
ABOUT_LETTERS = ("authority", "letter_date", "series", "template", "region")
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same archive on any day
BETWEEN_FINDINGS = "\n\n"
Row = Mapping[str, Any]


def write_project(corpus: Corpus, codebook: Codebook, path: Path) -> Path:
    """Write the coded letters as a REFI-QDA project.

    Each letter is a plain text source: its findings, one after another. Each statement is a selection in it with all
    its codes; who coded is a user. The words that spoke for a code stand in the selection's description.

    Args:
        corpus: letters whose statements are coded.
        codebook: the codes.
        path: the file to write, ending in .qdpx.

    Raises:
        UsageError: the ending is another one, or nothing is coded yet.
    """
    if path.suffix.lower() != ".qdpx":
        raise UsageError(f"{path}: a REFI-QDA project ends in .qdpx.")
    if corpus.statements["polarity"].isna().all():
        raise UsageError("The letters are not coded yet.", hint="Code them with 'jtai run'.")
    return write_bytes(path, project_bytes(corpus, codebook))


def project_bytes(corpus: Corpus, codebook: Codebook) -> bytes:
    """The coded letters as the bytes of a .qdpx archive; the same corpus gives the same bytes."""
    need_library()
    from pyrefiqda import models as refi  # noqa: PLC0415 - an extra

    texts = {name: rows["text"].tolist() for name, rows in corpus.findings.groupby("report_id", sort=False)}
    coders = sorted({*corpus.statements["coder"].dropna(), *corpus.codings["coder"].dropna()})
    codes = refi.ProjectCodesType(code=code_tree(codebook, refi.ProjectCodeType))
    project = refi.Project(
        name=read_profile(profile_of(corpus.reports["report_id"])).names.letters,
        origin=f"{ORIGIN} {codebook.version}",
        users=refi.UsersType(user=[refi.UserType(guid=make_guid("user", name), name=name) for name in coders]),
        code_book=refi.ProjectCodeBookType(codes=codes),
        variables=refi.VariablesType(variable=_variables()),
        sources=refi.SourcesType(text_source=_sources(corpus, codebook)),
    )
    files = {"project.qde": as_xml(project, NAMESPACE)}
    for name, parts in texts.items():
        files[f"Sources/{make_guid('letter', str(name))}.txt"] = BETWEEN_FINDINGS.join(parts).encode()
    return _zipped(files)


def _variables() -> list[Any]:
    from pyrefiqda import models as refi  # noqa: PLC0415 - an extra

    kind = refi.TypeOfVariableType.TEXT
    return [refi.VariableType(guid=make_guid("variable", n), name=n, type_of_variable=kind) for n in ABOUT_LETTERS]


def _sources(corpus: Corpus, codebook: Codebook) -> list[Any]:
    from pyrefiqda import models as refi  # noqa: PLC0415 - an extra

    selections = _selections(corpus, codebook)
    sources = []
    for report in _rows(corpus.reports):
        guid = make_guid("letter", report["report_id"])
        values = [
            refi.VariableValueType(
                variable_ref=refi.VariableRefType(target_guid=make_guid("variable", field)),
                text_value=xml_text(report[field]),
            )
            for field in ABOUT_LETTERS
            if isinstance(report[field], str)
        ]
        sources.append(
            refi.TextSourceType(
                guid=guid,
                name=report["report_id"],
                plain_text_path=f"internal://{guid}.txt",
                plain_text_selection=selections.get(report["report_id"], []),
                variable_value=values,
            )
        )
    return sources


def _selections(corpus: Corpus, codebook: Codebook) -> dict[str, list[Any]]:
    """The coded statements of each letter."""
    guids: dict[tuple[str, str], str] = {(code.facet, code.id): code_guid(code) for code in codebook.codes}
    places = _places(corpus.findings)
    given: dict[str, list[Row]] = {}
    for coding in _rows(corpus.codings):
        given.setdefault(coding["statement_id"], []).append(coding)
    selections: dict[str, list[Any]] = {}
    for statement in _rows(corpus.statements):
        polarity = {"facet": "polarity", "code": statement["polarity"], "coder": statement["coder"]}
        codes = [code for code in (polarity, *given.get(statement["statement_id"], [])) if _known(code, guids)]
        start = places[statement["finding_id"]] + statement["start"]
        selections.setdefault(statement["report_id"], []).append(_selection(statement, codes, guids, start))
    return selections


def _selection(statement: Row, codes: Sequence[Row], guids: Mapping[tuple[str, str], str], start: int) -> Any:  # noqa: ANN401
    from pyrefiqda import models as refi  # noqa: PLC0415 - an extra

    name = statement["statement_id"]
    return refi.PlainTextSelectionType(
        guid=make_guid("statement", name),
        name=name,
        description=xml_text(_evidence(statement["text"], codes)) or None,
        start_position=start,
        end_position=start + len(statement["text"]),
        coding=[
            refi.CodingType(
                guid=make_guid("coding", f"{name}:{code['facet']}:{code['code']}"),
                code_ref=refi.CodeRefType(target_guid=guids[code["facet"], code["code"]]),
                creating_user=make_guid("user", code["coder"]),
            )
            for code in codes
        ],
    )


def _known(code: Row, guids: Mapping[tuple[str, str], str]) -> bool:
    """Whether a code was given and is in the codebook."""
    return isinstance(code["code"], str) and (code["facet"], code["code"]) in guids


def _evidence(text: str, codes: Sequence[Row]) -> str:
    """The words that spoke for each code, one code a line."""
    spans = [(code, code.get("evidence_start"), code.get("evidence_end")) for code in codes]
    return "\n".join(
        f"{code['code']}: {text[start:end]}"
        for code, start, end in spans
        if isinstance(start, int) and isinstance(end, int)
    )


def _places(findings: pd.DataFrame) -> dict[str, int]:
    """Where each finding begins in its letter's text."""
    places: dict[str, int] = {}
    length: dict[str, int] = {}
    for finding_id, report_id, text in findings[["finding_id", "report_id", "text"]].itertuples(index=False):
        places[finding_id] = length.get(report_id, 0)
        length[report_id] = places[finding_id] + len(text) + len(BETWEEN_FINDINGS)
    return places


def _rows(frame: pd.DataFrame) -> list[Row]:
    rows: list[Row] = frame.to_dict("records")  # type: ignore[assignment]
    return rows


def _zipped(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, content)
    return archive.getvalue()
