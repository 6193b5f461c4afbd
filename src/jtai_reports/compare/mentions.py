"""Which letters say something good or bad on a code: what every comparison counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from jtai_reports.compare.codes import Codes, all_codes, code_pairs
from jtai_reports.compare.names import check_name
from jtai_reports.errors import ComparisonError
from jtai_reports.reference.profiles import single_layer_templates

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

Layer = Literal["both", "summary", "main"]
LAYERS = ("both", "summary", "main")
LEFT_OUT = ("context", "next_steps", "practice_example")  # boilerplate, and single cases
MAIN = ("main_findings", "other")
SIDES = {"strength": ("strength", "mixed"), "weakness": ("weakness", "mixed")}


def judged_statements(corpus: Corpus, *, layer: Layer = "both") -> pd.DataFrame:
    """The statements that judge, outside Context, Next steps and practice examples.

    Args:
        corpus: the tables `reports` and `statements` are used.
        layer: letters from 2022 on say most things twice: 'summary' takes the opening, headline findings,
            bullets and priority actions, 'main' the main findings, 'both' either. Letters of 2016-2020 have
            a single layer, which is used in any case.

    Returns:
        The statements whose polarity is strength, weakness or mixed, with their template and `layer`
        ('summary', 'main' or 'single').

    Raises:
        ComparisonError: there is no such layer, or the statements are not coded.
    """
    check_name("layer", layer, LAYERS)
    check_coded(corpus)
    statements = corpus.statements
    judged = statements[statements["polarity"].isin(["strength", "weakness", "mixed"])]
    judged = judged[~judged["section_kind"].isin(LEFT_OUT)]
    judged = judged.merge(corpus.reports[["report_id", "template"]], on="report_id", validate="many_to_one")
    main = judged["section_kind"].isin(MAIN).map({True: "main", False: "summary"})
    judged = judged.assign(layer=main.mask(judged["template"].isin(single_layer_templates()), "single"))
    return judged if layer == "both" else judged[judged["layer"].isin([layer, "single"])]


def mentions(corpus: Corpus, *, layer: Layer = "both") -> pd.DataFrame:
    """Every code of every judged statement, on the side that it speaks for.

    Args:
        corpus: the tables `reports`, `statements` and `codings` are used.
        layer: see `judged_statements`.

    Returns:
        One row a statement, code and side: report_id, statement_id, template, layer, facet ('theme', 'agency',
        'key_area'), code, rank, polarity ('strength' or 'weakness'). A mixed statement has a row on each side.
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    judged = judged_statements(corpus, layer=layer)
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
    check_name("agency", agency, all_codes(corpus)["agency"])
    codings, statements = corpus.codings, corpus.statements
    about = codings.loc[(codings["facet"] == "agency") & (codings["code"] == agency), "statement_id"]
    key_area = statements["key_area"].where(statements["statement_id"].isin(about))
    return corpus._replace(
        statements=statements.assign(key_area=key_area),
        codings=codings[codings["statement_id"].isin(about)].reset_index(drop=True),
    )


def check_coded(corpus: Corpus) -> None:
    """Pass a corpus whose statements are coded.

    Raises:
        ComparisonError: they are not; counting would show silence where nobody has looked.
    """
    statements = corpus.statements
    n = len(corpus.findings) if statements.empty else int(statements["polarity"].isna().sum())
    if n:
        what = "findings have no statements" if statements.empty else "statements have no polarity"
        raise ComparisonError(f"The letters are not coded: {n} {what}.", hint="Code them with 'jtai run'.")
