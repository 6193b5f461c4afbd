"""The guide: computed or quoted, the same in every format, and two pages long."""

from __future__ import annotations

import builtins
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jtai_reports.cli import main
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.compare.prevalence import prevalence
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError
from jtai_reports.show.guide import Guide, Sources, find_series, make_guide
from jtai_reports.show.guide_files import FORMATS, guide_bytes
from jtai_reports.show.said import with_place
from tests.hostile import QUOTED, SCRIPT, make_hostile
from tests.small_letters import Said, Small, make_coded

PRAISED = Said("strength", "early_help", "health", key_area="collaboration")
CRITICISED = Said("weakness", "early_help", "health", section="improvements", key_area="collaboration")
PRIORITY = Said("weakness", "thresholds", "police", section="priority_actions", key_area="collaboration")
LETTERS = [
    Small("Ashvale", "cse_2016", [PRAISED, PRAISED, CRITICISED]),
    Small("Bramford", "cse_2016", [PRAISED, PRIORITY]),
    Small("Corley", "cse_2016", [PRAISED], declares_none=True),
    Small("Dunmere", "da_2016", [CRITICISED]),
]


def guide_of(corpus: Corpus, series: str = "cse_2016") -> Guide:
    codebook = read_codebook()
    sources = Sources(corpus.reports, with_place(corpus), prevalence(corpus, codes=codebook), codebook)
    return make_guide(sources, find_series(series))


def part(guide: Guide, heading: str) -> str:
    found = next(part for part in guide.parts if part.heading == heading)
    return " ".join([*found.paragraphs, *found.bullets])


@pytest.fixture(scope="module")
def guide() -> Guide:
    return guide_of(make_coded(LETTERS))


def test_what_was_inspected_and_when(guide: Guide) -> None:
    said = part(guide, "What was inspected, and when")
    assert "3 letters, dated in January 2018, were read: Ashvale, Bramford and Corley." in said
    assert "The inspectorates were Ofsted and CQC." in said
    assert guide.citation == "jtai_reports 0.1.0; JTAI letters up to 2018-01-03; n = 3 letters."


def test_counts_are_those_of_the_letters(guide: Guide) -> None:
    """Early help: praised in all three letters by four statements, criticised in one by one."""
    assert (
        "Early help, more praised than criticised: praised in 3 of 3 letters (4 statements), criticised in 1 of 3 "
        "letters (1 statement)." in part(guide, "Collaboration")
    )
    assert "Areas for priority action are named in 1 of 3 letters." in part(guide, "What leaders need to look at")


def test_other_series_and_unread_ones(guide: Guide) -> None:
    assert "Dunmere" not in str(guide)
    with pytest.raises(UsageError, match="There is no series 'cse'"):
        find_series("cse")
    with pytest.raises(UsageError, match="No letter of the series 'neglect_2017' was read") as fault:
        guide_of(make_coded(LETTERS), "neglect_2017")
    assert fault.value.hint == "Series with letters: cse_2016, da_2016."


def test_a_letter_without_date_or_area() -> None:
    corpus = make_coded(LETTERS[:1])
    corpus = corpus._replace(reports=corpus.reports.assign(authority=None, letter_date=None, inspectorates=None))
    guide = guide_of(corpus)
    assert "1 letter was read: areas not known." in part(guide, "What was inspected, and when")
    assert "Area not known, letter of unknown date" in part(guide, "Where to read more")
    assert not any(quote for part in guide.parts for quote in part.quotes)


def quotes_are_statements(guide: Guide, corpus: Corpus) -> int:
    """How many quotes there are; each must be a statement of the letter and page that it names."""
    said = with_place(corpus)
    known = {(row.text, f"{row.authority}, page {row.page_start}") for row in said.itertuples()}
    quotes = [quote for part in guide.parts for quote in part.quotes]
    assert [quote for quote in quotes if (quote.text, quote.source) not in known] == []
    return len(quotes)


def test_quotes_are_statements_with_their_page() -> None:
    corpus = make_hostile()
    assert quotes_are_statements(guide_of(corpus), corpus) == 2


def without_markup(content: bytes, kind: str) -> str:
    """The text of a guide, as a reader sees it."""
    if kind == "docx":
        import docx

        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    if kind == "pdf":
        import pdfplumber

        with pdfplumber.open(io.BytesIO(content)) as opened:
            return "\n".join(page.extract_text() for page in opened.pages)
    if kind == "md":
        return re.sub(r"\\(.)", r"\1", content.decode())
    from html import unescape

    return unescape(re.sub(r"<[^>]*>", "", content.decode()))


@pytest.mark.parametrize("kind", FORMATS)
def test_text_of_a_letter_is_text(kind: str) -> None:
    content = guide_bytes(guide_of(make_hostile()), kind)
    shown = " ".join(without_markup(content, kind).split())
    assert QUOTED in shown.replace("\n", " ")
    if kind in ("html", "md"):
        assert SCRIPT.encode() not in content


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_guide_gives_the_same_bytes(kind: str, guide: Guide) -> None:
    assert guide_bytes(guide, kind) == guide_bytes(guide_of(make_coded(LETTERS)), kind)


def test_word_gets_real_headings(guide: Guide) -> None:
    import docx

    paragraphs = docx.Document(io.BytesIO(guide_bytes(guide, "docx"))).paragraphs
    headings = [(p.style.name, p.text) for p in paragraphs if p.style is not None and "Heading" in str(p.style.name)]
    assert headings == [("Heading 1", part.heading) for part in guide.parts]
    assert all(p.style.paragraph_format.keep_with_next for p in paragraphs if p.style and p.style.name == "Heading 1")


def test_letters_of_other_alphabets_are_printed(guide: Guide) -> None:
    named = guide._replace(title="Partneriaeth Ŵyr Ŷnys")
    assert "Partneriaeth Ŵyr Ŷnys" in without_markup(guide_bytes(named, "pdf"), "pdf")


def test_what_no_file_can_hold_does_not_stop_a_guide(guide: Guide) -> None:
    named = guide._replace(title="Bell \x07 and null \x00")
    assert "Bell  and null " in without_markup(guide_bytes(named, "docx"), "docx")


@pytest.mark.parametrize(("kind", "library"), [("docx", "docx"), ("pdf", "reportlab")])
def test_a_library_that_is_not_there(kind: str, library: str, guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    found: Callable[..., object] = builtins.__import__

    def without(name: str, *more: object) -> object:
        if name.partition(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=library)
        return found(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=f"A guide as {kind} needs the library {library}") as fault:
        guide_bytes(guide, kind)
    assert "jtai-reports[guide]" in fault.value.hint


def test_the_command(sample_outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "guide.md"
    assert (
        main(["guide", "--series", "cse_2016", "--format", "md", "--outputs", str(sample_outputs), "--out", str(out)])
        == 0
    )
    assert capsys.readouterr().out == f"Written: {out}\n"
    shown = out.read_text("utf-8")
    assert shown.startswith("# Child sexual exploitation and missing children\n")
    assert "no real area" in shown
    assert main(["guide", "--series", "x", "--outputs", str(sample_outputs)]) == 2


# --- on real letters ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(reference: Path) -> Corpus:
    from jtai_reports.coding.coder import code_corpus
    from jtai_reports.corpus import read_letters

    return code_corpus(read_letters((reference / "corpus").glob("*.pdf")), coder="rules")


def test_two_pages_on_real_letters(real: Corpus, tmp_path: Path) -> None:
    guide = guide_of(real)
    assert quotes_are_statements(guide, real) == 6
    assert pages_of(guide_bytes(guide, "pdf")) == 2
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: the pages of the Word file were not counted")
    (tmp_path / "guide.docx").write_bytes(guide_bytes(guide, "docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        office,
        "--headless",
        profile,
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "guide.docx"),
    ]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    content = (tmp_path / "guide.pdf").read_bytes()
    assert pages_of(content) == 2
    assert no_orphan_heading(content, [part.heading for part in guide.parts])
    assert no_orphan_heading(guide_bytes(guide, "pdf"), [part.heading for part in guide.parts])


def pages_of(content: bytes) -> int:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(content)) as opened:
        return len(opened.pages)


def no_orphan_heading(content: bytes, headings: list[str]) -> bool:
    """Whether no page ends with a heading."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(content)) as opened:
        return not any(page.extract_text().strip().splitlines()[-1] in headings for page in opened.pages)
