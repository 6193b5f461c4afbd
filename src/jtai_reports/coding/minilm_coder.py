"""The coder `minilm`: MiniLM, trained further on statements in their findings, beside the linear model.

Stronger than `model` and slower: see docs/model-card.md. It needs the extra `minilm`, but neither torch nor a download.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jtai_reports.coding.adapter import adapted, read_adapter
from jtai_reports.coding.model_coder import code_by_both
from jtai_reports.coding.reader import Reader
from jtai_reports.coding.token_layout import Marks
from jtai_reports.minilm import HEADS, LAYERS, SEPARATOR, START, base_weights, encoder
from jtai_reports.transformer import Network

if TYPE_CHECKING:
    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.coding.records import Coded
    from jtai_reports.corpus import Corpus

NAME = "minilm"


def code_by_minilm(corpus: Corpus, codebook: Codebook) -> Coded:
    """Code every statement of a corpus by the linear model and the language model together.

    Args:
        corpus: letters whose table `statements` is filled; it is not changed.
        codebook: the codes; both models must have been trained on the same ones.

    Raises:
        ModelError: the codebook has other codes.
        UsageError: the extra `minilm` is not installed.
    """
    return code_by_both(corpus, codebook, minilm_reader(), name=NAME)


@cache
def minilm_reader() -> Reader:
    """The published weights with the adapter of the package.

    Raises:
        UsageError: the extra `minilm` is not installed.
    """
    encode, adapter = encoder(), read_adapter()
    network = Network(adapted(base_weights(), adapter), LAYERS, HEADS)
    return Reader(network, adapter.head, encode, Marks(START, SEPARATOR))
