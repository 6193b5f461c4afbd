"""Corrections by people: applied where they fit, listed always, and never lost in silence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from jtai_reports.cli import main
from jtai_reports.coding.codebook import read_codebook
from jtai_reports.coding.coder_codes import machine_codings
from jtai_reports.corpus import Corpus
from jtai_reports.corrections.apply import correct_codes, correct_letters
from jtai_reports.corrections.file import Correction, CorrectionsError, read_corrections
from jtai_reports.errors import ReferenceDataError
from jtai_reports.reference.authorities import read_authorities
from jtai_reports.schema import TABLES, check_frame, make_frame
from jtai_reports.store import load
from tests.conftest import SAMPLE
from tests.small_letters import Said, Small, make_coded

HEAD = "id,field,old,new,reason,name\n"
LETTER, FIRST, SECOND = "letter-01", "letter-01-f001-01", "letter-01-f002-01"


def corpus() -> Corpus:
    said = [
        Said("strength", "early_help joint_working", "police", key_area="collaboration"),
        Said("weakness", "early_help", "health", section="other", key_area="collaboration"),
    ]
    coded = make_coded([Small("Derby", "cse_2016", said, region=None)])
    by_rules = {name: getattr(coded, name).assign(coder="rules") for name in ("statements", "codings")}
    missing = [{"report_id": LETTER, "field": name, "reason": "not_recognised"} for name in ("region", "improvements")]
    return coded._replace(missing=make_frame(TABLES["missing"], missing), **by_rules)


def row(name: str, field: str, old: str, new: str) -> Correction:
    return Correction(2, name, field, old, new, "seen in the letter", "AB")


def corrected_letters(*rows: Correction) -> Corpus:
    return correct_letters(corpus(), rows, read_authorities())


def corrected_codes(*rows: Correction) -> Corpus:
    return correct_codes(corpus(), rows, read_codebook())


def states(found: Corpus) -> list[str]:
    return found.corrections["state"].tolist()


# --- reading the file -----------------------------------------------------------------------------------------


def write(folder: Path, *lines: str, head: str = HEAD) -> Path:
    (folder / "corrections.csv").write_text(head + "\n".join(lines) + "\n", "utf-8-sig")
    return folder


def test_no_file_is_no_correction(tmp_path: Path) -> None:
    assert read_corrections(tmp_path, read_codebook()) == ()


def test_values_may_be_written_as_people_and_spreadsheets_write_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        "letter-01,letter_date,05/04/2016,2016-04-06,misread,AB",
        ",,,,,",
        "letter-01-f001-01,themes,Early help,Early help; strategic leadership,both,AB",
    )
    day, themes = read_corrections(tmp_path, read_codebook())
    assert (day.line, day.old, day.new) == (2, "2016-04-05", "2016-04-06")
    assert (themes.line, themes.old, themes.new) == (4, "early_help", "early_help; strategic_leadership")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        "letter-01,letter_date,,31 May,why,AB",
        "letter-01,regoin,,London,why,AB",
        "letter-01,authority,,Nowhere-on-Sea,why,AB",
        "letter-01-f001,section_kind,strengths,,why,AB",
        "letter-01-f001-01,polarity,strength,strenght,why,AB",
        "letter-01-f001-01,themes,,early_help; early_help,,rules",
        "letter-01,source_url,,javascript:alert(1),why,AB",
        "letter-01,source_url,,https://example.org,why,",
        "letter-01,letter_date,,2024-02-30,why,AB",
    )
    with pytest.raises(CorrectionsError) as fault:
        read_corrections(tmp_path, read_codebook())
    assert fault.value.faults == (
        "line 2: '31 May' is no date; write it like 2024-01-31.",
        "line 3: 'regoin' cannot be corrected. Nearest: 'region'.",
        "line 4: 'Nowhere-on-Sea' is no known authority. Nearest: 'Southend-on-Sea'.",
        "line 5: the column 'new' is empty, and section_kind must have a value.",
        "line 6: 'strenght' is no polarity of the codebook. Nearest: 'strength'.",
        "line 7: the column 'reason' is empty.",
        "line 7: the name 'rules' is that of a machine.",
        "line 7: 'early_help; early_help' names a code twice.",
        "line 8: 'javascript:alert(1)' is no web address (https://...).",
        "line 9: the column 'name' is empty.",
        "line 10: '2024-02-30' is no date; write it like 2024-01-31.",
        "line 9: source_url of letter-01 is corrected in line 8 already.",
        "line 10: letter_date of letter-01 is corrected in line 2 already.",
    )
    assert fault.value.exit_code == 2


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, head="id,field,new\n")
    with pytest.raises(ReferenceDataError, match="no column old, reason, name"):
        read_corrections(tmp_path, read_codebook())


# --- letters, sections, findings ------------------------------------------------------------------------------


def test_a_letters_detail_is_corrected_and_no_longer_missing() -> None:
    found = corrected_letters(row(LETTER, "region", "", "London"))
    assert found.reports["region"].tolist() == ["London"]
    assert states(found) == ["applied"]
    assert found.missing["field"].tolist() == ["improvements"]
    assert found.problems.empty


def test_an_authority_brings_its_code_region_and_type() -> None:
    found = corrected_letters(row(LETTER, "authority", "Derby", "Croydon"), row(LETTER, "series", "cse_2016", ""))
    (letter,) = found.reports.to_dict("records")
    assert (letter["authority"], letter["ons_code"], letter["region"]) == ("Croydon", "E09000008", "London")
    assert letter["authority_type"] == "London Borough"
    assert pd.isna(letter["series"])
    check_frame(TABLES["corrections"], found.corrections)


def test_a_section_takes_its_findings_along_except_those_with_their_own() -> None:
    found = corrected_letters(
        row("letter-01-s02", "section_kind", "other", "improvements"),
        row("letter-01-f001", "section_kind", "strengths", "headline_findings"),
    )
    assert found.sections["section_kind"].tolist() == ["strengths", "improvements"]
    assert found.findings["section_kind"].tolist() == ["headline_findings", "improvements"]
    assert found.missing["field"].tolist() == ["region"]
    both = corrected_letters(
        row("letter-01-s02", "section_kind", "other", "improvements"),
        row("letter-01-f002", "section_kind", "other", "main_findings"),
    )
    assert both.findings["section_kind"].tolist() == ["strengths", "main_findings"]


@pytest.mark.parametrize(
    ("name", "old", "state", "why"),
    [
        ("letter-09", "Derby", "gone", "there is no such letter, section, finding or statement"),
        (LETTER, "Leeds", "differs", "what is read now is neither its old value nor its new one"),
    ],
)
def test_what_no_longer_fits_is_a_problem_and_changes_nothing(name: str, old: str, state: str, why: str) -> None:
    found = corrected_letters(row(name, "authority", old, "Croydon"))
    assert found.reports["authority"].tolist() == ["Derby"]
    assert states(found) == [state]
    (problem,) = found.problems.to_dict("records")
    assert problem["message"] == f"Line 2, authority of {name}: not applied, because {why}."
    assert (problem["file_name"], problem["stage"], problem["severity"]) == ("corrections.csv", "correct", "warning")
    assert problem["report_id"] == LETTER if state == "differs" else pd.isna(problem["report_id"])
    check_frame(TABLES["problems"], found.problems)


def test_what_the_tool_reads_rightly_by_now_is_not_needed() -> None:
    found = corrected_letters(row(LETTER, "authority", "Leeds", "Derby"))
    assert states(found) == ["not_needed"]
    assert found.problems.empty


# --- codes ----------------------------------------------------------------------------------------------------


def test_a_polarity_is_the_persons_and_the_machines_is_kept() -> None:
    before = corpus()
    found = corrected_codes(row(FIRST, "polarity", "strength", "mixed"))
    assert found.statements["polarity"].tolist() == ["mixed", "weakness"]
    assert found.statements["polarity_score"].isna().tolist() == [True, False]
    assert found.statements["coder"].tolist() == ["AB", "rules"]
    (kept,) = found.codings_other.to_dict("records")
    assert (kept["statement_id"], kept["facet"], kept["code"]) == (FIRST, "polarity", "strength")
    assert len(found.codings) == len(before.codings)


def test_themes_are_replaced_in_their_order_and_bring_their_key_area() -> None:
    found = corrected_codes(
        row(FIRST, "themes", "early_help; joint_working", "strategic_leadership; early_help"),
        row(SECOND, "agencies", "health", ""),
    )
    codes = found.codings.sort_values(["statement_id", "facet", "rank"])
    assert codes[["statement_id", "facet", "code", "coder"]].to_numpy().tolist() == [
        [FIRST, "agency", "police", "rules"],
        [FIRST, "theme", "strategic_leadership", "AB"],
        [FIRST, "theme", "early_help", "AB"],
        [SECOND, "theme", "early_help", "rules"],
    ]
    assert found.statements["key_area"].tolist() == ["leadership", "collaboration"]
    for name in ("statements", "codings", "codings_other", "corrections"):
        check_frame(TABLES[name], getattr(found, name))


def test_codes_that_no_longer_fit() -> None:
    before = corpus()
    found = corrected_codes(
        row(FIRST, "themes", "early_help", "thresholds"),
        row("letter-01-f009-01", "polarity", "strength", "weakness"),
        row(SECOND, "polarity", "strength", "weakness"),
    )
    assert states(found) == ["differs", "gone", "not_needed"]
    assert found.codings.equals(before.codings)
    assert found.statements.equals(before.statements)
    assert len(found.problems) == 2


def test_who_corrects_is_no_coder_to_be_compared() -> None:
    found = corrected_codes(row(FIRST, "themes", "early_help; joint_working", ""))
    (only,) = machine_codings(found)
    assert only.coder == "rules"
    themes = only.codes[(only.codes["statement_id"] == FIRST) & (only.codes["facet"] == "theme")]
    assert themes["code"].tolist() == ["early_help", "joint_working"]  # as the machine said


def test_corrections_leave_their_input_alone() -> None:
    given = corpus()
    correct_letters(given, [row(LETTER, "region", "", "London")], read_authorities())
    correct_codes(given, [row(FIRST, "polarity", "strength", "mixed")], read_codebook())
    assert all(getattr(given, name).equals(getattr(corpus(), name)) for name in Corpus._fields)


# --- in a run -------------------------------------------------------------------------------------------------


def test_a_run_applies_lists_and_keeps_them(
    sample_outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letters, outputs = tmp_path / "letters", tmp_path / "outputs"
    shutil.copytree(SAMPLE, letters)
    for name in sorted(letters.glob("*.pdf"))[2:]:
        name.unlink()
    first = load(sample_outputs).reports.set_index("file_name").loc[sorted(letters.glob("*.pdf"))[0].name]
    statement = load(sample_outputs).statements.set_index("report_id").loc[first["report_id"]].iloc[0]
    write(
        letters,
        f"{first['report_id']},letter_date,{first['letter_date']},2016-12-31,misprint,AB",
        f"{statement['statement_id']},polarity,{statement['polarity']},mixed,irony,AB",
        "jtai-gone,region,,London,why,AB",
    )
    command = ["run", "--reports", str(letters), "--outputs", str(outputs), "--workers", "1"]
    for _ in range(2):  # they survive a run, and change nothing in the next
        assert main(command) == 0
        shown = capsys.readouterr().out
        assert "Corrections:   2 applied, 1 that no longer fit (see problems.csv)" in shown
    assert "Nothing has changed since the last run." in shown
    corpus = load(outputs)
    assert states(corpus) == ["applied", "gone", "applied"]
    assert "2016-12-31" in corpus.reports["letter_date"].tolist()
    methods = (outputs / "site" / "methods.html").read_text("utf-8")
    assert "What people have corrected" in methods
    assert "misprint" in methods
    assert json.loads((outputs / "run.json").read_text())["corrections"] == {"applied": 2, "gone": 1}
    write(letters, "jtai-gone,regoin,,London,why,AB")
    assert main(command) == 2
    assert "1 fault:\n  - line 2: 'regoin' cannot be corrected." in capsys.readouterr().err
