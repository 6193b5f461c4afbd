"""Which coded statements a person should look at first, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

UNSURE = 0.6  # a code with a lower score is in doubt
COLUMNS = (
    *("statement_id", "report_id", "section_kind", "page_start", "text", "polarity", "polarity_score"),
    *("themes", "agencies", "lowest_score", "n_reasons", "reasons"),
)


def find_doubtful(corpus: Corpus) -> pd.DataFrame:
    """The statements in doubt, those with most reasons first, then those with the lowest score.

    Reasons are: a low score of the polarity, of the first theme or of an agency, and themes on which the coder in use
    and another one have nothing in common. What a person has coded has no score and is not in doubt.

    Returns:
        The columns of `COLUMNS`; `themes` and `agencies` are joined by '; ', as is `reasons`.

    Example:
        >>> from jtai_reports import read_letters
        >>> from jtai_reports.coding.coder import code_corpus
        >>> coded = code_corpus(read_letters(["reports/sample/90000001.pdf"]), others=["rules"])
        >>> doubtful = find_doubtful(coded)
        >>> bool((doubtful["n_reasons"] > 0).all())
        True
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    own, other = _by_statement(corpus.codings), _by_statement(corpus.codings_other)
    scored = corpus.statements[corpus.statements["polarity_score"].notna()]
    rows = [_row(statement, own, other) for statement in scored.to_dict("records")]
    table = pd.DataFrame([row for row in rows if row["n_reasons"]], columns=list(COLUMNS))
    order = ["n_reasons", "lowest_score", "statement_id"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _by_statement(codings: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """Statement -> facet -> code -> score, in the order of rank."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    columns = codings.sort_values("rank", kind="stable")[["statement_id", "facet", "code", "score"]]
    for statement_id, facet, code, score in columns.itertuples(index=False):
        found.setdefault(statement_id, {}).setdefault(facet, {})[code] = score
    return found


def _row(statement: dict[Any, Any], own: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    name = statement["statement_id"]
    codes = own.get(name, {})
    themes, agencies = codes.get("theme", {}), codes.get("agency", {})
    scores = {"polarity " + statement["polarity"]: statement["polarity_score"]}
    scores |= {f"theme {code}": score for code, score in list(themes.items())[:1]}
    scores |= {f"agency {code}": score for code, score in agencies.items()}
    reasons = [f"{what}: score {score:.2f}" for what, score in scores.items() if score < UNSURE]
    others = other.get(name, {}).get("theme", {})
    if themes and others and not set(themes) & set(others):
        reasons.append(f"another coder gave {', '.join(others)}")
    return {column: statement.get(column) for column in COLUMNS[:7]} | {
        "themes": "; ".join(themes),
        "agencies": "; ".join(agencies),
        "lowest_score": min(scores.values()),
        "n_reasons": len(reasons),
        "reasons": "; ".join(reasons),
    }
