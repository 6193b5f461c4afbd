"""Show a finding: its words, the codes of each statement with the words that speak for them, and its page."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jtai_reports.coding.codebook import read_codebook
from jtai_reports.errors import JtaiError, UsageError
from jtai_reports.files import checksum
from jtai_reports.lab.opening import letters_folder
from jtai_reports.settings import DEFAULT_OUTPUTS, DEFAULT_PROFILE, DEFAULT_REPORTS
from jtai_reports.show.picture import png_bytes, show_page
from jtai_reports.store import load

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

COLOURS = {"strength": "#0072b2", "weakness": "#d55e00", "mixed": "#8c6d00", "neutral": "#666666"}
STYLE = """\
<style>
.jtai-finding {display: flex; flex-wrap: wrap; gap: 1em; max-width: 100%}
.jtai-finding .words {flex: 1 1 22em; min-width: 16em}
.jtai-finding .page {flex: 1 1 26em; max-width: 40em; min-width: 16em}
.jtai-finding .page img {width: 100%; border: 1px solid #ccc; background: white}
.jtai-finding .said {border-left: 4px solid; padding: .1em .7em; margin: .5em 0}
.jtai-finding .said small {display: block; opacity: .85}
.jtai-finding mark {background: #fff3b0; color: black}
</style>"""


class FindingView:
    """A finding as a notebook shows it: `finding` is its row, `statements` and `codings` its sentences and codes."""

    def __init__(self, corpus: Corpus, finding: pd.Series[Any], pages: Sequence[bytes], note: str) -> None:
        self.finding = finding
        self.letter = corpus.reports.set_index("report_id").loc[finding["report_id"]]
        own = corpus.statements["finding_id"] == finding["finding_id"]
        self.statements = corpus.statements[own]
        self.codings = corpus.codings[corpus.codings["statement_id"].isin(self.statements["statement_id"])]
        self._pages = pages
        self._note = note

    def __repr__(self) -> str:
        return f"{self._title()}\n{self.finding['text']}"

    def _repr_html_(self) -> str:
        said = "".join(self._said()) or f"<p>{html.escape(str(self.finding['text']))}</p>"
        source = html.escape(f"{self.letter['file_name']}. {self._note}".strip())
        words = f"<b>{html.escape(self._title())}</b>{said}<small>{source}</small>"
        pages = "".join(_image(page, self._title()) for page in self._pages)
        return f'{STYLE}<div class="jtai-finding"><div class="words">{words}</div><div class="page">{pages}</div></div>'

    def _title(self) -> str:
        first, last = self.finding["page_start"], self.finding["page_end"]
        pages = f"page {first}" if first == last else f"pages {first} and {last}"
        kind = str(self.finding["section_kind"]).replace("_", " ")
        return f"{self.letter['authority']}, {self.letter['letter_date']}, {kind}, {pages}"

    def _said(self) -> Iterator[str]:
        """Each statement with its polarity and codes; the words that speak for its first code are marked."""
        labels = {(code.facet, code.id): code.label for code in read_codebook().codes}
        for statement in self.statements.fillna({"polarity": "not coded"}).itertuples():
            codes = self.codings[self.codings["statement_id"] == statement.statement_id].sort_values("rank")
            pairs = zip(codes["facet"], codes["code"], strict=True)
            named = [labels.get(pair, str(pair[1]).replace("_", " ")) for pair in pairs]
            coded = html.escape("; ".join([str(statement.polarity), *named]))
            colour = COLOURS.get(str(statement.polarity), COLOURS["neutral"])
            text = _marked(str(statement.text), codes[codes["facet"] == "theme"])
            yield f'<div class="said" style="border-color:{colour}">{text}<small>{coded}</small></div>'


def show_finding(
    finding_id: str,
    *,
    outputs: Path | str = DEFAULT_OUTPUTS,
    reports: Path | str = DEFAULT_REPORTS,
    profile: str = DEFAULT_PROFILE,
) -> FindingView:
    """A finding with its codes beside the picture of its page, where it is outlined.

    Args:
        finding_id: name of the finding, as in the tables.
        outputs: the folder of the tables.
        reports: the folder of the letters; without the letter, the finding is shown without its page.
        profile: what kind of letters these are: the name of a profile, or the folder of one of your own.

    Raises:
        UsageError: there is no such finding, or there are no tables.

    Example:
        >>> import jtai_reports as jtai
        >>> shown = jtai.show_finding("jtai-2017-01-13-quillshire-f009")
        >>> print(repr(shown).splitlines()[0])
        Quillshire, 2017-01-13, strengths, page 2
    """
    corpus = load(outputs)
    found = corpus.findings[corpus.findings["finding_id"] == finding_id]
    if found.empty:
        hint = "Names of findings stand in the column finding_id of findings and of what search gives."
        raise UsageError(f"There is no finding {finding_id!r}.", hint=hint)
    finding = found.iloc[0]
    letter = corpus.reports.set_index("report_id").loc[finding["report_id"]]
    path = find_letter(letter["file_name"], letter["sha256"], Path(reports))
    if path is None:
        return FindingView(corpus, finding, (), f"The letter is not in {Path(reports)}, so its page is not shown.")
    try:
        return FindingView(corpus, finding, tuple(_pages(path, finding, profile)), "")
    except JtaiError as fault:
        return FindingView(corpus, finding, (), f"Its page cannot be shown: {fault}")


def find_letter(name: str, sha256: str, reports: Path) -> Path | None:
    """The file of a letter in the folder of the letters, if it is there and unchanged."""
    for path in (letters_folder(reports) / name, reports / name):
        if path.is_file() and checksum(path) == sha256:
            return path
    return None


def _pages(path: Path, finding: pd.Series[Any], profile: str) -> Iterator[bytes]:
    number = int(finding["ordinal"])
    for page in range(int(finding["page_start"]), int(finding["page_end"]) + 1):
        image = show_page(path, page, authorities=path.parent, profile=profile, finding=number)
        yield png_bytes(image.quantize(64))


def _image(content: bytes, title: str) -> str:
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{base64.b64encode(content).decode()}">'


def _marked(text: str, codes: pd.DataFrame) -> str:
    spans = codes.dropna(subset=["evidence_start", "evidence_end"])
    if spans.empty:
        return html.escape(text)
    start, end = int(spans.iloc[0]["evidence_start"]), int(spans.iloc[0]["evidence_end"])
    return f"{html.escape(text[:start])}<mark>{html.escape(text[start:end])}</mark>{html.escape(text[end:])}"
