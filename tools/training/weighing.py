"""How what a network says and what the linear model says become probabilities together."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy import optimize
from torch.nn import functional

from coded import Data
from jtai_reports.coding.codebook import Codebook
from jtai_reports.coding.context import describe
from jtai_reports.coding.reader import ARRAYS, Head, odds_by_group
from jtai_reports.coding.signs import polarity_signs
from jtai_reports.coding.train import CodedStatement, train_model
from network import Net

WEIGHT = {"theme": 0.5, "first": 0.5, "agency": 0.5}  # of the head beside the linear model; polarity is stacked
RIDGE = 1.67  # of the stacking


class Weighed(NamedTuple):
    """How a head and the linear model are weighed: see `reader.Head`."""

    calibration: dict[str, tuple[float, float]]
    stacked: dict[str, np.ndarray[Any, Any]]


def weighed(data: Data, coded: dict[str, CodedStatement], codebook: Codebook, path: Path) -> Weighed:
    """How this kind of model and the linear one become probabilities together, by what was left out of each."""
    kept = np.load(path, allow_pickle=False)
    values = dict(zip(kept["ids"].tolist(), kept["values"], strict=True))
    said = np.stack([values[name] for name in data.corpus.statements["statement_id"]]).astype(np.float64)
    linear = train_model(data.corpus, coded, codebook)
    signs = polarity_signs(describe(data.corpus), codebook, data.outputs["polarity"])
    calibration, stacked = {}, {}
    for group, _, own, other in odds_by_group(linear.left_out, said, linear.model.outputs, data.outputs):
        wanted = data.wanted[group][data.known]
        if group == "polarity":
            stacked[group] = likeliest_matrix(np.hstack([own, other, signs])[data.known], wanted)
            continue
        mean = WEIGHT[group] * own + (1 - WEIGHT[group]) * other
        calibration[group] = likeliest_line(mean[data.known].reshape(-1), wanted.reshape(-1))
    return Weighed(calibration, stacked)


def likeliest_matrix(beside: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The matrix over what is seen and 1 that makes what was wanted likeliest (ridged logistic regression)."""
    seen = torch.from_numpy(np.hstack([beside, np.ones((len(beside), 1))]))
    answers = torch.from_numpy(wanted.argmax(axis=1))
    matrix = torch.zeros((seen.shape[1], wanted.shape[1]), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([matrix], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = functional.cross_entropy(seen @ matrix, answers, reduction="sum") + RIDGE * matrix[:-1].pow(2).sum()
        value.backward()
        return value

    optimizer.step(loss)
    return np.asarray(matrix.detach().numpy().round(4))


def likeliest_line(odds: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Slope and shift of log-odds that make what was wanted likeliest (Platt's method)."""

    def unlikely(line: np.ndarray[Any, Any]) -> float:
        raised = line[0] * odds + line[1]
        return float(np.mean(np.logaddexp(0, raised) - wanted * raised))

    slope, shift = optimize.minimize(unlikely, np.array([1.0, 0.0])).x
    return round(float(slope), 4), round(float(shift), 4)


def head_of(net: Net, data: Data, ways: Weighed) -> Head:
    """A trained head as the package keeps it; it speaks as statements.csv does."""
    arrays = {name: value.detach().numpy().copy() for name, value in net.head.state_dict().items()}
    arrays["out.bias"] = arrays["out.bias"] + net.of_tested.detach().numpy()
    return Head(data.outputs, {name: arrays[name] for name in ARRAYS}, WEIGHT, ways.calibration, ways.stacked)
