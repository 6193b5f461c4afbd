"""Letters and invented passages as tokens with their codes: what the networks are trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

from invented import read_invented
from jtai_reports.coding.codebook import Codebook
from jtai_reports.coding.coded_files import read_coded
from jtai_reports.coding.reader import GROUPS
from jtai_reports.coding.token_layout import Laid, Marks, lay_out
from jtai_reports.coding.train import CodedStatement, output_names
from jtai_reports.corpus import Corpus, read_letters
from jtai_reports.minilm import SEPARATOR, START, encoder
from jtai_reports.statements import split_statements

FOLDS = 4
NO_FOLD = -1  # of invented passages: they are never left out
BATCH = 16  # findings
INVENTED = Path(__file__).parent / "invented"


class Data(NamedTuple):
    """Letters as tokens, and what their statements are coded as."""

    corpus: Corpus
    laid: list[Laid]
    wanted: dict[str, np.ndarray[Any, Any]]  # by group: a column an output
    known: np.ndarray[Any, Any]  # whether each statement is coded
    tested: np.ndarray[Any, Any]  # whether by statements.csv
    outputs: dict[str, tuple[str, ...]]
    fold: np.ndarray[Any, Any]  # of each statement's letter

    @property
    def about(self) -> dict[str, int]:
        """What is trained on."""
        real = self.fold != NO_FOLD
        letters = set(self.corpus.statements["report_id"][real])
        return {
            "statements": int(self.known[real].sum()),
            "letters": len(letters),
            "invented": int((~real).sum()),
        }

    @property
    def invented(self) -> list[Laid]:
        """The invented passages."""
        return [laid for laid in self.laid if self.fold[laid.rows[0]] == NO_FOLD]

    def letters(self, without: int | None) -> list[Laid]:
        """The findings of letters with a coded statement, of all letters or of all but a fold."""
        apart = {NO_FOLD, without}
        return [
            laid for laid in self.laid if self.fold[laid.rows[0]] not in apart and self.known[list(laid.rows)].any()
        ]

    def left_out(self, fold: int) -> list[Laid]:
        """The findings of a fold."""
        return [laid for laid in self.laid if self.fold[laid.rows[0]] == fold]


class Batch(NamedTuple):
    """Findings of about equal length; `inside` says which tokens are a statement's, `finding` where it stands."""

    tokens: torch.Tensor
    there: torch.Tensor
    finding: torch.Tensor
    inside: torch.Tensor
    tested: torch.Tensor
    rows: np.ndarray[Any, Any]


def read_data(letters: Path, reference: Path, codebook: Codebook) -> tuple[Data, dict[str, CodedStatement]]:
    """The letters as tokens with their codes."""
    corpus = read_letters(letters.glob("*.pdf"))
    corpus = corpus._replace(statements=split_statements(corpus.findings))
    files = (reference / "training.csv", reference / "statements.csv")
    training, tested = (read_coded([file], corpus, codebook).coded for file in files)
    coded = training | tested
    outputs = grouped(output_names(codebook))
    ids, letter = corpus.statements["statement_id"], corpus.statements["report_id"]
    fold = letter.map({name: n % FOLDS for n, name in enumerate(sorted(set(letter)))}).to_numpy()
    wanted, known = wanted_of(corpus, coded, outputs), ids.isin(coded).to_numpy()
    return Data(corpus, laid_out(corpus), wanted, known, ids.isin(tested).to_numpy(), outputs, fold), coded


def laid_out(corpus: Corpus) -> list[Laid]:
    """The findings of a corpus as tokens."""
    return list(lay_out(corpus, encoder(), Marks(START, SEPARATOR)))


def moved(laid: Laid, *, by: int) -> Laid:
    """A finding whose statements stand further down in the table."""
    return laid._replace(rows=tuple(row + by for row in laid.rows))


def wanted_of(
    corpus: Corpus, coded: Mapping[str, CodedStatement], outputs: dict[str, tuple[str, ...]]
) -> dict[str, np.ndarray[Any, Any]]:
    """What the statements of a corpus are coded as: by group, a row a statement and a column an output."""
    ids = corpus.statements["statement_id"]
    wanted = {group: np.zeros((len(ids), len(names)), np.float32) for group, names in outputs.items()}
    for row, name in enumerate(ids):
        for output in _given(coded[name]) if name in coded else ():
            group = "first" if output == "none" else output.partition(":")[0]
            wanted[group][row, outputs[group].index(output)] = 1
    return wanted


def with_invented(data: Data, folder: Path = INVENTED) -> Data:
    """The same letters with the invented passages behind them."""
    corpus, coded = read_invented(folder)
    n, n_more = len(data.known), len(corpus.statements)
    wanted = wanted_of(corpus, coded, data.outputs)
    return Data(
        data.corpus._replace(statements=pd.concat([data.corpus.statements, corpus.statements], ignore_index=True)),
        data.laid + [moved(laid, by=n) for laid in laid_out(corpus)],
        {group: np.vstack([data.wanted[group], more]) for group, more in wanted.items()},
        np.append(data.known, np.ones(n_more, dtype=bool)),
        np.append(data.tested, np.zeros(n_more, dtype=bool)),
        data.outputs,
        np.append(data.fold, np.full(n_more, NO_FOLD)),
    )


def grouped(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The outputs in the four groups of the head."""
    of = {group: tuple(name for name in names if name.startswith(f"{group}:")) for group in GROUPS}
    return of | {"first": (*of["first"], "none")}


def _given(codes: CodedStatement) -> list[str]:
    themes = [f"theme:{code}" for code in codes.themes]
    first = f"first:{codes.themes[0]}" if codes.themes else "none"
    return [f"polarity:{codes.polarity}", *themes, first, *(f"agency:{code}" for code in codes.agencies)]


def n_outputs(data: Data) -> int:
    """How many outputs a head has."""
    return sum(map(len, data.outputs.values()))


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
