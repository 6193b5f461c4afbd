"""Which letters say something good or bad on a code: what every comparison counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from jtai_reports.compare.codes import Codes, all_codes, code_pairs
from jtai_reports.compare.names import check_name
from jtai_reports.reference.templates import single_layer_templates

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

Layer = Literal["both", "summary", "main"]
LAYERS = ("both", "summary", "main")
LEFT_OUT = ("context", "next_steps", "practice_example")  # boilerplate, and single cases
MAIN = ("main_findings", "other")
SIDES = {"strength": ("strength", "mixed"), "weakness": ("weakness", "mixed")}


def judged_statements(corpus: Corpus) -> pd.DataFrame:
    """The statements that judge, outside Context, Next steps and practice examples.

    Args:
        corpus: the tables `reports` and `statements` are used.

    Returns:
        The statements whose polarity is strength, weakness or mixed, with their template and `layer`:
        'summary' for the opening, headline findings, bullets and priority actions of letters that say most things
        twice, 'main' for the rest of them, 'single' for other letters. Statements that nobody coded are left out.
    """
    statements = corpus.statements
    judged = statements[statements["polarity"].isin(["strength", "weakness", "mixed"])]
    judged = judged[~judged["section_kind"].isin(LEFT_OUT)]
    judged = judged.merge(corpus.reports[["report_id", "template"]], on="report_id", validate="many_to_one")
    main = judged["section_kind"].isin(MAIN).map({True: "main", False: "summary"})
    return judged.assign(layer=main.mask(judged["template"].isin(single_layer_templates()), "single"))


def in_layer(table: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """The rows of one layer; letters with a single layer stay in any case.

    Args:
        table: anything with a column `layer`.
        layer: of letters that say most things twice: 'summary', 'main', or either ('both').

    Raises:
        ComparisonError: there is no such layer.
    """
    check_name("layer", layer, LAYERS)
    return table if layer == "both" else table[table["layer"].isin([layer, "single"])]


def mentions(corpus: Corpus, *, layer: Layer = "both") -> pd.DataFrame:
    """Every code of every judged statement, on the side that it speaks for.

    Args:
        corpus: the tables `reports`, `statements` and `codings` are used.
        layer: see `in_layer`.

    Returns:
        One row a statement, code and side: report_id, statement_id, template, layer, facet ('theme', 'agency',
        'key_area'), code, rank, polarity ('strength' or 'weakness'). A mixed statement has a row on each side.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    judged = in_layer(judged_statements(corpus), layer)
    who = ["report_id", "statement_id", "template", "layer", "polarity"]
    areas = judged[judged["key_area"].notna()]
    areas = areas[who].assign(facet="key_area", code=areas["key_area"], rank=1)
    codings = corpus.codings.drop_duplicates(["statement_id", "facet", "code"])
    coded = judged[who].merge(codings[["statement_id", "facet", "code", "rank"]], on="statement_id")
    both = pd.concat([coded, areas], ignore_index=True)
    sides = [both[both["polarity"].isin(kinds)].assign(polarity=side) for side, kinds in SIDES.items()]
    columns = ["report_id", "statement_id", "template", "layer", "facet", "code", "rank", "polarity"]
    return pd.concat(sides, ignore_index=True)[columns]


def of_codes(said: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """The mentions of some codes."""
    wanted = set(code_pairs(codes))
    return said[[pair in wanted for pair in zip(said["facet"], said["code"], strict=True)]].reset_index(drop=True)


def only_about(corpus: Corpus, *, agency: str) -> Corpus:
    """The corpus in which only the statements about one agency carry codes; letters and statements stay, so n stays.

    An agency that is named is not always the agency that is praised or at fault.

    Raises:
        ComparisonError: there is no such agency.
    """
    check_name("agency", agency, all_codes(corpus.codings)["agency"])
    codings, statements = corpus.codings, corpus.statements
    about = codings.loc[(codings["facet"] == "agency") & (codings["code"] == agency), "statement_id"]
    key_area = statements["key_area"].where(statements["statement_id"].isin(about))
    return corpus._replace(
        statements=statements.assign(key_area=key_area),
        codings=codings[codings["statement_id"].isin(about)].reset_index(drop=True),
    )
