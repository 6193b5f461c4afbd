"""Group the runs of one page into printed lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from jtai_reports.pdf.records import Box, Line, Run

SAME_LINE = 3.0  # points: baselines closer than this belong to one printed line
GAP_IS_SPACE = 0.25  # of the font size: a wider gap between two runs is a space
RAISED_SIZE = 0.85  # of the line's font size: a raised run smaller than this is a superscript
RAISED_BY = 0.75  # of the line's font size: a superscript stands no higher than this
DOUBLE_STRIKE = 2.0  # points: the same text printed again so near to itself is one text
MARK = re.compile(r"\s*\[?\d{1,3}\]?\s*|\s*[*†‡]\s*")
HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-", "\xad": "-", "\xa0": " ", "\r": "", "\n": ""})
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
RULE_WIDTH = 3.0  # points: a drawn box narrower than this is an upright rule
FAR = 1e5  # points: nothing drawn so far off, or nowhere at all (NaN), is on the page


def group_lines(runs: Iterable[Run], page: int, boxes: Iterable[Box] = ()) -> list[Line]:
    """The runs of a page as lines from top to bottom; text that only looks empty is left out.

    No line goes over an upright rule among the `boxes`, such as stands between the columns of a table.
    """
    rows = _rows(_without_double_strike([_cleaned(run) for run in runs if _is_somewhere(run)]))
    rules = [box for box in boxes if box.x1 - box.x0 < RULE_WIDTH < box.bottom - box.top]
    lines = (_line(piece, page) for row in rows for piece in _cut_at_rules(row, rules))
    return [line for line in lines if line.text or line.marks]


def is_bold(font: str) -> bool:
    """Whether a base font name says that the face is bold (the PDF's own flag is not reliable)."""
    name = font.lower()
    return "bold" in name or "black" in name or "heavy" in name


def _is_somewhere(run: Run) -> bool:
    return abs(run.x0) < FAR and abs(run.x1) < FAR and abs(run.baseline) < FAR and 0 <= run.size < FAR


def _cleaned(run: Run) -> Run:
    if run.text.isascii() and run.text.isprintable():
        return run  # nearly all of them: there is nothing to clean
    return run._replace(text=INVISIBLE.sub("", run.text.translate(HYPHENS)))


def _without_double_strike(runs: list[Run]) -> list[Run]:
    """Drop a run printed again at (nearly) the same place, a way of making text look bold."""
    seen: dict[str, list[Run]] = {}
    kept = []
    for run in runs:
        alike = seen.setdefault(run.text.strip(), [])
        if run.text.strip() and any(_at_one_place(run, other) for other in alike):
            continue
        alike.append(run)
        kept.append(run)
    return kept


def _at_one_place(run: Run, other: Run) -> bool:
    """Whether two runs of one text overlap: two letters l side by side do not, narrow as they are."""
    near = min(DOUBLE_STRIKE, max(run.x1 - run.x0, 1.0) / 2)
    return abs(run.x0 - other.x0) < near and abs(run.baseline - other.baseline) < near


def _rows(runs: list[Run]) -> list[list[Run]]:
    """Runs on one baseline, superscripts put with the line that they stand on."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (r.baseline, r.x0)):
        if rows and run.baseline - rows[-1][0].baseline <= SAME_LINE:
            rows[-1].append(run)
        else:
            rows.append([run])
    return _with_superscripts(rows)


def _with_superscripts(rows: list[list[Run]]) -> list[list[Run]]:
    """Put a row of small runs just above another row into it."""
    merged: list[list[Run]] = []
    for row in rows:
        size, baseline = _main_size(row), row[0].baseline
        if merged and all(r.size < RAISED_SIZE * size and baseline - r.baseline < RAISED_BY * size for r in merged[-1]):
            row = merged.pop() + row
        merged.append(row)
    return merged


def _cut_at_rules(row: list[Run], rules: Sequence[Box]) -> list[list[Run]]:
    """The pieces of a row that upright rules set apart; a rule that text crosses sets nothing apart."""
    middle = max(run.baseline - run.size / 3 for run in row)
    beside = {(rule.x0 + rule.x1) / 2 for rule in rules if rule.top <= middle <= rule.bottom}
    edges = [x for x in sorted(beside) if not any(run.x0 + RULE_WIDTH < x < run.x1 - RULE_WIDTH for run in row)]
    pieces: dict[int, list[Run]] = {}
    for run in row:
        pieces.setdefault(sum(edge < (run.x0 + run.x1) / 2 for edge in edges), []).append(run)
    return [pieces[place] for place in sorted(pieces)]


def _main_size(row: Sequence[Run]) -> float:
    counts: Counter[float] = Counter()
    for run in row:
        counts[run.size] += len(run.text.strip())
    return max(counts, key=lambda size: (counts[size], size))


def _line(row: list[Run], page: int) -> Line:
    row = sorted(row, key=lambda r: r.x0)
    size = _main_size(row)
    baseline = max(r.baseline for r in row if r.size == size)
    marks = [r for r in row if _is_mark(r, size, baseline)]
    body = [r for r in row if r not in marks and r.text.strip()]
    if not body:
        body, marks = [r for r in row if r.text.strip()], []
    text = re.sub(r"\s+", " ", _joined([r for r in row if r not in marks])).strip()
    shown = body or row
    return Line(
        page=page,
        text=text,
        x0=shown[0].x0,
        x1=max(r.x1 for r in shown),
        baseline=baseline,
        size=size,
        font=shown[0].font,
        bold=bool(body) and all(is_bold(r.font) for r in body),
        marks=tuple(r.text.strip() for r in marks),
        mark_first=bool(marks) and row.index(marks[0]) == next((i for i, r in enumerate(row) if r.text.strip()), 0),
    )


def _is_mark(run: Run, size: float, baseline: float) -> bool:
    """A footnote mark: raised and smaller than its line, digits or a star."""
    small = run.size < RAISED_SIZE * size or baseline - run.baseline > 0.2 * size
    return small and baseline - run.baseline > 0.1 * size and MARK.fullmatch(run.text) is not None


def _joined(row: Iterable[Run]) -> str:
    text, end = "", None
    for run in row:
        if end is not None and run.x0 - end > GAP_IS_SPACE * run.size:
            text += " "
        text += run.text
        end = run.x1
    return text
