"""REFI-QDA files: what other programs read is what the tables say, and what they write is read safely."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from jtai_reports.cli import main
from jtai_reports.coding.codebook import CodebookError, read_codebook
from jtai_reports.coding.coder import code_corpus
from jtai_reports.coding.refi import code_guid, qdc_bytes, read_qdc
from jtai_reports.coding.refi_project import project_bytes, write_project
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import UsageError
from tests.conftest import SAMPLE

pyrefiqda = pytest.importorskip("pyrefiqda", reason="the extra qda is not installed")
FOREIGN = """<?xml version="1.0" encoding="utf-8"?>
<CodeBook origin="NVivo" xmlns="urn:QDA-XML:codebook:1.0"><Codes>
 <Code guid="11111111-2222-3333-4444-555555555555" name="Leadership" isCodable="true">
  <Code guid="{AAAAAAAA-2222-3333-4444-555555555555}" name="Staff morale" isCodable="true" color="#ff0000">
   <Description>How staff feel.</Description></Code></Code>
 <Code guid="21111111-2222-3333-4444-555555555555" name="Understanding" isCodable="true"/>
 <Code guid="31111111-2222-3333-4444-555555555555" name="Collaboration" isCodable="true"/>
</Codes></CodeBook>"""


@pytest.fixture(scope="module")
def coded() -> Corpus:
    return code_corpus(
        read_letters([SAMPLE / "90000001.pdf", SAMPLE / "90000007.pdf"], authorities=SAMPLE), coder="rules"
    )


@pytest.fixture(scope="module")
def project(coded: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, Path]:
    folder = tmp_path_factory.mktemp("qdpx")
    path = write_project(coded, read_codebook(), folder / "letters.qdpx")
    return pyrefiqda.RefiProject.load(path, extract_dir=str(folder / "out")), folder / "out"


def test_every_statement_is_a_selection_of_its_text(coded: Corpus, project: tuple[object, Path]) -> None:
    loaded, folder = project
    texts = dict(zip(coded.statements["statement_id"], coded.statements["text"], strict=True))
    seen = 0
    for source in loaded.sources.text_source:  # type: ignore[attr-defined]
        text = (folder / "Sources" / source.plain_text_path.removeprefix("internal://")).read_text("utf-8")
        for selection in source.plain_text_selection:
            assert text[selection.start_position : selection.end_position] == texts[selection.name]
            seen += 1
    assert seen == len(coded.statements)


def test_codings_are_those_of_the_tables(coded: Corpus, project: tuple[object, Path]) -> None:
    names = {code_guid(code): (code.facet, code.id) for code in read_codebook().codes}
    found = {
        (selection.name, *names[coding.code_ref.target_guid])
        for source in project[0].sources.text_source  # type: ignore[attr-defined]
        for selection in source.plain_text_selection
        for coding in selection.coding
    }
    want = set(coded.codings[["statement_id", "facet", "code"]].itertuples(index=False, name=None))
    want |= {
        (name, "polarity", polarity) for name, polarity in coded.statements[["statement_id", "polarity"]].to_numpy()
    }
    assert found == want


def test_the_coder_is_a_user(project: tuple[object, Path]) -> None:
    assert [user.name for user in project[0].users.user] == ["rules"]  # type: ignore[attr-defined]


def test_same_corpus_same_bytes(coded: Corpus) -> None:
    assert project_bytes(coded, read_codebook()) == project_bytes(coded, read_codebook())


def test_identifiers_are_unique_and_well_formed(coded: Corpus) -> None:
    with zipfile.ZipFile(io.BytesIO(project_bytes(coded, read_codebook()))) as archive:
        text = archive.read("project.qde").decode()
    guids = re.findall(r' guid="([^"]*)"', text)
    assert len(guids) == len(set(guids)) > 100
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", guid) for guid in guids)
    assert set(re.findall(r'targetGUID="([^"]*)"', text)) <= set(guids)


def test_control_characters_do_not_break_the_file(coded: Corpus) -> None:
    texts = coded.statements["text"].str.replace("^.", "\x02", regex=True)
    starts = coded.codings.assign(evidence_start=0).astype({"evidence_start": "Int64"})
    odd = coded._replace(statements=coded.statements.assign(text=texts), codings=starts)
    with zipfile.ZipFile(io.BytesIO(project_bytes(odd, read_codebook()))) as archive:
        assert "\x02" not in archive.read("project.qde").decode()


def test_uncoded_letters_are_not_exported(coded: Corpus, tmp_path: Path) -> None:
    blank = coded._replace(statements=coded.statements.assign(polarity=None))
    with pytest.raises(UsageError, match="not coded yet"):
        write_project(blank, read_codebook(), tmp_path / "a.qdpx")
    with pytest.raises(UsageError, match=r"ends in \.qdpx"):
        write_project(coded, read_codebook(), tmp_path / "a.zip")


def test_a_codebook_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "nvivo.qdc"
    path.write_text(FOREIGN, "utf-8")
    codebook = read_codebook(path)
    (theme,) = codebook.facet("theme")
    assert (theme.id, theme.label, theme.definition) == ("staff_morale", "Staff morale", "How staff feel.")
    assert (theme.key_area, theme.guid) == ("leadership", "aaaaaaaa-2222-3333-4444-555555555555")
    assert 'guid="aaaaaaaa-2222-3333-4444-555555555555"' in qdc_bytes(codebook).decode()


def test_a_theme_under_no_key_area_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "flat.qdc"
    path.write_text(FOREIGN.replace('name="Understanding"', 'name="Mood"'), "utf-8")
    with pytest.raises(CodebookError, match="theme 'mood': the key area is missing"):
        read_codebook(path)


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entities of its own"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "entities of its own"),
        ("<a/>", "no REFI-QDA codebook"),
        ("hello", "no REFI-QDA codebook"),
        ("", "no REFI-QDA codebook"),
    ],
)
def test_other_xml_is_refused(raw: str, part: str) -> None:
    with pytest.raises(CodebookError, match=part):
        read_qdc(raw.encode(), "a.qdc")


def test_command(sample_outputs: Path, tmp_path: Path) -> None:
    assert main(["export", "--qdpx", str(tmp_path / "a.qdpx"), "--outputs", str(sample_outputs)]) == 0
    assert zipfile.is_zipfile(tmp_path / "a.qdpx")
