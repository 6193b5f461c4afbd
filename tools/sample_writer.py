"""Compose the text of an invented letter from the sentence bank and the letter's plan."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Plan = Mapping[str, Any]
CHOICE = re.compile(r"<([^<>]*)>")
SLOT = re.compile(r"\$([A-Za-z_]+)")
KEY_AREA = {
    "understanding": "risk_identification assessment_planning missing_children training_knowledge "
    "awareness_prevention diversity_inclusion",
    "collaboration": "information_sharing joint_working referrals_thresholds child_protection_enquiries "
    "engagement_voice early_help specialist_support perpetrators_disruption local_profile",
    "leadership": "strategic_leadership management_oversight quality_assurance workforce_capacity "
    "commissioning_resources",
    "board": "partnership_governance",
}
# Openings of weakness sentences that may follow 'However,' with a small letter.
AFTER_HOWEVER = re.compile(
    r"(The|There|Too|Some|Many|Plans|Children|Records|Families|Leaders|Managers|Nobody|No one)\b"
)


@dataclass(frozen=True)
class Item:
    """A finding: a bullet with its sub-bullets, or a paragraph."""

    text: str
    bullet: bool = False
    subs: tuple[str, ...] = ()
    subheading: str | None = None


@dataclass(frozen=True)
class Part:
    """A section of a letter with its text."""

    plan: Plan
    items: tuple[Item, ...]


@dataclass
class Bank:
    """The sentences by theme and polarity, and how often each has been used."""

    sentences: Mapping[str, Mapping[str, Sequence[str]]]
    lean: Mapping[str, float]
    used: Counter[str] = field(default_factory=Counter)
    printed: set[str] = field(default_factory=set)

    def copy(self) -> Bank:
        """The same bank with its own tallies, for a trial."""
        return Bank(self.sentences, self.lean, Counter(self.used), set(self.printed))


class Writer:
    """Writes one letter; the same bank, plan and salt give the same text."""

    def __init__(self, bank: Bank, plan: Plan, series: Plan, frame: Plan, *, salt: int) -> None:
        """Take what the letter is made of."""
        self.bank, self.plan, self.series, self.frame = bank, plan, series, frame
        self.rng = random.Random(f"{plan['file']}:{salt}")
        self.here: set[str] = set()
        self.named: set[str] = set()
        self.recent: list[str] = []

    def parts(self, examples: Mapping[str, Sequence[str]]) -> list[Part]:
        """All sections in order."""
        parts = []
        for section in self.plan["sections"]:
            if "box" in section:
                items = [Item(self.fill(text)) for text in examples[section["box"]]]
            else:
                items = list(getattr(self, f"_{section['fill']}")(section))
            parts.append(Part(section, tuple(items)))
        return parts

    def title(self) -> str:
        """The title, with or without the name of the area."""
        if self.plan["template"] == "2022-":
            return f"Joint targeted area inspection of {self.plan['place']}"
        title = f"Joint targeted area inspection of the multi-agency response to {self.series['title']}"
        return title if self.plan.get("bare_title") else f"{title} in {self.plan['place']}"

    def fill(self, text: str) -> str:
        """Make the choices of a text and fill its slots, with a capital at its start."""
        text = CHOICE.sub(lambda m: self.rng.choice(m[1].split("|")), text)
        text = SLOT.sub(lambda m: self._slot(m[1]), text)
        return text[0].upper() + text[1:]

    def _slot(self, name: str) -> str:
        if name in self.series:
            return str(self.series[name])
        values = {**self.plan["names"], **self._formal_slots()}
        value = str(values[name.lower()])
        value = value[0].upper() + value[1:] if name[0].isupper() else value
        first, _, later = value.partition("||")
        if later and name in self.named:
            return later
        self.named.add(name)
        return first

    def _formal_slots(self) -> dict[str, str]:
        due = self.plan.get("due")
        printed = self.plan.get("due_printed") or (f"{due.day} {due:%B %Y}" if due else "")
        return {
            "area": self.plan["authority"],
            "place": self.plan["place"],
            "dates": self.plan["dates"],
            "inspectors": self.frame["inspectors"][self.plan["inspectors"]],
            "mailbox": self.frame["mailbox"],
            "due": printed,
            "principal": self.plan["names"]["lead"],
        }

    def _theme(self, polarity: str, themes: Sequence[str]) -> str:
        """A theme not used just now; the series' own themes come up more often."""
        weights = []
        for theme in themes:
            lean = self.bank.lean.get(theme, 0.5)
            weight = lean if polarity in ("strength", "good") else 1 - lean
            weight *= 2.5 if theme in self.series["focus"] else 1
            weights.append(weight * self._freshness(theme, polarity) / (1 + 4 * self.recent[-9:].count(theme)))
        theme = self.rng.choices(themes, weights)[0]
        self.recent.append(theme)
        return theme

    def _freshness(self, theme: str, polarity: str) -> float:
        """Less than one for a theme whose sentences earlier letters have used up."""
        free = [s for s in self.bank.sentences[theme][polarity] if s not in self.here]
        return float(0.3 ** min((self.bank.used[s] for s in free), default=9))

    def _themes(self, area: str | None = None) -> list[str]:
        return KEY_AREA[area].split() if area else list(self.bank.sentences)

    def _sentence(self, theme: str, polarity: str) -> str | None:
        """The least used sentence of the theme that this letter does not hold yet."""
        free = [s for s in self.bank.sentences[theme][polarity] if s not in self.here]
        if not free:
            return None
        source = min(free, key=lambda s: (self.bank.used[s], self.rng.random()))
        self.here.add(source)
        self.bank.used[source] += 1
        return self._unprinted(source)

    def _unprinted(self, source: str) -> str:
        """The sentence filled in, in a wording that no earlier letter has, if there is one."""
        for _ in range(12):
            named = set(self.named)
            text = self.fill(source)
            if text not in self.bank.printed:
                break
            self.named = named
        self.bank.printed.add(text)
        return text

    def _some(self, polarity: str, number: int, area: str | None = None) -> list[str]:
        """A few sentences of one polarity about one theme."""
        while True:
            theme = self._theme(polarity, self._themes(area))
            found = [s for _ in range(number) if (s := self._sentence(theme, polarity))]
            if found:
                return found

    def _paragraph(self, *polarities: str) -> str:
        """One paragraph that goes through the polarities, a theme each."""
        sentences: list[str] = []
        for polarity in polarities:
            for sentence in self._some(polarity, 2 if polarity == "strength" else self.rng.choice((1, 2))):
                turn = bool(sentences) and polarity == "weakness" and AFTER_HOWEVER.match(sentence)
                if turn and not any(s.startswith("However") for s in sentences):
                    sentence = f"However, {sentence[0].lower()}{sentence[1:]}"
                sentences.append(sentence)
        return " ".join(sentences)

    def _bullets(self, section: Plan, polarity: str) -> Iterator[Item]:
        """Bullets of one to three sentences each, in groups under sub-headings where the plan says so."""
        groups = section.get("groups") or {None: section["count"]}
        bullet = self.plan["glyph"] != "none"
        if "lead_in" in section:
            yield Item(self.fill(self.frame["lead_in"][section["lead_in"]]))
        for area, count in groups.items():
            heading = self.frame["subheadings"][area] if area else None
            for index in range(count):
                text = " ".join(self._some(polarity, self.rng.choice((2, 2, 3)), area))
                mixed = self._some("mixed", 1, area) if index % 5 == 3 else []
                yield Item(" ".join([text, *mixed]), bullet, subheading=heading)
        yield from self._with_subs(section, polarity)

    def _with_subs(self, section: Plan, polarity: str) -> Iterator[Item]:
        if "subs" in section:
            chosen = self.frame["sub_bullets"][polarity][section["subs"]]
            yield Item(self.fill(chosen["lead"]), True, tuple(chosen["subs"]))

    def _strength(self, section: Plan) -> Iterator[Item]:
        items = self._bullets(section, "strength")
        for index, item in enumerate(items):
            marked = index == 2 and "mark" in section
            yield Item(f"{item.text}^{section['mark']}", True, item.subs, item.subheading) if marked else item

    def _weakness(self, section: Plan) -> Iterator[Item]:
        return self._bullets(section, "weakness")

    def _needs(self, section: Plan) -> Iterator[Item]:
        for _ in range(section["count"]):
            yield Item(self._some("needs", 1)[0], True)
        yield from self._with_subs(section, "weakness")

    def _good(self, section: Plan) -> Iterator[Item]:
        """Noun phrases and whole sentences in turn, as the real letters mix them."""
        for index in range(section["count"]):
            yield Item(self._some("strength" if index % 3 else "good", 1)[0], True)

    def _opening(self, section: Plan) -> Iterator[Item]:
        for text in self.frame["opening"][self.plan["template"]]:
            yield Item(self.fill(text))
        for index in range(section.get("summary", 0)):
            polarities = ("strength", "mixed", "weakness") if index % 2 else ("strength", "weakness")
            yield Item(self._paragraph(*polarities))

    def _headline(self, section: Plan) -> Iterator[Item]:
        for index in range(section["count"]):
            area = "leadership" if index == 0 else None
            lead = self._some("strength", 2, area)
            yield Item(" ".join([*lead, self._paragraph("mixed", "weakness")]))

    def _main(self, section: Plan) -> Iterator[Item]:
        orders = [
            ("strength", "strength"),
            ("strength", "weakness"),
            ("weakness", "weakness"),
            ("neutral", "strength", "mixed"),
            ("strength", "mixed", "weakness"),
        ]
        for index in range(section["count"]):
            yield Item(self._paragraph(*orders[(index + self.rng.choice((0, 1))) % len(orders)]))

    def _fixed(self, texts: Sequence[str], *, bullet: bool = False) -> Iterator[Item]:
        for text in texts:
            yield Item(self.fill(text), bullet)

    def _context(self, _: Plan) -> Iterator[Item]:
        return self._fixed(self.frame["context"][self.plan["series"]])

    def _partnership_section(self, _: Plan) -> Iterator[Item]:
        return self._fixed(self.frame["partnership_section"])

    def _none_declared(self, _: Plan) -> Iterator[Item]:
        return self._fixed([self.frame["none_declared"]], bullet=True)

    def _priority(self, section: Plan) -> Iterator[Item]:
        if "lead_in" in section:
            yield Item(self.fill(self.frame["lead_in"][section["lead_in"]]))
        yield from self._fixed([self.frame["priority"][n] for n in section["pick"]], bullet=True)

    def _named(self, _: Plan) -> Iterator[Item]:
        return self._fixed(self.frame["next_steps"]["named"])

    def _principal(self, _: Plan) -> Iterator[Item]:
        return self._fixed(self.frame["next_steps"]["principal"])

    def _open(self, _: Plan) -> Iterator[Item]:
        return self._fixed(self.frame["next_steps"]["open"])
