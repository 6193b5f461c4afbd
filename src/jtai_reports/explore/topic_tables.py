"""The tables of topics: which statements they hold, in which letters, and how they lie to the codebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jtai_reports.schema import STATEMENT_POLARITIES, TOPIC_STATEMENTS, TOPICS, make_frame

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

NO_TOPIC, NO_TOPIC_LABEL = "T00", "in no topic"
NO_CODE = "no theme"
COVERED_FROM = 0.5  # a code covers a topic when at least this share of its statements carry it
LABEL_WORDS = 3


class Grouping(NamedTuple):
    """The topic of each statement (from 0; -1 for none), its vector, and its place on the map (n, 2)."""

    labels: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float32]
    places: npt.NDArray[np.float32]


class Measured(NamedTuple):
    """What was measured of each topic, in order; topics below `stable_from` are marked."""

    words: Sequence[Sequence[str]]
    stability: Sequence[float]
    coherence: Sequence[float]
    stable_from: float


def topic_statements_table(statements: pd.DataFrame, grouping: Grouping) -> pd.DataFrame:
    """The table `topic_statements`: every statement looked at, those in no topic too, the most typical first.

    A statement is the more typical the nearer it lies to the mean of its topic; one that repeats the words of
    another comes after those that do not.
    """
    kept = ["statement_id", "finding_id", "report_id", "section_kind", "page_start", "polarity", "text"]
    table = statements[kept].assign(
        topic=[topic_name(label) for label in grouping.labels],
        similarity=_similarity(grouping),
        x=grouping.places[:, 0].round(3).astype(float),
        y=grouping.places[:, 1].round(3).astype(float),
    )
    table = table.sort_values(["topic", "similarity", "text", "statement_id"], ascending=[True, False, True, True])
    table["repeats"] = table.duplicated(["topic", "text"])
    table = table.sort_values(["topic", "repeats"], kind="stable", ignore_index=True)
    table["rank"] = table.groupby("topic").cumcount() + 1
    return make_frame(TOPIC_STATEMENTS, [{str(k): v for k, v in row.items()} for row in table.to_dict("records")])


def topics_table(rows: pd.DataFrame, measured: Measured, reports: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """The table `topics`: one row a topic, the largest first, and a last row for the statements in no topic."""
    polarity = rows["polarity"].fillna("uncoded")
    counts = Counter(zip(rows["topic"], polarity, strict=True))
    by_code = topics_by_code(rows, codings)
    letters = {name: _in_words(topics_by(rows, reports, by=name), name) for name in ("template", "series")}
    found = []
    for number in [*range(len(measured.words)), -1]:
        name = topic_name(number)
        own = rows[rows["topic"] == name]
        found.append(
            {
                "topic": name,
                "n_statements": len(own),
                "share": round(len(own) / len(rows), 4),
                "k_letters": own["report_id"].nunique(),
                "n_letters": len(reports),
                **_measures(number, measured),
                **{f"n_{p}": counts[name, p] for p in (*STATEMENT_POLARITIES, "uncoded")},
                **{f"by_{key}": said.get(name) for key, said in letters.items()},
                **_codes(by_code[by_code["topic"] == name]),
            }
        )
    return make_frame(TOPICS, found)


def topics_by(topic_statements: pd.DataFrame, reports: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """In how many letters of each group a topic is found.

    Args:
        topic_statements: the table `topic_statements`.
        reports: the table `reports`.
        by: a column of `reports`, such as `series` or `template`. Letters without a value are left out.

    Returns:
        Columns: topic, the group, k (letters with the topic), n (letters of the group), share (k of n), n_statements;
        every topic with every group, also where k is 0.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    groups = reports.dropna(subset=[by])
    order = groups.groupby(by)["letter_date"].min().sort_values(kind="stable").index
    sizes = groups.groupby(by).size()
    joined = topic_statements.merge(groups[["report_id", by]], on="report_id", validate="many_to_one")
    every = pd.MultiIndex.from_product([sorted(topic_statements["topic"].unique()), order], names=["topic", by])
    counts = joined.groupby(["topic", by])["report_id"].agg(["nunique", "size"]).reindex(every, fill_value=0)
    table = counts.set_axis(["k", "n_statements"], axis=1).reset_index()
    table["n"] = table[by].map(sizes)
    return table.assign(share=(table["k"] / table["n"]).round(4))[["topic", by, "k", "n", "share", "n_statements"]]


def topics_by_code(topic_statements: pd.DataFrame, codings: pd.DataFrame, *, facet: str = "theme") -> pd.DataFrame:
    """How many of a topic's statements carry each code; one with several codes counts for each.

    Args:
        topic_statements: the table `topic_statements`.
        codings: the table `codings`.
        facet: `theme` or `agency`.

    Returns:
        Columns: topic, code (`no theme` for statements without), k, n (statements of the topic), share. Empty where
        nothing is coded.
    """
    own = codings.loc[codings["facet"] == facet, ["statement_id", "code"]].drop_duplicates()
    sizes = topic_statements.groupby("topic").size()
    joined = topic_statements[["topic", "statement_id"]].merge(own, on="statement_id", how="left")
    joined["code"] = joined["code"].fillna(NO_CODE)
    table = joined.groupby(["topic", "code"]).size().rename("k").reset_index()
    if own.empty:
        table = table.iloc[:0]
    table["n"] = table["topic"].map(sizes).astype("int64")
    return table.assign(share=(table["k"] / table["n"]).round(4))


def typical_statements(topic_statements: pd.DataFrame, topic: str | None = None, *, most: int = 5) -> pd.DataFrame:
    """The most typical statements of a topic, with letter and page; of every topic where none is named."""
    of_topic = topic_statements["topic"] == topic if topic else topic_statements["topic"] != NO_TOPIC
    return topic_statements[of_topic & (topic_statements["rank"] <= most)].reset_index(drop=True)


def topic_name(number: int) -> str:
    """The name of a topic by its number; `T00` holds what is in no topic.

    >>> topic_name(0), topic_name(-1)
    ('T01', 'T00')
    """
    return f"T{number + 1:02d}"


def _similarity(grouping: Grouping) -> Any:  # noqa: ANN401 - an array
    """The cosine of each statement with the mean of its topic."""
    import numpy as np  # noqa: PLC0415 - heavy

    similarity = np.zeros(len(grouping.labels))
    for label in np.unique(grouping.labels):
        own = grouping.labels == label
        mean = grouping.vectors[own].mean(axis=0)
        similarity[own] = grouping.vectors[own] @ mean / max(float(np.linalg.norm(mean)), 1e-9)
    return similarity.round(3)


def _measures(number: int, measured: Measured) -> dict[str, Any]:
    if number < 0:
        return {"label": NO_TOPIC_LABEL, "words": None, "stable": None}
    words, stable = measured.words[number], measured.stability[number]
    return {
        "label": ", ".join(words[:LABEL_WORDS]) or "no words",
        "words": "; ".join(words),
        "stability": round(stable, 3),
        "stable": "yes" if stable >= measured.stable_from else "no",
        "coherence": round(measured.coherence[number], 3),
    }


def _codes(own: pd.DataFrame) -> dict[str, Any]:
    """The code that most of a topic's statements carry, and whether it covers the topic."""
    if own.empty:
        return {}
    without = own.loc[own["code"] == NO_CODE, "share"].sum()
    codes = own[own["code"] != NO_CODE].sort_values(["k", "code"], ascending=[False, True])
    if codes.empty:
        return {"no_code_share": float(without)}
    first = codes.iloc[0]
    return {
        "top_code": first["code"],
        "top_code_share": first["share"],
        "covered_by": first["code"] if first["share"] >= COVERED_FROM else None,
        "no_code_share": float(without),
    }


def _in_words(table: pd.DataFrame, by: str) -> dict[str, str]:
    """'group: k of n' of each topic, joined by '; '."""
    said = table.assign(said=table[by] + ": " + table["k"].astype("str") + " of " + table["n"].astype("str"))
    return {str(topic): text for topic, text in said.groupby("topic")["said"].agg("; ".join).items()}
