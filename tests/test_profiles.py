"""Profiles: letters of another kind are read by data alone, into the same tables."""

from __future__ import annotations

import ast
import doctest
import re
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from jtai_reports.cache import reading_version
from jtai_reports.cli import main
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.errors import ReferenceDataError
from jtai_reports.letter.letter import read_letter
from jtai_reports.letter.records import Letter
from jtai_reports.letter.tables import find_tables
from jtai_reports.pdf.lines import group_lines
from jtai_reports.pdf.reader import read_file, read_pages
from jtai_reports.pdf.records import Box, Line, Page, Run
from jtai_reports.reading import read_one
from jtai_reports.reference.profiles import FILES, profile_names, read_profile
from jtai_reports.reference.templates import breaks_said, templates_around, years_said
from tests.conftest import ROOT, SAMPLE

PACKAGE = ROOT / "src" / "jtai_reports"
HOME = PACKAGE / "reference" / "profiles"
COLUMNS = ["authority", "inspection_start", "inspection_end", "previous_inspection", "outcome"]
POSITIVE = "typically positive experiences and outcomes"
INCONSISTENT = "inconsistent experiences and outcomes"
FAILINGS = "widespread and/or systemic failings"

# Counted by eye in the eight letters: paragraphs of the outcome; of the information on the area; of what it is like;
# bullets of what is effective; of what to do better; rows of the tables of priority actions and of improvements.
# Where a page ends with a sentence in the second letter of 2023-05, it cannot be told whether the paragraph does.
COUNTED = {
    "50215730.pdf": (3, 3, 8, 9, 6, 0, 5),
    "50219405.pdf": (3, 3, 8, 10, 10, 0, 6),
    "50225252.pdf": (3, 3, 9, 10, 5, 0, 3),
    "50232445.pdf": (3, 4, 11, 11, 16, 2, 5),
    "50238390.pdf": (3, 4, 8, 9, 8, 5, 4),
    "50240683.pdf": (3, 4, 8, 9, 11, 0, 4),
    "50246030.pdf": (3, 4, 8, 13, 18, 6, 3),
    "50252437.pdf": (3, 3, 9, 11, 12, 2, 3),
}
PRINTED = {
    "50215730.pdf": ["Cornwall", "2023-02-06", "2023-02-10", "2017-07-07", INCONSISTENT],
    "50219405.pdf": ["Southend-on-Sea", "2023-03-06", "2023-03-10", "2018-10-06", INCONSISTENT],
    "50225252.pdf": ["Rutland", "2023-05-15", "2023-05-19", "2017-07-14", POSITIVE],
    "50232445.pdf": ["Hertfordshire", "2023-07-10", "2023-07-14", "2016-07-08", FAILINGS],
    "50238390.pdf": ["Halton", "2023-11-20", "2023-11-24", "2017-03-31", FAILINGS],
    "50240683.pdf": ["Gloucestershire", "2023-12-11", "2023-12-15", "2016-06-17", INCONSISTENT],
    "50246030.pdf": ["Bury", "2024-02-12", "2024-02-16", "2019-05-15", FAILINGS],
    "50252437.pdf": ["Worcestershire", "2024-04-22", "2024-04-26", "2021-11-03", FAILINGS],
}
KINDS = ("headline_findings", "context", "main_findings", "strengths", "improvements")
DETAILS, INSPECTION = 8, 2  # cells of the table of the area's bodies; paragraphs on the inspection


@pytest.fixture(scope="module")
def send(reference: Path) -> Corpus:
    return read_letters((reference / "other").glob("*.pdf"), profile="send")


def sections_of(send: Corpus, name: str) -> list[tuple[str, int, int]]:
    """Kind, findings and bullets of each section of a letter, in order."""
    report = send.reports.set_index("file_name").loc[name, "report_id"]
    sections = send.sections[send.sections["report_id"] == report]
    bullets = {str(key): list(own) for key, own in send.findings.groupby("section_id")["is_bullet"]}
    pairs = zip(sections["section_kind"], sections["section_id"], strict=True)
    return [(kind, len(bullets[section]), sum(bullets[section])) for kind, section in pairs]


@pytest.mark.parametrize("name", COUNTED)
def test_sections_and_findings_are_those_printed(send: Corpus, name: str) -> None:
    *texts, actions, areas = COUNTED[name]
    expected = [
        (kind, n, n if kind in ("strengths", "improvements") else 0) for kind, n in zip(KINDS, texts, strict=True)
    ]
    expected += [("priority_actions", actions, 0)] if actions else []
    expected += [("improvements", areas, 0), ("context", DETAILS, 0), ("context", INSPECTION, 0)]
    assert sections_of(send, name) == expected


def test_details_are_those_printed(send: Corpus) -> None:
    reports = send.reports.set_index("file_name")
    assert dict(zip(reports.index, reports[COLUMNS].to_numpy().tolist(), strict=True)) == PRINTED
    assert set(reports["inspectorates"]) == {"Ofsted; CQC"}
    assert set(reports["series"]) == {"area_send_2023"}
    assert set(reports["template"]) == {"2023-"}
    assert reports.loc["50246030.pdf", "report_id"] == "send-2024-02-16-bury"
    assert reports[["ons_code", "region"]].notna().all(axis=None)


def test_only_absent_sections_are_missing(send: Corpus) -> None:
    without = [name for name, counts in COUNTED.items() if counts[5] == 0]
    names = send.reports.set_index("report_id")["file_name"]
    assert send.missing[["field", "reason"]].drop_duplicates().to_numpy().tolist() == [["priority_actions", "absent"]]
    assert sorted(names[send.missing["report_id"]]) == without


def test_who_is_responsible_is_the_sub_heading_of_a_priority_action(send: Corpus) -> None:
    actions = send.findings[send.findings["section_kind"] == "priority_actions"]
    by_letter = actions.groupby("report_id")["subheading"].agg(["nunique", "first"])
    assert (by_letter["nunique"] == 1).all()  # in each of these letters the same bodies answer for every row
    assert by_letter["first"].str.contains("Council").all()
    assert not actions["text"].str.contains("Council").any()


def test_a_document_of_another_kind_is_refused(send: Corpus) -> None:
    assert send.problems[["file_name", "severity", "code"]].to_numpy().tolist() == [
        ["joint-area-review-2009.pdf", "error", "not_send"]
    ]


def test_both_readers_cut_lines_at_the_rules_of_a_table(reference: Path) -> None:
    content = read_file(reference / "other" / "50238390.pdf")
    fast = [line.text for page in read_pages(content) for line in page.lines]
    assert fast == [line.text for page in read_pages(content, reader="pdfplumber") for line in page.lines]


# --- tables, on invented pages ---------------------------------------------------------------------------------


def a_line(text: str, y: float, *, x: float = 57, bold: bool = False, page: int = 1) -> Line:
    return Line(page, text, x, x + 5.5 * len(text), y, 12.0, "Helvetica", bold)


def a_grid(xs: Sequence[float], ys: Sequence[float]) -> list[Box]:
    """Upright rules row by row, and level rules cell by cell, as word processors draw them."""
    uprights = [Box(x, top, x + 0.5, bottom) for top, bottom in pairwise(ys) for x in xs]
    return [*uprights, *(Box(left, y, right, y + 0.5) for y in ys for left, right in pairwise(xs))]


def a_page(number: int, lines: Sequence[Line], boxes: Sequence[Box] = ()) -> Page:
    return Page(number, 595, 842, tuple(line._replace(page=number) for line in lines), tuple(boxes))


FIRST = [
    a_line("Area SEND inspection of Northmere Local Area Partnership", 100, bold=True),
    a_line("Inspection dates: 6 to 10 May 2024", 140),
    a_line("Dates of previous inspection: 3 to 7 July 2017", 170),
    a_line("Inspection outcome", 210, bold=True),
    a_line("These arrangements lead to inconsistent experiences, as Ofsted and the CQC found.", 240),
    a_line("What does the area partnership need to do better?", 270, bold=True),
    a_line("▪ Reviews come late.", 300, x=75),
]
ACTIONS = [
    a_line("Areas for priority action", 330, bold=True),
    a_line("Responsible body", 362, x=62, bold=True),
    a_line("Areas for priority action", 362, x=224, bold=True),
    a_line("Northmere Council", 382, x=62),
    a_line("Leaders should plan for every", 382, x=224),
    a_line("child by the spring.", 396, x=224),
    a_line("Northmere ICB and", 422, x=62),
    a_line("Leaders should shorten", 422, x=224),
]
REST = [
    a_line("the council", 62, x=62),
    a_line("waiting times for:", 62, x=224),
    a_line("▪ speech therapy;", 76, x=242),
    a_line("▪ autism.", 90, x=242),
    a_line("Northmere ICB", 112, x=62),
    a_line("Leaders should train staff.", 112, x=224),
    a_line("Areas for improvement", 160, bold=True),
    a_line("Areas for improvement", 192, x=62, bold=True),
    a_line("Leaders should listen to parents.", 212, x=62),
    a_line("Leaders should work together on", 232, x=62),
]
COLUMN_EDGES = (57, 218, 531)


@pytest.fixture(scope="module")
def northmere() -> Letter:
    return read_letter(
        [
            a_page(1, [*FIRST, *ACTIONS], a_grid(COLUMN_EDGES, (350, 370, 410, 430))),
            a_page(2, REST, [*a_grid(COLUMN_EDGES, (50, 100, 120)), *a_grid((57, 531), (180, 200, 220, 240))]),
            a_page(3, [a_line("plans that all can read.", 62, x=62)], a_grid((57, 531), (50, 70))),
        ],
        profile="send",
    )


def test_cells_are_findings_and_rows_go_on_over_pages(northmere: Letter) -> None:
    *_, actions, improvements = northmere.sections
    assert [(f.subheading, f.text) for f in actions.findings] == [
        ("Northmere Council", "Leaders should plan for every child by the spring."),
        ("Northmere ICB and the council", "Leaders should shorten waiting times for: speech therapy; autism."),
        ("Northmere ICB", "Leaders should train staff."),
    ]
    assert [(f.subheading, f.text, f.page_start, f.page_end) for f in improvements.findings] == [
        (None, "Leaders should listen to parents.", 2, 2),
        (None, "Leaders should work together on plans that all can read.", 2, 3),
    ]
    assert [(s.kind, s.page_start, s.page_end) for s in northmere.sections[-2:]] == [
        ("priority_actions", 1, 2),
        ("improvements", 2, 3),
    ]


def test_facts_under_the_title_are_details_and_no_findings(northmere: Letter) -> None:
    assert [(s.kind, s.heading) for s in northmere.sections][:2] == [
        ("headline_findings", "Inspection outcome"),
        ("improvements", "What does the area partnership need to do better?"),
    ]
    details = northmere.details
    assert (str(details.inspection_start), str(details.inspection_end)) == ("2024-05-06", "2024-05-10")
    assert (str(details.previous_inspection), details.outcome) == ("2017-07-07", INCONSISTENT)
    assert (details.authority, details.inspectorates) == ("Northmere", ("Ofsted", "CQC"))


def test_a_single_box_is_a_frame_and_no_table() -> None:
    assert find_tables(a_page(1, [], a_grid((57, 531), (50, 150)))) == []
    assert [len(table) for table in find_tables(a_page(1, [], a_grid((57, 531), (50, 150, 200))))] == [2]
    sides_in_pieces = [Box(x, top, x + 0.5, top + 40) for x in (57, 531) for top in (50, 90, 130)]
    around = [Box(57, y, 531, y + 0.5) for y in (50, 170)]
    assert find_tables(a_page(1, [], [*sides_in_pieces, *around])) == []


def test_text_beside_a_rule_is_two_lines_and_text_over_one_is_one() -> None:
    runs = [Run("Left", 60, 100, 100, 12, "F"), Run("right", 120, 160, 100, 12, "F")]
    rule = Box(110, 80, 110.5, 120)
    assert [line.text for line in group_lines(runs, 1)] == ["Left right"]
    assert [line.text for line in group_lines(runs, 1, [rule])] == ["Left", "right"]
    assert [line.text for line in group_lines(runs, 1, [rule._replace(x0=80, x1=80.5)])] == [
        "Left right"
    ]  # through 'Left'
    assert [line.text for line in group_lines(runs, 1, [rule._replace(bottom=90)])] == ["Left right"]  # above the line


# --- profiles as files -----------------------------------------------------------------------------------------


def own_profile(folder: Path, **changed: tuple[str, str]) -> Path:
    """A copy of the default profile, with one text in each named file (stem) replaced."""
    shutil.copytree(HOME / "jtai", folder)
    for stem, (old, new) in changed.items():
        file = next(folder.glob(f"{stem}.*"))
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
    return folder


def test_the_package_has_two_profiles_with_the_same_files() -> None:
    assert profile_names() == ["jtai", "send"]
    assert all((HOME / name / file).is_file() for name in profile_names() for file in FILES)
    assert [t.name for t in read_profile().headings.templates] == ["2016-2020", "2022-"]
    assert templates_around([]) == ["2016-2020", "2022-"]


def test_a_letter_of_one_profile_is_refused_by_the_other() -> None:
    (problem,) = read_one(SAMPLE / "90000001.pdf", profile="send").problems
    assert (problem.code, problem.message) == (
        "not_send",
        "Not an area SEND inspection report; it seems to be a JTAI letter.",
    )


def test_a_profile_of_ones_own_reads_as_it_says(tmp_path: Path) -> None:
    own = own_profile(
        tmp_path / "own", letter=("prefix: jtai", "prefix: mine"), headings=("kind: next_steps", "kind: other")
    )
    letters = [SAMPLE / "90000001.pdf"]
    usual, mine = (read_letters(letters, profile=profile) for profile in ("jtai", str(own)))
    assert mine.reports["report_id"].item() == usual.reports["report_id"].item().replace("jtai-", "mine-")
    changed = usual.findings["section_kind"].replace("next_steps", "other")
    pd.testing.assert_series_equal(mine.findings["section_kind"], changed)
    assert mine.findings["text"].tolist() == usual.findings["text"].tolist()


def test_all_faults_of_a_profile_are_told_at_once(tmp_path: Path) -> None:
    own = own_profile(
        tmp_path / "own",
        headings=("kind: strengths", "kind: strenghts"),
        letter=("closing: ", "closng: "),
        names=("grade: carry", "grades: carry"),
        listing=("selectors:\n  provider:", "selectors:\n  providr:"),
        series=("2016-03-01", "March 2016"),
    )
    headings = own / "headings.yaml"
    headings.write_text(headings.read_text("utf-8").replace("- next steps", "- next (steps"), "utf-8")
    with pytest.raises(ReferenceDataError) as fault:
        read_profile(own)
    told = fault.value.message
    assert told.startswith(f"{own}: the profile has 9 faults:\n")
    for said in (
        "headings.yaml: 'kind' of number 4 of 'sections': there is no section kind 'strenghts'",
        "headings.yaml: number 1 of 'patterns' of number 8 of 'sections': 'next (steps' is no regular expression",
        "letter.yaml: 'closing' is missing",
        "letter.yaml: there is no field 'closng'; did you mean 'closing'?",
        "names.yaml: 'grade' is missing",
        "names.yaml: there is no field 'grades'; did you mean 'grade'?",
        "listing.yaml: 'provider' of 'selectors' is missing",
        "listing.yaml: there is no field 'providr' of 'selectors'",
        "series.csv, line 2: cannot be used",
    ):
        assert said in told


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "headings",
            "    told_by: [headline_findings, main_findings, context]\n",
            "",
            "exactly one of the 'templates'",
        ),
        ("headings", "name: 2022-", "name: newer", "'name' of number 2 of 'templates'"),
        ("headings", "needed: [strengths,", "needed: [main_findings,", "needs 'main_findings', which is not among"),
        ("letter", "always: [authority,", "always: [council,", "the table reports has no column 'council'"),
        ("names", "licence_address: https://", "licence_address: http://", "names.yaml: 'licence_address'"),
        ("listing", "(?P<urn>", "(?P<number>", "listing.yaml: 'provider': the pattern needs a group 'urn'"),
        ("letter", "name: a JTAI letter", "name: [", "letter.yaml: is not YAML (line"),
        (
            "series",
            ",2016-2020,2016-03-01",
            ",2015-,2016-03-01",
            "has the template '2015-'; there are 2016-2020, 2022-",
        ),
    ],
)
def test_a_fault_is_told_in_a_sentence(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    own = own_profile(tmp_path / "own", **{file: (old, new)})
    with pytest.raises(ReferenceDataError, match=re.escape(said)):
        read_profile(own)


def test_a_profile_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ReferenceDataError, match="no profile 'sent'") as fault:
        read_profile("sent")
    assert fault.value.hint == "Did you mean send?"
    with pytest.raises(ReferenceDataError, match=r"(?s)4 faults.*there is no file series\.csv"):
        read_profile(tmp_path)
    command = ["run", "--reports", str(SAMPLE), "--outputs", str(tmp_path / "o"), "--profile", "nosuch"]
    assert main(command) == 2
    assert "There is no profile 'nosuch'. Hint: Name one of jtai, send, or a folder." in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_what_was_read_by_another_profile_is_not_taken_from_the_cache(tmp_path: Path) -> None:
    own = own_profile(tmp_path / "own")
    versions = [reading_version("pdfium", None, profile) for profile in ("jtai", "send", own)]
    assert versions[0] == versions[2] != versions[1]
    (own / "letter.yaml").write_text((own / "letter.yaml").read_text("utf-8") + "\n# changed\n", "utf-8")
    assert reading_version("pdfium", None, own) != versions[2]


def test_a_run_makes_all_tables_and_publishes_nothing_that_speaks_of_other_letters(
    reference: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    shutil.copy(reference / "other" / "50215730.pdf", reports)
    command = [
        "run",
        "--reports",
        str(reports),
        "--outputs",
        str(tmp_path / "o"),
        "--profile",
        "send",
        "--workers",
        "1",
    ]
    assert main(command) == 0
    assert not re.search("Figures|Workbook|Site", capsys.readouterr().out)
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == [".cache", "data", "run.json", "tables"]
    assert main([*command, "--only", "site"]) == 2
    assert "'site' is not made of letters of this profile" in capsys.readouterr().err
    assert main([part for part in [*command, "--only", "tables"] if part not in ("--profile", "send")]) == 2
    assert "read by another profile" in capsys.readouterr().err
    assert main([*command, "--only", "tables"]) == 0
    prevalence = pd.read_csv(tmp_path / "o" / "tables" / "prevalence_by_series.csv")
    assert prevalence[["series", "template", "n"]].drop_duplicates().to_numpy().tolist() == [
        ["area_send_2023", "2023-", 1]
    ]


def told_by(profile: str) -> list[str]:
    """Patterns of the words by which code would name a kind of inspection, from the profile's own data."""
    headings, phrases, names, _, listing = read_profile(profile)
    templates = [template.name for template in headings.templates]
    words = [names.inspection, names.inspections, names.letters, phrases.kind]
    words += [named.name for named in phrases.inspectorates]
    words += [*(listing.kinds if listing else ()), *(years_said(name) for name in templates)]
    words += [words_of for words_of in (breaks_said(templates),) if words_of]
    sites = [urlsplit(site).hostname or "" for site in (listing.sites.listing, listing.sites.files)] if listing else []
    patterns = [rf"(?i:\b{re.escape(word)}\b)" for word in words]
    patterns += [rf"(?i:{re.escape(host.partition('.')[2])})" for host in sites]
    patterns += [rf"\b{re.escape(name)}(?!\d)" for name in templates]  # 2022-, but no day of 2022
    return [
        *patterns,
        *([rf"\b{names.initials}\b"] if names.initials else []),
    ]  # JTAI, but neither jtai nor JTAI_CONTACT


def without_examples(source: str) -> str:
    """Python source without the examples in its docstrings, which are of the sample."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, holders)]
    for text in filter(None, (ast.get_docstring(node, clean=False) for node in nodes)):
        parts = doctest.DocTestParser().parse(text)
        source = source.replace(text, "".join(part for part in parts if isinstance(part, str)))
    return source


def kinds_named(text: str) -> list[str]:
    """The kinds of inspections that a text names."""
    return [found[0] for name in profile_names() for pattern in told_by(name) for found in re.finditer(pattern, text)]


def test_no_code_names_a_kind_of_inspection() -> None:
    files = [file for kind in ("py", "html", "js", "css") for file in PACKAGE.rglob(f"*.{kind}")]
    files.append(PACKAGE / "reference" / "data" / "caveats.yaml")
    assert not [file for file in files if HOME in file.parents]  # a profile holds no code
    found = {
        file.relative_to(PACKAGE).as_posix(): kinds_named(without_examples(text) if file.suffix == ".py" else text)
        for file in files
        for text in [file.read_text("utf-8")]
    }
    assert {name: named for name, named in found.items() if named} == {}


@pytest.mark.parametrize(
    "line",
    [
        "TITLE = 'Findings of JTAI letters'",
        "<h1>Joint Targeted Area Inspections</h1>",
        "# only area SEND inspections",
        'SITE = "https://files.ofsted.gov.uk/v1"',
        "if template == '2022-':",
        "OLD = '2016-2020'",
        "the break of 2020-2022",
        "letters from 2022 on",
        '"""Whether the CQC took part."""',
    ],
)
def test_a_line_that_names_a_kind_of_inspection_is_found(line: str) -> None:
    assert kinds_named(line)


def test_the_name_of_the_tool_days_and_examples_name_no_kind_of_inspection() -> None:
    assert kinds_named("'jtai run'; JTAI_CONTACT; jtai_reports; JtaiError; on 2022-04-30, 2016-04-05; SEND it") == []
    source = 'def f():\n    """Prose.\n\n    >>> f("2022-")\n    \'from 2022\'\n    """\n'
    assert kinds_named(source)
    assert kinds_named(without_examples(source)) == []
    assert kinds_named(without_examples(source.replace("Prose", "Letters from 2022")))
