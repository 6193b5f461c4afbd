"""The trained model: what it holds, how it is kept in a file that cannot run code, and the values it gives."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from jtai_reports.coding.array_file import HINT, Kind, ModelError, pack, shipped, unpack
from jtai_reports.coding.features import BLOCKS, Vocabulary, code_names, make_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.coding.context import Context

KIND = Kind("jtai-reports coding model", 1)
SHIPPED = "model.npz"
TERMS = ("words", "parts", "place")


class Model(NamedTuple):
    """A linear model over the blocks of `features.BLOCKS`.

    `outputs` names its outputs: 'theme:joint_working', 'first:joint_working' (the most central theme), 'none' (no
    theme), and so on. `weights` has a matrix of small whole numbers a block, one row a feature and one column an
    output, to be multiplied by the block's `scales`. `calibration` turns a value into a probability (slope, shift).
    `about` says what it was trained on.
    """

    vocabulary: Vocabulary
    outputs: tuple[str, ...]
    factors: Mapping[str, float]
    weights: Mapping[str, NDArray[np.int8]]
    scales: Mapping[str, NDArray[np.float32]]
    bias: NDArray[np.float32]
    calibration: NDArray[np.float32]
    about: Mapping[str, Any]


def probabilities(model: Model, context: Context, codebook: Codebook) -> NDArray[np.float64]:
    """The probability of each output for each statement (n x outputs). A row depends on its own letter alone.

    Raises:
        ModelError: the codebook has other codes than the model was trained on.
    """
    check_codes(model, codebook)
    values = model.bias.astype(np.float64)[None, :].repeat(len(context.texts), axis=0)
    for name, block in make_blocks(context, model.vocabulary, codebook).items():
        # sparse times dense goes row by row, so that the other rows cannot change a row's last digit
        values += (sparse.csr_matrix(block) @ block_weights(model, name)) * model.factors[name]
    return calibrated(values, model.calibration)


def block_weights(model: Model, name: str) -> NDArray[np.float32]:
    """The weights of one block: one row a feature, one column an output."""
    weights: NDArray[np.float32] = model.weights[name].astype(np.float32) * model.scales[name]
    return weights


def calibrated(values: NDArray[np.float64], calibration: NDArray[np.float32]) -> NDArray[np.float64]:
    """Probabilities from the values of a linear model; `calibration` is 2 x outputs (slope, shift)."""
    shares: NDArray[np.float64] = 1 / (1 + np.exp(-(values * calibration[0] + calibration[1])))
    return shares


def knows_codes(model: Model, codebook: Codebook) -> bool:
    """Whether the model was trained on the codes of the codebook."""
    return set(model.vocabulary.codes) == set(code_names(codebook))


def check_codes(model: Model, codebook: Codebook) -> None:
    """See that the codebook has the codes of the model.

    Raises:
        ModelError: it has others; the first that differ are named.
    """
    if not knows_codes(model, codebook):
        shown = ", ".join(sorted(set(model.vocabulary.codes) ^ set(code_names(codebook)))[:3])
        hint = "Train a model on statements coded by this codebook with 'jtai train', or use --coder rules."
        raise ModelError(f"The model was trained on other codes than the codebook's ({shown} ...).", hint=hint)


def model_bytes(model: Model) -> bytes:
    """The content of a model file: the same model, the same bytes."""
    header = {
        "outputs": model.outputs,
        "codes": model.vocabulary.codes,
        "rules": model.vocabulary.rules,
        "factors": dict(model.factors),
        "about": dict(model.about),
    }
    return pack(KIND, header, _arrays(model))


def read_model(path: Path | str | None = None) -> Model:
    """The model in a file, or the one of the package.

    Nothing in the file is run: it is read as numbers and text, and checked before use.

    Raises:
        ModelError: it is no model file, one of another version, or damaged.

    Example:
        >>> model = read_model()
        >>> model.about["statements"] > 5_000
        True
    """
    if path is None:
        return _own_model()
    try:
        content = Path(path).read_bytes()
    except OSError as fault:
        raise ModelError(f"{path}: cannot be read ({fault.strerror}).", hint=HINT) from fault
    return parse_model(content, name=Path(path).name)


def parse_model(content: bytes, *, name: str) -> Model:
    """The model in the content of a file.

    Raises:
        ModelError: see `read_model`.
    """
    header, arrays = unpack(content, KIND, name=name)
    try:
        return _checked(_model(header, arrays))
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise ModelError(f"{name}: the model is incomplete ({fault}).", hint=HINT) from fault


@cache
def _own_model() -> Model:
    return parse_model(shipped(SHIPPED), name=SHIPPED)


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    known = model.vocabulary
    texts = {f"terms_{name}": "\n".join(getattr(known, name)).encode() for name in TERMS}
    arrays: dict[str, NDArray[Any]] = {name: np.frombuffer(text, np.uint8) for name, text in texts.items()}
    arrays |= {"idf": known.idf, "parts_idf": known.parts_idf, "bias": model.bias, "calibration": model.calibration}
    for name in BLOCKS:
        arrays |= {f"weights_{name}": model.weights[name], f"scales_{name}": model.scales[name]}
    return arrays


def _model(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Model:
    terms = {name: _terms(arrays[f"terms_{name}"].tobytes().decode()) for name in TERMS}
    vocabulary = Vocabulary(
        words=terms["words"],
        idf=arrays["idf"],
        parts=terms["parts"],
        parts_idf=arrays["parts_idf"],
        place=terms["place"],
        rules=tuple(header["rules"]),
        codes=tuple(header["codes"]),
    )
    return Model(
        vocabulary=vocabulary,
        outputs=tuple(header["outputs"]),
        factors={name: float(header["factors"][name]) for name in BLOCKS},
        weights={name: arrays[f"weights_{name}"] for name in BLOCKS},
        scales={name: arrays[f"scales_{name}"] for name in BLOCKS},
        bias=arrays["bias"],
        calibration=arrays["calibration"],
        about=dict(header["about"]),
    )


def _checked(model: Model) -> Model:
    known, width = model.vocabulary, len(model.outputs)
    heights = {name: len(known.words) for name in BLOCKS}
    del heights["scores_around"], heights["agencies_around"]  # their widths follow from the codebook
    heights |= {"parts": len(known.parts), "place": len(known.place)}
    heights |= {"rules": len(known.rules), "scores": len(known.codes), "scores_around": 3 * len(known.codes)}
    for name, height in heights.items():
        if model.weights[name].shape != (height, width) or model.weights[name].dtype != np.int8:
            raise ValueError(f"weights of {name} have the wrong shape")
    columns = (*model.scales.values(), model.bias, *model.calibration)
    if any(column.shape != (width,) or not np.isfinite(column).all() for column in columns):
        raise ValueError("scales have the wrong shape")
    if (known.idf.shape, known.parts_idf.shape) != ((len(known.words),), (len(known.parts),)):
        raise ValueError("terms and their weights do not fit")
    return model


def _terms(text: str) -> dict[str, int]:
    return {term: number for number, term in enumerate(text.split("\n"))} if text else {}
