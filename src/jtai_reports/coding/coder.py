"""The seam between the tables and the coders: every coder takes a corpus and a codebook and gives `Coded`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from jtai_reports.coding.records import Coded
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus

Coder = Callable[["Corpus", "Codebook"], Coded]
# name -> module and function; imported when used, because some need heavy libraries
CODERS = {
    "model": ("jtai_reports.coding.model_coder", "code_by_model"),
    "minilm": ("jtai_reports.coding.minilm_coder", "code_by_minilm"),
    "rules": ("jtai_reports.coding.rules", "code_by_rules"),
}
DEFAULT_CODER = "model"


def code_corpus(
    corpus: Corpus,
    *,
    coder: str | None = None,
    others: Sequence[str] = (),
    codebook: Codebook | None = None,
    model: Path | None = None,
) -> Corpus:
    """Cut the findings of a corpus into statements and code them.

    Args:
        corpus: letters that have been read; it is not changed.
        coder: whose codes go to `statements` and `codings`: one of `CODERS`; None: see `default_coder`.
        others: coders whose codes go to `codings_other`, to be compared.
        codebook: the codes; that of the package where None.
        model: the file of the coder `model`; that of the package where None.

    Returns:
        The corpus with `statements`, `codings` and `codings_other` filled.

    Raises:
        UsageError: there is no such coder.
        ModelError: the model cannot be used, or not with this codebook.

    Example:
        >>> from jtai_reports import read_letters
        >>> coded = code_corpus(read_letters(["reports/sample/90000001.pdf"]))
        >>> set(coded.statements["coder"])
        {'model'}
    """
    from jtai_reports import schema  # noqa: PLC0415 - keeps the list of coders light
    from jtai_reports.coding.codebook import read_codebook  # noqa: PLC0415 - heavy
    from jtai_reports.coding.matching import forget_matches  # noqa: PLC0415 - heavy
    from jtai_reports.statements import split_statements  # noqa: PLC0415 - heavy

    codes = codebook or read_codebook()
    split = corpus._replace(statements=split_statements(corpus.findings))
    coder = coder or default_coder(codes, model=model)
    coded = find_coder(coder, model=model)(split, codes)
    second = [find_coder(name, model=model)(split, codes).codings for name in others if name != coder]
    forget_matches()
    return split._replace(
        statements=with_polarity(split.statements, coded.polarity, coder),
        codings=coded.codings,
        codings_other=_stacked(second) if second else schema.make_frame(schema.CODINGS_OTHER, []),
    )


def default_coder(codebook: Codebook, *, model: Path | None = None) -> str:
    """The coder where none is named: `model`, or `rules` for a codebook whose codes the package's model does not know.

    Raises:
        ModelError: `model` names a file that cannot be used.
    """
    from jtai_reports.coding.model import knows_codes, read_model  # noqa: PLC0415 - heavy

    return DEFAULT_CODER if model is not None or knows_codes(read_model(), codebook) else "rules"


def find_coder(name: str, *, model: Path | None = None) -> Coder:
    """The function of a coder; `model` is the file of the coder `model`, where it is not that of the package.

    Raises:
        UsageError: there is no such coder.
    """
    if name not in CODERS:
        raise UsageError(f"There is no coder {name!r}.", hint=f"Coders are: {', '.join(CODERS)}.")
    module, function = CODERS[name]
    function_of: Callable[..., Coded] = getattr(import_module(module), function)
    return partial(function_of, model=model) if name == "model" else function_of


def with_polarity(statements: pd.DataFrame, polarity: pd.DataFrame, coder: str) -> pd.DataFrame:
    """The table `statements` with what a coder found; both have the same statements in the same order."""
    if statements["statement_id"].tolist() != polarity["statement_id"].tolist():
        raise AssertionError(f"coder {coder}: other statements came back than went in")
    columns = {name: polarity[name] for name in ("polarity", "polarity_score", "key_area")}
    return statements.assign(**columns, coder=coder).astype({"coder": statements["coder"].dtype})


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    return pd.concat(frames, ignore_index=True)
