"""Trace claims to the passages that support or contradict them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jtai_reports.errors import UsageError
from jtai_reports.explore.search import Index, make_index, ranked, read_query
from jtai_reports.explore.terms import asked_polarity, telling, words_of

if TYPE_CHECKING:
    import pandas as pd

    from jtai_reports.corpus import Corpus

SIDES = {"strength": "weakness", "weakness": "strength"}
SAID = ("strength", "weakness", "expectation")
HINT = "The columns are claim and, if wanted, claim_id and polarity (strength, weakness or expectation)."
FIRST_ROW = 2  # of a file, under its header


class Claim(NamedTuple):
    """A claim to trace. `polarity` is what it says of the practice; None lets its wording decide."""

    claim_id: str
    claim: str
    polarity: str | None = None


def trace(corpus: Corpus | Index, claims: Iterable[Claim | str] | pd.DataFrame, *, limit: int = 5) -> pd.DataFrame:
    """The passages for and against each claim, told apart by polarity.

    A claim that something works is supported by strengths and contradicted by weaknesses; a claim that something
    fails, the other way round. What should be (an expectation; also a claim whose wording says neither) is supported
    by strengths, and by weaknesses through their absence of it. Statements that are mixed, neutral or not coded are
    open. A passage is a candidate for reading, not a verdict.

    Args:
        corpus: as for `search`.
        claims: texts, `Claim` records, or a table with the columns claim and, if wanted, claim_id and polarity.
        limit: how many passages at most for each claim and relation.

    Returns:
        One row a passage: claim_id, claim, claim_polarity, relation ('supporting', 'contrary' or, for an
        expectation, 'by absence'; 'open'), then the columns that `search` gives; rank counts within a relation. A
        claim without any passage has one row with the relation 'none'.

    Raises:
        UsageError: the claims cannot be used; all faults are listed by row.

    Example:
        >>> import jtai_reports as jtai
        >>> corpus = jtai.read_letters(["reports/sample/90000001.pdf"])
        >>> passages = trace(corpus, ["Staff are well trained."], limit=2)
        >>> set(passages["relation"]) <= {"supporting", "contrary", "open"}
        True
    """
    import pandas as pd  # noqa: PLC0415 - heavy

    checked = check_claims(_as_rows(claims), name="claims")
    index = corpus if isinstance(corpus, Index) else make_index(corpus)
    traced = pd.concat([_trace_one(index, claim, limit) for claim in checked], ignore_index=True)
    return traced.astype({"rank": "Int64", "page": "Int64"})


def read_claims(path: Path | str) -> list[Claim]:
    """The claims in a CSV file; a claim that is there several times, word for word, is taken once.

    Raises:
        UsageError: the file cannot be used; all faults are listed by row.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
    except OSError as fault:
        raise UsageError(f"{path}: cannot be read ({fault.strerror}).", hint=HINT) from fault
    except UnicodeDecodeError as fault:
        raise UsageError(f"{path}: is not UTF-8 text.", hint="Save it as 'CSV UTF-8'.") from fault
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if "claim" not in (reader.fieldnames or ()):
        raise UsageError(f"{path}: has no column 'claim'.", hint=HINT)
    return check_claims(reader, name=path.name)


def check_claims(rows: Iterable[dict[str, str | None]], *, name: str) -> list[Claim]:
    """Claims from rows of a table, each once.

    Raises:
        UsageError: there are faults; all are listed by row (the first under the header is row 2).
    """
    claims: dict[str, Claim] = {}
    faults = []
    for number, row in enumerate(rows, FIRST_ROW):
        text, polarity = _cell(row, "claim"), _cell(row, "polarity").lower()
        claim = Claim(_cell(row, "claim_id") or f"row {number}", text, polarity or None)
        faults += [f"row {number}: {fault}" for fault in _faults(claim, claims.get(claim.claim_id))]
        claims.setdefault(claim.claim_id, claim)
    if not claims:
        raise UsageError(f"{name}: holds no claims.", hint=HINT)
    if faults:
        listed = "".join(f"\n  - {fault}." for fault in faults)
        raise UsageError(f"{name}: cannot be used:{listed}\n", hint=HINT)
    return list(claims.values())


def _faults(claim: Claim, known: Claim | None) -> Iterator[str]:
    if not claim.claim:
        yield "there is no claim"
    elif not telling(words_of(claim.claim)):
        yield f"the claim {claim.claim!r} holds no word that tells one passage from another"
    if claim.polarity and claim.polarity not in SAID:
        yield f"the polarity {claim.polarity!r} is none of {', '.join(SAID)}"
    if known is not None and known != claim:
        yield f"the claim_id {claim.claim_id!r} is there already with another claim or polarity"


def _as_rows(claims: Iterable[Claim | str] | pd.DataFrame) -> Iterator[dict[str, str | None]]:
    import pandas as pd  # noqa: PLC0415 - heavy

    if isinstance(claims, pd.DataFrame):
        if "claim" not in claims.columns:
            raise UsageError("The table of claims has no column 'claim'.", hint=HINT)
        for record in claims.to_dict("records"):
            yield {str(key): None if pd.isna(value) else str(value) for key, value in record.items()}
        return
    for claim in claims:
        yield {"claim": claim} if isinstance(claim, str) else claim._asdict()


def _cell(row: dict[str, str | None], column: str) -> str:
    return (row.get(column) or "").strip()


def _trace_one(index: Index, claim: Claim, limit: int) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy

    said = claim.polarity or asked_polarity(claim.claim) or "expectation"
    meant = "strength" if said == "expectation" else said
    query = read_query(claim.claim)
    polarity = index.passages["polarity"]
    against = "by absence" if said == "expectation" else "contrary"
    sides = {"supporting": polarity.eq(meant), against: polarity.eq(SIDES[meant])}
    sides["open"] = ~(sides["supporting"] | sides[against])
    found = [
        ranked(index, query._replace(polarity=None), mask.to_numpy(dtype=bool), limit=limit).assign(relation=relation)
        for relation, mask in sides.items()
    ]
    some = [table for table in found if len(table)]
    table = pd.concat(some, ignore_index=True) if some else found[0].reindex([0]).assign(relation="none")
    table.insert(0, "claim_id", claim.claim_id)
    table.insert(1, "claim", claim.claim)
    table.insert(2, "claim_polarity", said)
    table.insert(3, "relation", table.pop("relation"))
    return table
