"""Train the model on coded statements, with the figures that it reaches on letters left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from jtai_reports.coding.context import describe
from jtai_reports.coding.features import BLOCKS, Matrix, learn_vocabulary, make_blocks
from jtai_reports.coding.model import Model, calibrated
from jtai_reports.coding.ridge import Fit, fit_ridge, kernel, without
from jtai_reports.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jtai_reports.coding.codebook import Codebook
    from jtai_reports.corpus import Corpus

RIDGE = 0.7
OFFSET = 0.5  # the constant in the kernel that stands for the intercept
LEAST_LETTERS = 2
LEAST_STATEMENTS = 50
STEPS = 40
LARGEST_WHOLE = 127


class CodedStatement(NamedTuple):
    """What one statement was coded as; `themes` with the most central first."""

    polarity: str
    themes: tuple[str, ...]
    agencies: tuple[str, ...]


class Trained(NamedTuple):
    """A model, and for every statement of the corpus the probabilities from a model without its letter."""

    model: Model
    left_out: NDArray[np.float64]


def train_model(corpus: Corpus, coded: Mapping[str, CodedStatement], codebook: Codebook) -> Trained:
    """Train on the coded statements of a corpus.

    Args:
        corpus: letters with their table `statements`; it is not changed.
        coded: statement_id -> codes. Statements that are not coded are used as surroundings only.
        codebook: the codes and rules.

    Returns:
        The model, and left-out probabilities for all statements (n x outputs).

    Raises:
        UsageError: too few coded statements or letters.
    """
    rows = np.flatnonzero(corpus.statements["statement_id"].isin(list(coded)).to_numpy())
    letters = corpus.statements["report_id"].factorize()[0].astype(np.intp)
    _check_enough(len(rows), len(set(letters[rows])))
    context = describe(corpus)
    vocabulary = learn_vocabulary(context, codebook)
    blocks = make_blocks(context, vocabulary, codebook)
    factors = _factors(blocks, rows)
    features = sparse.hstack([blocks[name] * factors[name] for name in BLOCKS], format="csr", dtype=np.float32)
    outputs = output_names(codebook)
    ids = corpus.statements["statement_id"].iloc[rows]
    wanted = _wanted([coded[name] for name in ids], outputs)
    alike = kernel(features, features[rows], offset=OFFSET)
    fit = fit_ridge(alike[rows], wanted, ridge=RIDGE)
    values = _left_out(fit, alike, rows, letters)
    calibration = calibrate(values[rows], wanted)
    about = {"statements": len(rows), "letters": len(set(letters[rows])), "codebook": codebook.version}
    weights, scales = _weights(features[rows].T @ fit.duals, {name: blocks[name].shape[1] for name in BLOCKS})
    bias = (OFFSET * fit.duals.sum(axis=0)).astype(np.float32)
    model = Model(vocabulary, outputs, factors, weights, scales, bias, calibration, about)
    return Trained(model, _calibrated_apart(values, wanted, rows, letters))


def output_names(codebook: Codebook) -> tuple[str, ...]:
    """What the model gives a value for: each code, each theme as the most central one, and having no theme."""
    coded = [f"{code.facet}:{code.id}" for code in codebook.codes if code.facet != "key_area"]
    return (*coded, *(f"first:{code.id}" for code in codebook.facet("theme")), "none")


def calibrate(values: NDArray[np.float64], wanted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Slope and shift for each output that turn its values into probabilities (Platt's method; 2 x outputs).

    Newton's steps on the likelihood, with half a statement added on each side so that a code that nothing or
    everything has keeps finite numbers.
    """
    slope, shift = np.full(values.shape[1], 5.0), np.full(values.shape[1], -2.0)
    positives = wanted.sum(axis=0)
    high, low = (positives + 1) / (positives + 2), 1 / (len(wanted) - positives + 2)
    goal = np.where(wanted > 0, high, low)
    for _ in range(STEPS):
        shares = 1 / (1 + np.exp(-np.clip(values * slope + shift, -30, 30)))
        error, spread = shares - goal, shares * (1 - shares) + 1e-9
        a, b, c = (spread * values**2).sum(0) + 1e-6, (spread * values).sum(0), spread.sum(0) + 1e-6
        to_slope, to_shift = (error * values).sum(0), error.sum(0)
        det = np.maximum(a * c - b * b, 1e-9)
        slope = slope - np.clip((c * to_slope - b * to_shift) / det, -5, 5)
        shift = shift - np.clip((a * to_shift - b * to_slope) / det, -5, 5)
    return np.stack([slope, shift]).astype(np.float32)


def _check_enough(n_statements: int, n_letters: int) -> None:
    if n_statements < LEAST_STATEMENTS or n_letters < LEAST_LETTERS:
        raise UsageError(
            f"{n_statements} coded statements of {n_letters} letters are too few to train a model.",
            hint=f"Code at least {LEAST_STATEMENTS} statements of {LEAST_LETTERS} letters.",
        )


def _factors(blocks: Mapping[str, Matrix], rows: NDArray[np.intp]) -> dict[str, float]:
    """What each block is multiplied by, so that its rows have the mean squared length that `BLOCKS` says."""
    factors = {}
    for name, weight in BLOCKS.items():
        whole = name not in {"place", "rules", "scores", "scores_around", "agencies_around"}
        size = 1.0 if whole else blocks[name][rows].power(2).sum() / len(rows)
        factors[name] = float(np.sqrt(weight / max(size, 1e-9)))
    return factors


def _wanted(coded: Sequence[CodedStatement], outputs: Sequence[str]) -> NDArray[np.float32]:
    column = {name: number for number, name in enumerate(outputs)}
    wanted = np.zeros((len(coded), len(outputs)), dtype=np.float32)
    for row, codes in enumerate(coded):
        names = [f"polarity:{codes.polarity}", *(f"agency:{code}" for code in codes.agencies)]
        names += [f"theme:{code}" for code in codes.themes]
        names.append(f"first:{codes.themes[0]}" if codes.themes else "none")
        wanted[row, [column[name] for name in names if name in column]] = 1
    return wanted


def _left_out(
    fit: Fit, alike: NDArray[np.float32], rows: NDArray[np.intp], letters: NDArray[np.intp]
) -> NDArray[np.float64]:
    values = np.zeros((len(alike), fit.duals.shape[1]))
    for letter in np.unique(letters):
        of_letter = np.flatnonzero(letters == letter)
        values[of_letter] = alike[of_letter] @ without(fit, np.flatnonzero(letters[rows] == letter))
    return values


def _calibrated_apart(
    values: NDArray[np.float64], wanted: NDArray[np.float32], rows: NDArray[np.intp], letters: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Probabilities for each letter's statements by the calibration of the other letters."""
    shares = np.zeros_like(values)
    for letter in np.unique(letters):
        others = letters[rows] != letter
        of_letter = letters == letter
        shares[of_letter] = calibrated(values[of_letter], calibrate(values[rows[others]], wanted[others]))
    return shares


def _weights(
    whole: NDArray[np.float32], widths: Mapping[str, int]
) -> tuple[dict[str, NDArray[np.int8]], dict[str, NDArray[np.float32]]]:
    """The weights as small whole numbers and one scale a block and output: a quarter of the size."""
    weights, scales, start = {}, {}, 0
    for name, width in widths.items():
        block = whole[start : start + width]
        start += width
        scale = np.maximum(np.abs(block).max(axis=0, initial=0.0), 1e-9) / LARGEST_WHOLE
        weights[name] = np.rint(block / scale).astype(np.int8)
        scales[name] = scale.astype(np.float32)
    return weights, scales
