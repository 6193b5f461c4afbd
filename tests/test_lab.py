"""Tables, drop-downs, findings and claims as a notebook shows them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import jtai_reports as jtai
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError
from jtai_reports.lab import choosing, claims, codes, tables
from jtai_reports.settings import Settings
from tests.conftest import ROOT, SAMPLE

FINDING = "jtai-2017-01-13-quillshire-f009"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "outputs"
    jtai.run(Settings(reports=SAMPLE, outputs=folder))
    return folder


@pytest.fixture(scope="module")
def corpus(outputs: Path) -> Corpus:
    return jtai.load(outputs)


def test_a_table_has_caption_and_n_and_no_markup_of_its_letters() -> None:
    frame = pd.DataFrame({"text": ["<script>x</script>", None], "share": [0.123456, 1.0], "k": [1, 2]})
    shown = jtai.table(frame, caption="A & B", n=2, of="statements")
    html = shown._repr_html_()
    assert "<caption>A &amp; B (n = 2 statements)</caption>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert ">0.12<" in html
    assert ">None<" not in html
    assert shown.frame is frame


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    html = jtai.table(pd.DataFrame({"a": range(100)}), caption="Long", n=100)._repr_html_()
    assert html.count("<tr>") == 41
    assert "… and 60 more rows" in html


def test_a_sortable_table_brings_all_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "is_static", lambda: False)
    monkeypatch.setattr(tables, "bring_script", lambda: None)
    html = jtai.table(pd.DataFrame({"text": ["<b>x</b>"]}), caption="<i>", n=1)._repr_html_()
    assert "&lt;i&gt; (n = 1 letters)" in html
    assert "<b>x" not in html
    assert not re.search(r"""(src=|href=.?[^>]*stylesheet|from |import\()["']?https?:""", html)


def test_a_table_names_the_columns_it_has() -> None:
    with pytest.raises(UsageError, match=r"no column 'b'.*Its columns are: a"):
        jtai.table(pd.DataFrame({"a": [1]}), caption="x", n=1, columns=["b"])


def test_choices_are_those_of_the_letters(corpus: Corpus) -> None:
    assert jtai.choices(corpus, "series")[1] == (
        "Child sexual exploitation and missing children (2016-2020)",
        "cse_2016",
    )
    assert len(jtai.choices(corpus, "authority", everything=False)) == 12
    assert ("Missing children", "missing_children") in jtai.choices(corpus, "theme")
    with pytest.raises(UsageError, match="Choose one of: series, theme"):
        jtai.choices(corpus, "colour")


def test_a_choice_that_cannot_be_answered_is_a_sentence(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    def show(series: str, region: str) -> str:
        return f"{len(jtai.select_letters(corpus, series=series, region=region).reports)} letters"

    jtai.choose(show, series=[("Neglect", "neglect_2017")], region=[("London", "London")])
    assert "No letter with series neglect_2017, region London has been read." in capsys.readouterr().out


def test_drop_downs_redraw_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    widgets = pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
    shown: list[object] = []

    class Handle:
        def __init__(self, place: int) -> None:
            self.place = place

        def update(self, part: object) -> None:
            shown[self.place] = part

    def display(part: object, *, display_id: bool = False) -> Handle:
        shown.append(part)
        return Handle(len(shown) - 1) if display_id else Handle(-1)

    monkeypatch.setattr(choosing, "is_static", lambda: False)
    monkeypatch.setattr(choosing, "bring_script", lambda: None)
    monkeypatch.setattr("IPython.display.display", display)
    jtai.choose(lambda name: (f"one {name}", f"two {name}"), name=[("A", "a"), ("B", "b")])
    box = shown[0]
    assert isinstance(box, widgets.HBox)
    assert [repr(part) for part in shown[1:]] == ["one a", "two a", ""]
    box.children[0].value = "b"
    assert [repr(part) for part in shown[1:]] == ["one b", "two b", ""]


def test_a_finding_is_shown_on_its_page(outputs: Path) -> None:
    shown = jtai.show_finding(FINDING, outputs=outputs, reports=ROOT / "reports")
    html = shown._repr_html_()
    assert html.count("data:image/png;base64,") == 1
    assert 'alt="Quillshire, 2017-01-13, strengths, page 2"' in html
    assert html.count('class="said"') == len(shown.statements) == 3


def test_a_finding_whose_letter_is_not_there_has_its_words(outputs: Path, tmp_path: Path) -> None:
    html = jtai.show_finding(FINDING, outputs=outputs, reports=tmp_path)._repr_html_()
    assert "its page is not shown" in html
    assert "data:image" not in html


def test_a_letter_that_was_changed_is_not_shown(outputs: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLE / "90000002.pdf", tmp_path / "90000001.pdf")
    assert "its page is not shown" in jtai.show_finding(FINDING, outputs=outputs, reports=tmp_path)._repr_html_()


def test_there_is_no_such_finding(outputs: Path) -> None:
    with pytest.raises(UsageError, match="There is no finding 'x'"):
        jtai.show_finding("x", outputs=outputs)


def test_a_corpus_says_what_it_holds(corpus: Corpus) -> None:
    assert repr(corpus).startswith("<Corpus: 12 letters of 2016-05-17 to 2025-02-13, 0 of them in the catalogue")
    assert "<code>corpus.findings</code></td><td>471</td>" in corpus._repr_html_()


def test_evidence_stands_in_the_statement(corpus: Corpus) -> None:
    said = codes.coded_statements(corpus, "missing_children", polarity="weakness")
    assert len(said) > 0
    assert set(said["polarity"]) == {"weakness"}
    assert all(evidence in text for evidence, text in zip(said["evidence"], said["text"], strict=True))
    assert said["score"].is_monotonic_decreasing


def test_sheets_of_the_sample_fit_its_letters(corpus: Corpus) -> None:
    paths = [ROOT / "notebooks" / f"coding-sample-{coder}.csv" for coder in ("AB", "CD")]
    assert codes.fitting_sheets(corpus, [*paths, ROOT / "none.csv"]) == paths
    figures = codes.agreement(corpus, paths)
    people = figures[(figures["coder_a"] == "AB") & (figures["coder_b"] == "CD") & (figures["facet"] == "polarity")]
    assert people["n"].iloc[0] == 40
    assert codes.agreement(corpus, []).empty


def test_recall_of_claims_counted_by_hand(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(
        "claim_id,claim,polarity,relation,file,passage_start\n"
        "A,Return interviews are offered by a charity,strength,supports,90000004,Return interviews are offered by\n"
        "B,Return interviews are offered by a charity,strength,contrary,90000009,Return interviews are often refused\n"
        "C,Taxi firms know what to look for,strength,supports,90000009,no passage of any letter\n",
        "utf-8",
    )
    guide = claims.read_guide(corpus, tmp_path / "none.csv", tmp_path / "claims.csv")
    letters = claims.letters_of_guide(corpus, guide)
    assert len(letters.reports) == 2
    assert set(letters.codings["statement_id"]) <= set(letters.statements["statement_id"])
    hits = claims.first_hits(letters, guide)
    assert hits["claim_id"].tolist() == ["A", "C"]
    assert hits["first_hit"].tolist() == [1, pd.NA]
    assert claims.recall(hits) == 0.5


def test_claims_about_letters_that_were_not_read(corpus: Corpus, tmp_path: Path) -> None:
    text = "claim_id,claim,polarity,relation,file,passage_start\nA,b,strength,supports,1,c\n"
    (tmp_path / "claims.csv").write_text(text)
    with pytest.raises(UsageError, match="is about the letters that have been read"):
        claims.read_guide(corpus, tmp_path / "claims.csv")


def test_a_figure_of_k_of_n_says_so_in_words(corpus: Corpus) -> None:
    counted = jtai.prevalence(corpus, by="template", codes={"theme": ["early_help"]})
    chart = jtai.plot_prevalence(counted)
    first = counted.iloc[0]
    assert f"Letters of 2016-2020, n = 6: praised in {first['k']} of 6" in chart.alt_text.replace("\u00a0", " ")
    assert chart.table is counted


def test_too_many_codes_for_one_figure(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="codes in one figure cannot be read"):
        jtai.plot_prevalence(jtai.prevalence(corpus, by="series"))
    with pytest.raises(UsageError, match="no table of prevalence"):
        jtai.plot_prevalence(corpus.reports)


def test_every_name_has_an_example_that_runs() -> None:
    for name in jtai.__all__:
        told = getattr(jtai, name).__doc__ or ""
        assert ">>>" in told, name
        assert "+SKIP" not in told, name


def test_tables_are_made_where_there_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(SAMPLE, tmp_path / "reports" / "sample")
    made = jtai.load_or_run(tmp_path / "outputs", reports=tmp_path / "reports")
    assert len(made.reports) == 12
    assert "reading the 12 letters" in capsys.readouterr().out
    jtai.load_or_run(tmp_path / "outputs", reports=tmp_path / "reports")
    assert capsys.readouterr().out == ""
