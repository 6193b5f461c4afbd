"""Make the invented sample letters in reports/sample, with their truth, authorities and README.

python tools/make_sample.py [--out reports/sample]
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sample_layout import Glyph, PageSetup, Place, Sheet, Style
from sample_writer import Bank, Item, Part, Plan, Writer

TEXTS = Path(__file__).parent / "sample_text"
GLYPHS = {
    "private": Glyph("\uf06e"),
    "square": Glyph("\u25fc"),
    "dingbat": Glyph("n", "ZapfDingbats", 8.0),
}
INSPECTORATES = ["Ofsted", "CQC", "HMICFRS", "HMI Probation"]
MOST_TRIALS = 600
COLUMNS = [
    "urn",
    "la_code",
    "ons_code",
    "authority",
    "also_known_as",
    "region_code",
    "region",
    "authority_type",
    "population_0_25",
    "statistical_neighbours",
]
REGION_CODES = {
    "North East": "E12000001",
    "North West": "E12000002",
    "Yorkshire and the Humber": "E12000003",
    "East Midlands": "E12000004",
    "West Midlands": "E12000005",
    "East of England": "E12000006",
    "London": "E12000007",
    "South East": "E12000008",
    "South West": "E12000009",
}
Placed = tuple[Part, int, list[Place]]


def main(argv: Sequence[str] | None = None) -> int:
    """Write all files of the sample; the same bytes on every run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/sample"))
    out: Path = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    truth = {}
    for plan, pdf, facts in make_letters():
        (out / plan["file"]).write_bytes(pdf)
        truth[plan["file"]] = facts
    write_json(out / "truth.json", dict(sorted(truth.items())))
    write_authorities(out / "authorities.csv")
    (out / "README.md").write_text((TEXTS / "readme.md").read_text("utf-8"), "utf-8", newline="\n")
    return 0


def make_letters() -> Iterator[tuple[Plan, bytes, dict[str, Any]]]:
    """Each letter's plan, its PDF and what a reader should find in it."""
    bank = Bank(read_bank(), read_yaml("series")["lean"])
    for plan in read_plans():
        bank, sheet, placed = first_that_fits(plan, bank)
        pdf = sheet.save(f"Invented sample letter: {plan['authority']}")
        yield plan, pdf, letter_truth(plan, placed, sheet.page)


def read_yaml(name: str) -> Any:  # noqa: ANN401 - each file has its own shape
    """One of the files of text."""
    return yaml.safe_load((TEXTS / f"{name}.yaml").read_text("utf-8"))


def read_bank() -> dict[str, dict[str, list[str]]]:
    """All sentences by theme and polarity."""
    bank: dict[str, dict[str, list[str]]] = {}
    for name in ("bank_understanding", "bank_collaboration", "bank_leadership", "bank_more"):
        for theme, kinds in read_yaml(name).items():
            for polarity, sentences in kinds.items():
                bank.setdefault(theme, {}).setdefault(polarity, []).extend(sentences)
    return bank


def read_plans() -> list[dict[str, Any]]:
    """The twelve letters' plans, the old template first."""
    old = [{**plan, "template": "2016-2020"} for plan in read_yaml("letters_old")]
    new = [{**plan, "template": "2022-"} for plan in read_yaml("letters_new")]
    return old + new


def first_that_fits(plan: Plan, bank: Bank) -> tuple[Bank, Sheet, list[Placed]]:
    """Try one wording after another until the page breaks fall where the plan wants them."""
    series, frame, examples = read_yaml("series")[plan["series"]], read_yaml("frame"), read_yaml("examples")
    first = plan.get("salt", 0)
    for salt in range(first, first + MOST_TRIALS):
        trial = bank.copy()
        writer = Writer(trial, plan, series, frame, salt=salt)
        parts = writer.parts(examples)
        sheet, placed = lay_out(plan, writer.title(), parts, frame, nudge=6.0 * (salt % 9))
        if set(plan["wants"]) <= set(break_kinds(placed)):
            return trial, sheet, placed
    raise SystemExit(f"{plan['file']}: no wording gives {plan['wants']}. Hint: ask for fewer in the plan.")


def lay_out(
    plan: Plan, title: str, parts: Sequence[Part], frame: Plan, *, nudge: float = 0.0
) -> tuple[Sheet, list[Placed]]:
    """The letter on its pages, and where each item stands; `nudge` moves all page breaks a little."""
    sheet = Sheet(page_setup(plan, frame))
    body = Style(sheet.setup.regular, plan.get("body_size", 12 if plan["template"] == "2022-" else 11.5))
    heading = body._replace(font=sheet.setup.bold, after=9.0)
    write_front(sheet, plan, title, body, nudge)
    placed = [write_part(sheet, plan, part, heading) for part in parts]
    write_end(sheet, plan, frame, body)
    return sheet, placed


def page_setup(plan: Plan, frame: Plan) -> PageSetup:
    """What the plan says of page numbers, type and footnotes."""
    notes = {str(mark): frame["footnotes"][key] for mark, key in plan["footnotes"].items()}
    return PageSetup(
        notes,
        page_numbers=plan.get("page_numbers", True),
        number_first=plan.get("number_first", False),
        number_on_first_page=plan["template"] == "2016-2020",
        family=plan.get("family", "Helvetica"),
        lone_lines=plan.get("lone_lines", False),
    )


def write_front(sheet: Sheet, plan: Plan, title: str, body: Style, nudge: float) -> None:
    """Date, addressees, salutation and title."""
    day: date = plan["date"]
    sheet.write(f"{day.day} {day:%B %Y}", body._replace(after=12))
    for name in plan["addressees"]:
        sheet.write(name, body._replace(after=0))
    sheet.gap(18 + nudge)
    sheet.write(plan["salutation"], body._replace(after=14))
    sheet.write(title, body._replace(font=sheet.setup.bold, after=12))


def write_part(sheet: Sheet, plan: Plan, part: Part, heading: Style) -> Placed:
    """A section with its heading, in a box where it is a practice example."""
    boxed = "box" in part.plan
    size = plan.get("box_size", heading.size) if boxed else heading.size
    inset = 14.0 if boxed else 0.0
    heading = heading._replace(size=size, left=inset, right=inset)
    body = heading._replace(font=sheet.setup.regular, after=10.0)
    if boxed:
        sheet.keep(70)
        sheet.open_box()
    page = sheet.page
    if part.plan.get("heading") and not part.plan.get("goes_on"):
        sheet.keep(66)
        page = sheet.write(styled(plan, part.plan["heading"]), heading).first
    places = write_items(sheet, plan, part, heading, body)
    if boxed:
        sheet.close_box()
    return part, page if part.plan.get("heading") and not part.plan.get("goes_on") else places[0].first, places


def write_items(sheet: Sheet, plan: Plan, part: Part, heading: Style, body: Style) -> list[Place]:
    """All items of a section, with their sub-headings."""
    places: list[Place] = []
    subheading = None
    for number, item in enumerate(part.items, 1):
        if item.subheading and item.subheading != subheading:
            sheet.keep(60)
            sheet.write(item.subheading, heading)
        subheading = item.subheading
        places.append(write_item(sheet, plan, item, body, f"{number}." if part.plan.get("numbered") else ""))
    return places


def write_item(sheet: Sheet, plan: Plan, item: Item, body: Style, number: str) -> Place:
    """One finding with its bullet or number, and its sub-bullets."""
    glyph = Glyph(number, body.font, body.size) if number else GLYPHS.get(plan["glyph"]) if item.bullet else None
    style = body._replace(hang=24.0 if number else 18.0 if glyph else 0.0, after=4.0 if item.subs else body.after)
    place = sheet.write(styled(plan, item.text), style, glyph)
    dash = Glyph("\u2013" if plan["glyph"] == "dingbat" else "\u2212", size=body.size - 1)
    for index, sub in enumerate(item.subs):
        after = body.after if index == len(item.subs) - 1 else 3.0
        end = sheet.write(styled(plan, sub), body._replace(left=18.0, hang=16.0, after=after), dash)
        place = place._replace(last=end.last)
    return place


def styled(plan: Plan, text: str) -> str:
    """The text with every second apostrophe straight, where the plan mixes them."""
    if plan.get("quotes") != "mixed":
        return text
    pieces = text.split("’")
    return "".join(p + ("'" if i % 2 else "’") for i, p in enumerate(pieces[:-1])) + pieces[-1]


def write_end(sheet: Sheet, plan: Plan, frame: Plan, body: Style) -> None:
    """'Yours sincerely' and the signatures."""
    signatures = frame["signatures"][plan["inspectors"]]
    old = plan["template"] == "2016-2020"
    sheet.keep(60 if plan.get("signature_page") else 200)
    sheet.write("Yours sincerely", body._replace(after=16))
    if plan.get("signature_page"):
        sheet.new_page()
    if old:
        sheet.signature_grid(signatures)
        return
    for _, name, post in signatures:
        sheet.write(name, body._replace(after=0))
        sheet.write(post, body._replace(after=14))


def break_kinds(placed: Sequence[Placed]) -> Iterator[str]:
    """Names of the kinds of page and line break that a letter holds."""
    for part, _, places in placed:
        for item, place in zip(part.items, places, strict=True):
            kind = "box" if "box" in part.plan else "bullet" if item.bullet else "paragraph"
            if place.hyphen_at_line_end:
                yield "line_end_hyphen"
            if place.last > place.first:
                yield f"{kind}_stop_at_page_end" if place.stops_at_break else f"{kind}_over_page"
            if place.footnote_between and kind == "bullet":
                yield "footnote_between_halves"


BREAKS_IN_WORDS = {
    "bullet_over_page": "a bullet over a page break, in mid-sentence",
    "bullet_stop_at_page_end": "a bullet over a page break where the page ends in a full stop",
    "paragraph_over_page": "a paragraph over a page break",
    "paragraph_stop_at_page_end": "a paragraph over a page break where the page ends in a full stop",
    "box_over_page": "a box that runs over a page break",
    "box_stop_at_page_end": "a box that runs over a page break where the page ends in a full stop",
    "footnote_between_halves": "a footnote between the halves of a bullet at a page break",
    "line_end_hyphen": "hyphens at the ends of lines that belong to the word",
}


def letter_truth(plan: Plan, placed: Sequence[Placed], pages: int) -> dict[str, Any]:
    """What a reader should find in a letter, in the shape of the hand-made references."""
    found = [BREAKS_IN_WORDS[kind] for kind in sorted(set(break_kinds(placed)))]
    due = plan.get("due")
    new = plan["template"] == "2022-"
    series = read_yaml("series")[plan["series"]]
    return {
        "file": Path(plan["file"]).stem,
        "series": plan["series"],
        "template": plan["template"],
        "letter_date": plan["date"].isoformat(),
        "authority": plan["authority"],
        "inspection_start": plan["start"].isoformat(),
        "inspection_end": plan["end"].isoformat(),
        "deep_dive": series["theme"],
        "inspectorates": INSPECTORATES[: 3 if plan["inspectors"].startswith("three") else 4],
        "addressees": plan.get("n_addressees", len(plan["addressees"])),
        "safeguarding_body": plan["body"],
        "action_plan_due": due.isoformat() if due else None,
        "principal_authority": re.sub(r"^the ", "", plan["names"]["lead"]) if new else plan["names"]["lead"][4:],
        "pages": pages,
        "sections": [section_truth(plan, *one) for one in placed],
        "oddities": [*plan["oddities"], *found],
    }


def section_truth(plan: Plan, part: Part, page: int, places: Sequence[Place]) -> dict[str, Any]:
    """A section with its items."""
    return {
        "heading": part.plan.get("heading"),
        "kind": part.plan["kind"],
        "polarity": part.plan.get("polarity"),
        "page": page,
        "items": [item_truth(plan, *pair) for pair in zip(part.items, places, strict=True)],
    }


def item_truth(plan: Plan, item: Item, place: Place) -> dict[str, Any]:
    """A finding as a reader should find it; its length only where it stands on one page, as in the references."""
    text = re.sub(r"\^\d", "", styled_whole(plan, item))
    words = text.split()
    row = {
        "bullet": item.bullet,
        "subheading": item.subheading,
        "page_start": place.first,
        "page_end": place.last,
        "first": " ".join(words[:8]),
        "last": " ".join(words[-6:]),
        "text": text,
    }
    return row if place.last > place.first else {**row, "n_alnum": sum(map(str.isalnum, text))}


def styled_whole(plan: Plan, item: Item) -> str:
    """An item with its sub-bullets, as printed."""
    return " ".join(styled(plan, text) for text in (item.text, *item.subs))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Readable JSON with the same bytes on every system."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


def write_authorities(path: Path) -> None:
    """The invented authorities, with the columns of the real list."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for number, row in enumerate(read_yaml("authorities"), 1):
            writer.writerow(authority_row(number, row))


def authority_row(number: int, row: Plan) -> dict[str, str]:
    """One authority; its codes are plainly not real ones."""
    return {
        "urn": f"990{number:02}",
        "la_code": row["la"],
        "ons_code": f"X06{number:06}",
        "authority": row["authority"],
        "also_known_as": row["aka"],
        "region_code": REGION_CODES[row["region"]],
        "region": row["region"],
        "authority_type": row["type"],
        "population_0_25": str(row["pop"]),
        "statistical_neighbours": "|".join(row["near"]),
    }


if __name__ == "__main__":
    raise SystemExit(main())
