"""What one coder, a person or a machine, says of some statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports import schema
from jtai_reports.corpus import Corpus
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.coding.codebook import Codebook

POLARITY = "polarity"
CODE_COLUMNS = ("statement_id", "facet", "code", "rank")


class CoderCodes(NamedTuple):
    """The codes that one coder gave.

    Attributes:
        coder: who gave them: the id of a person, or `rules`, `model`.
        codes: one row a code: statement_id, facet (`polarity`, `theme`, `agency`), code, rank (1 = most central).
            A statement has been coded when it has a polarity; without themes it is about none.
        notes: what the coder remarked, by statement_id.
    """

    coder: str
    codes: pd.DataFrame
    notes: Mapping[str, str] = {}

    def statement_ids(self) -> list[str]:
        """The statements that have been coded, in order."""
        return self.codes.loc[self.codes["facet"] == POLARITY, "statement_id"].tolist()


def first_areas(codes: pd.DataFrame, areas: Mapping[str, str]) -> pd.Series:
    """The key area of each statement that has themes: that of its first one.

    Args:
        codes: rows with statement_id, facet, code, rank.
        areas: the key area of each theme.

    Returns:
        Key areas indexed by statement_id.
    """
    themes = codes[codes["facet"] == "theme"].sort_values(["statement_id", "rank"], kind="stable")
    first = themes.drop_duplicates("statement_id").set_index("statement_id")["code"]
    return first.map(dict(areas)).rename("key_area")


def machine_codings(corpus: Corpus, *, people: Collection[str] = ()) -> list[CoderCodes]:
    """What each coder in the tables says, leaving out the people named.

    Args:
        corpus: the tables `statements`, `codings` and `codings_other` are used.
        people: ids of coders that are not wanted; who has made corrections is left out in any case.

    Returns:
        One `CoderCodes` for each other coder that gave a polarity, in order of name.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    people = {*people, *corpus.corrections["name"]}  # who has seen what the machine said
    parts = [polarity_rows(corpus.statements), corpus.codings, corpus.codings_other]
    codes = pd.concat([part[[*CODE_COLUMNS, "coder"]] for part in parts], ignore_index=True)
    polarities = codes[codes["facet"] == POLARITY]
    return [
        CoderCodes(str(coder), _of_coded(codes[codes["coder"] == coder]))
        for coder in sorted(set(polarities["coder"]) - set(people))
    ]


def use_codings(corpus: Corpus, coded: CoderCodes, codebook: Codebook) -> Corpus:
    """The corpus with one coder's codes in use for the statements that this coder has coded.

    What was in use for them before moves to `codings_other`, its polarity as a row of facet `polarity`; all other
    statements stay as they are. Each statement's `coder` says whose codes are in use for it.

    Args:
        corpus: the tables `statements`, `codings` and `codings_other` are used; none is changed.
        coded: the codes to use.
        codebook: says the key area of each theme.

    Raises:
        UsageError: the coder has coded a statement that the corpus does not have.
    """
    ids = coded.statement_ids()
    unknown = set(ids) - set(corpus.statements["statement_id"])
    if unknown:
        hint = "Make the sheet anew from these tables."
        raise UsageError(f"{coded.coder}: no statement {min(unknown)} in the tables.", hint=hint)
    before = [polarity_rows(corpus.statements), corpus.codings]
    others = [corpus.codings_other, *(rows[rows["statement_id"].isin(ids)] for rows in before)]
    theirs = [rows[~(rows["statement_id"].isin(ids) & (rows["coder"] == coded.coder))] for rows in others]
    kept = corpus.codings[~corpus.codings["statement_id"].isin(ids)]
    new = coded.codes[coded.codes["facet"].isin(schema.FACETS)].assign(coder=coded.coder)
    return corpus._replace(
        statements=_with_polarity(corpus.statements, coded, codebook.key_area_of()),
        codings=join_codes(schema.CODINGS, [kept, new], corpus),
        codings_other=join_codes(schema.CODINGS_OTHER, theirs, corpus),
    )


def polarity_rows(statements: pd.DataFrame) -> pd.DataFrame:
    """The polarity of each coded statement as a row of codes."""
    rows = statements.loc[statements["polarity"].notna(), ["statement_id", "polarity", "polarity_score", "coder"]]
    return rows.rename(columns={"polarity": "code", "polarity_score": "score"}).assign(facet=POLARITY, rank=1)


def join_codes(table: schema.Table, parts: list[pd.DataFrame], corpus: Corpus) -> pd.DataFrame:
    """Rows of codes as one table, in the order of the statements."""
    rows = [{str(name): value for name, value in row.items()} for part in parts for row in part.to_dict("records")]
    place = {name: number for number, name in enumerate(corpus.statements["statement_id"])}
    return schema.make_frame(table, sorted(rows, key=lambda row: place[row["statement_id"]]))


def _of_coded(codes: pd.DataFrame) -> pd.DataFrame:
    ids = codes.loc[codes["facet"] == POLARITY, "statement_id"]
    return codes.loc[codes["statement_id"].isin(ids), list(CODE_COLUMNS)].reset_index(drop=True)


def _with_polarity(statements: pd.DataFrame, coded: CoderCodes, areas: Mapping[str, str]) -> pd.DataFrame:
    rows = coded.codes[coded.codes["facet"] == POLARITY].set_index("statement_id")
    ids = statements["statement_id"]
    taken = ids.isin(rows.index)
    return statements.assign(
        polarity=statements["polarity"].mask(taken, ids.map(rows["code"])),
        polarity_score=statements["polarity_score"].mask(taken),
        key_area=statements["key_area"].mask(taken, ids.map(first_areas(coded.codes, areas))),
        coder=statements["coder"].mask(taken, coded.coder),
    )
