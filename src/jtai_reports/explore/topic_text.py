"""Which statements topics are looked for in, and what is left of their words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import yaml

from jtai_reports.reference.readers import QUOTES, data_text

if TYPE_CHECKING:
    import pandas as pd

BOILERPLATE = ("context", "next_steps")  # near-identical in every letter of a series
PARTLY = ("opening", "practice_example")  # procedure or a child's story, beside what is judged
TOKEN = r"[^\W\d_][\w'-]*[^\W\d_]"  # noqa: S105 - the shape of a word, of two letters or more


def select_statements(statements: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """The statements without boilerplate, sorted by their text, so that the order of files makes no difference.

    Context and next steps leave whole. Of the opening and of practice examples the neutral statements without a
    theme leave; where nothing is coded, the whole opening does.

    Args:
        statements: the table `statements`, coded or not; it is not changed.
        codings: the table `codings`, empty where nothing is coded.

    Returns:
        Rows of `statements`, with a new index.
    """
    kinds = statements["section_kind"]
    with_theme = statements["statement_id"].isin(codings.loc[codings["facet"] == "theme", "statement_id"])
    if statements["polarity"].isna().all():
        quiet = kinds == "opening"
    else:
        quiet = kinds.isin(PARTLY) & (statements["polarity"].fillna("") == "neutral") & ~with_theme
    kept = statements[~kinds.isin(BOILERPLATE) & ~quiet]
    return kept.sort_values(["text", "statement_id"], ignore_index=True)


def plain_words(statements: pd.DataFrame, authorities: pd.Series[str]) -> list[str]:
    """Each statement in small letters with plain quotes, without 's and without the name of its letter's area.

    Args:
        statements: rows with `text` and `report_id`.
        authorities: name of the area (may be missing) by report_id.
    """
    names = {report_id: _name_pattern(name) for report_id, name in authorities.dropna().items()}
    nothing = re.compile(r"(?!)")
    texts = zip(statements["text"], statements["report_id"], strict=True)
    return [_plain(names.get(report_id, nothing).sub(" ", text)) for text, report_id in texts]


@cache
def stop_words() -> tuple[str, ...]:
    """Words that make no topic: the English ones of scikit-learn and those of `topics.yaml`.

    >>> "the" in stop_words(), "children" in stop_words(), "police" in stop_words()
    (True, True, False)
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415 - heavy

    own = yaml.safe_load(data_text("topics.yaml"))
    return tuple(sorted({*ENGLISH_STOP_WORDS, *(word for words in own.values() for word in words)}))


def _plain(text: str) -> str:
    return re.sub(r"'s\b", "", text.translate(QUOTES).lower())


def _name_pattern(name: str) -> re.Pattern[str]:
    """The words of an area's name where they are written with a capital."""
    words = {word for word in re.findall(r"\w{3,}", name) if word[0].isupper()}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b" if words else r"(?!)")
