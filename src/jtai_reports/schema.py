"""Every table that the toolkit writes: its columns, their types, keys and meaning, declared once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

TEXT, NUMBER, SHARE, TRUTH = "str", "Int64", "Float64", "bool"

SECTION_KINDS = (
    "opening",
    "context",
    "headline_findings",
    "strengths",
    "improvements",
    "priority_actions",
    "main_findings",
    "practice_example",
    "next_steps",
    "other",
)
POLARITIES = ("strength", "weakness", "mixed")  # of practice examples, read from their heading
STATEMENT_POLARITIES = (*POLARITIES, "neutral")
KEY_AREAS = ("understanding", "collaboration", "leadership")
FACETS = ("theme", "agency")
OTHER_FACETS = (*FACETS, "polarity")  # in codings_other, where a statement's polarity by another coder is a row too
REASONS = ("absent", "declared_none", "not_recognised")
SEVERITIES = ("error", "warning")
CORRECTION_STATES = ("applied", "not_needed", "differs", "gone")
ISO_DATE = r"\d{4}-\d{2}-\d{2}"


class Column(NamedTuple):
    """One column: `allowed` lists its values, `pattern` is what its text must match."""

    name: str
    dtype: str
    meaning: str
    nullable: bool = False
    unique: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""


class Table(NamedTuple):
    """One table: what a row is, its columns in order, and the columns that tell its rows apart."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


def _day(name: str, meaning: str) -> Column:
    return Column(name, TEXT, f"{meaning} (ISO date)", nullable=True, pattern=ISO_DATE)


def _maybe(name: str, meaning: str, dtype: str = TEXT) -> Column:
    return Column(name, dtype, meaning, nullable=True)


REPORTS = Table(
    "reports",
    "one letter",
    (
        Column("report_id", TEXT, "stable name of the letter, from its date and area", unique=True),
        Column("file_name", TEXT, "name of the PDF file"),
        Column("sha256", TEXT, "checksum of the PDF file", unique=True, pattern=r"[0-9a-f]{64}"),
        Column("n_pages", NUMBER, "pages of the PDF file"),
        Column("template", TEXT, "which template of its profile it follows, by its years", pattern=r"\d{4}-(\d{4})?"),
        _maybe("authority", "local authority area, as people say it"),
        _maybe("ons_code", "ONS code of the authority"),
        _maybe("region", "region of England"),
        _maybe("authority_type", "type of authority"),
        _maybe("deep_dive_theme", "what the inspection looked at in depth"),
        _maybe("series", "series of inspections that the letter belongs to"),
        _maybe("inspectorates", "inspectorates named, joined by '; '"),
        _day("letter_date", "date that the letter carries"),
        _day("published", "date of publication, from the catalogue"),
        _day("inspection_start", "first day of the inspection"),
        _day("inspection_end", "last day of the inspection"),
        _day("previous_inspection", "last day of the previous inspection, where letters of the profile name it"),
        _maybe("outcome", "outcome, where letters of the profile carry one"),
        _day("action_plan_due", "day by which the written statement of action is due"),
        _maybe(
            "date_notes", "dates that needed interpretation, each with the reason and the printed text, joined by '; '"
        ),
        _maybe("principal_authority", "who must prepare the written statement, as printed"),
        _maybe("safeguarding_body", "the safeguarding board or partnership, as printed"),
        _maybe("n_addressees", "people to whom the letter is addressed", NUMBER),
        _maybe("source_url", "where the letter is published, from the catalogue"),
        Column("n_findings", NUMBER, "rows of this letter in the table findings"),
    ),
    ("report_id",),
)

SECTIONS = Table(
    "sections",
    "one section of a letter; one that goes on after a practice example is a new row",
    (
        Column("section_id", TEXT, "name of the section", unique=True),
        Column("report_id", TEXT, "the letter"),
        Column("ordinal", NUMBER, "place in the letter, from 1"),
        _maybe("heading", "heading as printed; missing for the opening"),
        Column("section_kind", TEXT, "what kind of section it is", allowed=SECTION_KINDS),
        Column("polarity", TEXT, "of practice examples: what the heading says", nullable=True, allowed=POLARITIES),
        Column("page_start", NUMBER, "page on which it starts"),
        Column("page_end", NUMBER, "page on which it ends"),
    ),
    ("section_id",),
)

FINDINGS = Table(
    "findings",
    "one bullet, or one paragraph where there are no bullets",
    (
        Column("finding_id", TEXT, "name of the finding", unique=True),
        Column("report_id", TEXT, "the letter"),
        Column("section_id", TEXT, "the section"),
        Column("section_kind", TEXT, "what kind of section it stands in", allowed=SECTION_KINDS),
        Column("ordinal", NUMBER, "place in the letter, from 1"),
        Column("is_bullet", TRUTH, "whether it is printed as a bullet"),
        _maybe("subheading", "sub-heading that it stands under, as printed"),
        Column("text", TEXT, "its text, without glyphs, numbers, notes and line breaks", pattern=r"\S(.*\S)?"),
        Column("page_start", NUMBER, "page on which it starts"),
        Column("page_end", NUMBER, "page on which it ends"),
        Column(
            "page_offsets",
            TEXT,
            "'page:offset' of the text on each page, joined by '; '",
            pattern=r"\d+:\d+(; \d+:\d+)*",
        ),
    ),
    ("finding_id",),
)

STATEMENTS = Table(
    "statements",
    "one sentence of a finding, or a finding that is no sentence",
    (
        Column("statement_id", TEXT, "name of the statement", unique=True),
        Column("finding_id", TEXT, "the finding"),
        Column("report_id", TEXT, "the letter"),
        Column("section_kind", TEXT, "what kind of section it stands in", allowed=SECTION_KINDS),
        Column("ordinal", NUMBER, "place in the finding, from 1"),
        Column("text", TEXT, "its text: finding.text[start:end]", pattern=r"\S(.*\S)?"),
        Column("start", NUMBER, "where it starts in the finding's text, in characters from 0"),
        Column("end", NUMBER, "where it ends in the finding's text (the first character after it)"),
        Column("page_start", NUMBER, "page on which it starts"),
        Column("page_end", NUMBER, "page on which it ends"),
        Column(
            "polarity",
            TEXT,
            "what it says of the practice: missing until it is coded",
            nullable=True,
            allowed=STATEMENT_POLARITIES,
        ),
        _maybe(
            "polarity_score", "confidence in the polarity, 0 to 1: the share of such statements that is right", SHARE
        ),
        Column("key_area", TEXT, "key area of its first theme", nullable=True, allowed=KEY_AREAS),
        _maybe("coder", "who coded it: rules, model, minilm, or the initials of a person"),
    ),
    ("statement_id",),
)


def _codings(name: str, row: str, facets: tuple[str, ...]) -> Table:
    return Table(
        name,
        row,
        (
            Column("statement_id", TEXT, "the statement"),
            Column("facet", TEXT, "what kind of code it is", allowed=facets),
            Column("code", TEXT, "the code: see the codebook"),
            Column("rank", NUMBER, "place among the statement's codes of this facet, 1 = most central"),
            _maybe("score", "confidence in the code, 0 to 1: the share of such codings that is right", SHARE),
            Column("coder", TEXT, "who gave it: rules, model, minilm, or the initials of a person"),
            _maybe("evidence_start", "where the words that speak most for it start in the statement's text", NUMBER),
            _maybe("evidence_end", "where they end (the first character after them)", NUMBER),
        ),
        ("statement_id", "facet", "code", "coder"),
    )


CODINGS = _codings("codings", "one code given to a statement by the coder in use", FACETS)
CODINGS_OTHER = _codings(
    "codings_other", "one code given to a statement by another coder than the one in use", OTHER_FACETS
)

PROBLEMS = Table(
    "problems",
    "something that was not read or not understood",
    (
        Column("file_name", TEXT, "name of the file"),
        _maybe("report_id", "the letter, where the file could be read as one"),
        Column("stage", TEXT, "what was being done"),
        Column(
            "severity",
            TEXT,
            "error: the file is not in the tables; warning: something in it is in doubt",
            allowed=SEVERITIES,
        ),
        Column("code", TEXT, "kind of problem"),
        Column("message", TEXT, "what is the matter, in a sentence"),
        _maybe("hint", "what to do about it"),
    ),
    ("file_name", "report_id", "stage", "code", "message"),
)

MISSING = Table(
    "missing",
    "a detail or kind of section that a letter lacks",
    (
        Column("report_id", TEXT, "the letter"),
        Column("field", TEXT, "column of reports, or kind of section"),
        Column(
            "reason",
            TEXT,
            "absent: the letter does not have it; declared_none: it says that there is none; "
            "not_recognised: it should be there and was not understood",
            allowed=REASONS,
        ),
        _maybe("page", "where the letter says so, if it does", NUMBER),
    ),
    ("report_id", "field"),
)

CORRECTIONS = Table(
    "corrections",
    "one row of the file corrections.csv beside the letters: what a person has corrected",
    (
        Column("id", TEXT, "name of the letter, section, finding or statement"),
        Column("field", TEXT, "what is corrected: a column of reports, section_kind, polarity, themes or agencies"),
        _maybe("old", "what the tool had read or coded"),
        _maybe("new", "what it is; missing where there is none"),
        Column("reason", TEXT, "why"),
        Column("name", TEXT, "who corrected it"),
        Column(
            "state",
            TEXT,
            "applied; not_needed: it reads so by now; differs: neither old nor new is what is read now; "
            "gone: there is no such letter, section, finding or statement",
            allowed=CORRECTION_STATES,
        ),
    ),
    ("id", "field"),
)

TOPICS = Table(
    "topics",
    "one topic that `jtai topics` found; the last row, T00, is for the statements in no topic",
    (
        Column("topic", TEXT, "name of the topic; T01 is the largest", unique=True, pattern=r"T\d{2,}"),
        Column("label", TEXT, "label proposed from its words"),
        _maybe("words", "words that set it apart (c-TF-IDF), most telling first, joined by '; '"),
        Column("n_statements", NUMBER, "statements in it"),
        Column("share", SHARE, "share of the statements looked at"),
        Column("k_letters", NUMBER, "letters in which it is found"),
        Column("n_letters", NUMBER, "letters read"),
        _maybe("stability", "mean Jaccard index of its best match over the other seeds, 0 to 1", SHARE),
        Column("stable", TEXT, "whether the stability reaches the limit", nullable=True, allowed=("yes", "no")),
        _maybe("coherence", "mean normalised pointwise mutual information of its words, -1 to 1", SHARE),
        *(Column(f"n_{name}", NUMBER, f"its statements that are coded {name}") for name in STATEMENT_POLARITIES),
        Column("n_uncoded", NUMBER, "its statements that are not coded"),
        _maybe("by_template", "letters with the topic by template: 'template: k of n', joined by '; '"),
        _maybe("by_series", "letters with the topic by series: 'series: k of n', joined by '; '"),
        _maybe("top_code", "theme that most of its statements carry; missing where nothing is coded"),
        _maybe("top_code_share", "share of its statements that carry it", SHARE),
        _maybe("covered_by", "that theme, if at least half of its statements carry it; else no code covers the topic"),
        _maybe("no_code_share", "share of its statements that carry no theme", SHARE),
    ),
    ("topic",),
)

TOPIC_STATEMENTS = Table(
    "topic_statements",
    "one statement that `jtai topics` looked at, the most typical of each topic first",
    (
        Column("topic", TEXT, "the topic; T00 where it is in none", pattern=r"T\d{2,}"),
        Column("rank", NUMBER, "place in the topic, 1 = most typical"),
        Column("statement_id", TEXT, "the statement", unique=True),
        Column("finding_id", TEXT, "its finding"),
        Column("report_id", TEXT, "its letter"),
        Column("section_kind", TEXT, "what kind of section it stands in", allowed=SECTION_KINDS),
        Column("page_start", NUMBER, "page on which it starts"),
        Column("polarity", TEXT, "what it says of the practice", nullable=True, allowed=STATEMENT_POLARITIES),
        Column("text", TEXT, "its text"),
        Column("similarity", SHARE, "cosine with the mean of its topic, -1 to 1"),
        Column("x", SHARE, "place on the map, left to right; the axes have no meaning"),
        Column("y", SHARE, "place on the map, bottom to top"),
    ),
    ("statement_id",),
)

ALL = (REPORTS, SECTIONS, FINDINGS, STATEMENTS, CODINGS, CODINGS_OTHER, PROBLEMS, MISSING, CORRECTIONS)
TABLES = {table.name: table for table in ALL}
TOPIC_TABLES = (TOPICS, TOPIC_STATEMENTS)  # made by `jtai topics`; no part of a Corpus


def make_frame(table: Table, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a data frame with the table's columns and types; a column that no row has is missing throughout."""
    import pandas as pd  # noqa: PLC0415 - heavy; the command line must start fast

    columns = {c.name: pd.Series([row.get(c.name) for row in rows], dtype=c.dtype) for c in table.columns}
    return pd.DataFrame(columns)


def check_frame(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, if it keeps the table's declaration.

    Raises:
        pandera.errors.SchemaErrors: some rows or columns do not; all faults are listed.
    """
    import pandera.pandas as pa  # noqa: PLC0415 - heavy, and needed only before writing

    columns = {c.name: pa.Column(c.dtype, _checks(c, pa), nullable=c.nullable, unique=c.unique) for c in table.columns}
    schema = pa.DataFrameSchema(columns, strict=True, ordered=True, unique=list(table.key))
    return schema.validate(frame, lazy=True)


def _checks(column: Column, pa: Any) -> list[Any]:  # noqa: ANN401 - a module
    checks = [pa.Check.isin(column.allowed)] if column.allowed else []
    if column.pattern:
        checks.append(
            pa.Check(lambda values: values.str.fullmatch(column.pattern), name="pattern", error=column.pattern)
        )
    return checks
