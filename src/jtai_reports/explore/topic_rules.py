"""A topic's words as the draft of a code, for a researcher to finish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.coding.codebook import Code, Codebook, Rule, codebook_error
from jtai_reports.coding.matching import GIVEN_FROM, code_scores, rule_hits
from jtai_reports.errors import UsageError
from jtai_reports.schema import KEY_AREAS

if TYPE_CHECKING:
    import pandas as pd

ID = re.compile(r"[a-z][a-z0-9_]*")
BETWEEN = r"(?: \w+)?? "  # a stop word may stand between the two words of a pair
LEAST_WEIGHT = 0.05  # a word that fits the topic less often than that is left out


class Draft(NamedTuple):
    """A codebook with the draft in it, and how the draft does.

    `hits` of the topic's `size` statements get the code from its rules; so do `others`, which are not in the topic.
    """

    codebook: Codebook
    code: Code
    hits: int
    size: int
    others: int


def draft_code(
    topics: pd.DataFrame, topic_statements: pd.DataFrame, codebook: Codebook, *, topic: str, code: str, key_area: str
) -> Draft:
    """A theme with one rule for each word of a topic, added to a copy of a codebook.

    The weight of a rule is the share of the statements with its word that are in the topic.

    Args:
        topics: the table `topics`.
        topic_statements: the table `topic_statements`.
        codebook: it is not changed.
        topic: name of the topic, such as `T12`.
        code: id of the new theme: small letters, digits and '_'.
        key_area: key area of the new theme.

    Raises:
        UsageError: there is no such topic or key area, or the id cannot be used.
        CodebookError: the codebook has a theme of this id.
    """
    row = _topic(topics, topic)
    if not ID.fullmatch(code):
        raise UsageError(f"{code!r} cannot be the id of a code.", hint="Use small letters, digits and '_'.")
    if key_area not in KEY_AREAS:
        raise UsageError(f"There is no key area {key_area!r}.", hint=f"Key areas are: {', '.join(KEY_AREAS)}.")
    if any(known.id == code for known in codebook.facet("theme")):
        raise codebook_error("The draft", [f"theme {code!r}: the id is there already"])
    inside = topic_statements["topic"] == topic
    texts = topic_statements["text"].tolist()
    draft = Code(
        facet="theme",
        id=code,
        label=code.replace("_", " ").capitalize(),
        key_area=key_area,
        definition=f"Draft from topic {topic} ({row['label']}): write here what it means.",
        rules=_rules(str(row["words"]).split("; "), texts, inside.tolist()),
    )
    given = _given(texts, draft)
    hits = sum(g and i for g, i in zip(given, inside, strict=True))
    return Draft(_with(codebook, draft), draft, hits, int(inside.sum()), sum(given) - hits)


def _topic(topics: pd.DataFrame, topic: str) -> pd.Series[str]:
    found = topics[(topics["topic"] == topic) & topics["words"].notna()]
    if found.empty:
        named = topics.loc[topics["words"].notna(), "topic"]
        raise UsageError(f"There is no topic {topic!r}.", hint=f"Topics are {named.iloc[0]} to {named.iloc[-1]}.")
    return found.iloc[0]


def _rules(words: list[str], texts: list[str], inside: list[bool]) -> tuple[Rule, ...]:
    """A rule a word, its weight measured, the surest first."""
    patterns = [BETWEEN.join(re.escape(part) for part in word.split()) + r"\b" for word in words]
    bare = tuple(Rule(pattern=pattern, weight=0.5) for pattern in patterns)
    probe = Code(facet="theme", id="draft", label="Draft", definition="Draft", rules=bare)
    matched = rule_hits(texts, Codebook(version="draft", codes=(probe,))).matrix > 0
    weighted = []
    for pattern, column in zip(patterns, matched.T, strict=True):
        own = [here for here, hit in zip(inside, column, strict=True) if hit]
        weight = round(sum(own) / len(own), 2) if own else 0.0
        weighted.append(Rule(pattern=pattern, weight=weight))
    kept = [rule for rule in weighted if rule.weight >= LEAST_WEIGHT]
    return tuple(sorted(kept, key=lambda rule: -rule.weight))


def _given(texts: list[str], code: Code) -> list[bool]:
    alone = Codebook(version="draft", codes=(code,))
    scores = code_scores(rule_hits(texts, alone), alone)[:, 0]
    return [bool(score >= GIVEN_FROM) for score in scores]


def _with(codebook: Codebook, code: Code) -> Codebook:
    """The codebook with one more theme, after the others."""
    return Codebook(version=f"{codebook.version} + {code.id}", codes=(*codebook.codes, code))
