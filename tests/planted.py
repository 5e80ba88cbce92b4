"""Clean tables of any size, and faults planted in them of which every one is known.

`Planted(entities, relations, seed)` is clean: `check` has nothing to say of it. Each method in
`FAULTS` plants one fault in rows that no other fault has touched and notes what has to be found.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

Row = dict[str, str]
Found = tuple[str, str, int, str | None]

ENTITIES, RELATIONS = "entities.csv", "relations.csv"
ENTITY_COLUMNS = ("id", "type", "name@en", "name@zh", "founded", "dissolved", "employees", "url")
RELATION_COLUMNS = (
    *("id", "source", "relation", "target", "start", "end", "share", "note@en", "evidence"),
)


class Planted:
    """Two tables, and what there is to find in them: (code, file, row, column), each counted."""

    def __init__(self, entities: int, relations: int, seed: int = 0) -> None:
        self.random = Random(seed)  # noqa: S311 - the same faults in every run
        self.entities: list[Row] = []
        self.relations: list[Row] = []
        self.expected: Counter[Found] = Counter()
        self.grouped: dict[tuple[str, str, str], list[int]] = {}
        self._pairs: set[frozenset[str]] = set()
        self._made = 0
        self.documents = [self.entity("document") for _ in range(max(2, entities // 10))]
        self.zones = [self.entity("zone") for _ in range(max(2, entities // 20))]
        self.products = [self.entity("product") for _ in range(max(2, entities // 10))]
        rest = max(20, entities - len(self.entities))
        self.firms = [self.entity("firm") for _ in range(rest)]
        for number, firm in enumerate(self.firms):
            self.relation(firm, "located_in", self.zones[number % len(self.zones)])
        for number, product in enumerate(self.products):
            self.relation(self.firms[number % rest], "produces", product)
        for number, zone in enumerate(self.zones):
            self.relation(self.firms[(number * 7) % rest], "located_in", zone)
        for number, document in enumerate(self.documents):
            self.relations[number % len(self.relations)]["evidence"] += f"|{document}"
        for _ in range(relations - len(self.relations)):
            one, other = sorted(self.random.sample(range(rest), 2))
            word = self.random.choice(("subsidiary_of", "collaborates_with", "supplies"))
            self.relation(self.firms[other], word, self.firms[one])
        self._untouched = {
            RELATIONS: self.random.sample(range(len(self.relations)), len(self.relations)),
            ENTITIES: self.random.sample(
                [n for n, row in enumerate(self.entities) if row["type"] == "firm"], rest
            ),
        }

    def entity(self, kind: str, identifier: str = "") -> str:
        self._made += 1
        number = self._made
        identifier = identifier or f"{kind}-{number:07}"
        self.entities.append({
            "id": identifier, "type": kind, "name@en": f"The {kind} {number} of Hebei",
            "name@zh": f"河北{kind}第{number}号", "founded": f"{1950 + number % 50}",
            "dissolved": "", "employees": f"{number}", "url": f"https://example.org/{number}",
        })  # fmt: skip
        return identifier

    def relation(self, source: str, word: str, target: str) -> int | None:
        """Add a relation and return its place, or None where the two are joined already."""
        pair = frozenset((source, target))
        if pair in self._pairs:
            return None
        self._pairs.add(pair)
        number = len(self.relations)
        self.relations.append({
            "id": "", "source": source, "relation": word, "target": target,
            "start": f"{2000 + number % 9}-0{1 + number % 9}", "end": "",
            "share": f"{number % 99}.5",
            "note@en": f"note {number}", "evidence": self.documents[number % len(self.documents)],
        })  # fmt: skip
        return number

    def expect(self, code: str, file: str, place: int, column: str | None) -> None:
        """Note a problem in the row at this place of a table."""
        self.expected[code, file, place + 2, column] += 1

    def expect_in_group(self, code: str, file: str, place: int, column: str) -> None:
        """Note a problem that is told once for all rows that have it."""
        self.grouped.setdefault((code, file, column), []).append(place + 2)

    def all_expected(self) -> "Counter[tuple[str, str, int, str | None, int]]":
        """Return all that has to be found, with the number of rows that each problem tells of."""
        found = Counter({(*where, 1): count for where, count in self.expected.items()})
        for (code, file, column), rows in self.grouped.items():
            found[code, file, min(rows), column, len(rows)] += 1
        return found

    def untouched(self, file: str) -> tuple[int, Row]:
        """Return a clean row that no fault has touched."""
        place = self._untouched[file].pop()
        return place, (self.relations if file == RELATIONS else self.entities)[place]

    def fresh_firm(self) -> tuple[int, str]:
        """Add a firm of its own, with a relation, and return its place and id."""
        place = len(self.entities)
        identifier = self.entity("firm")
        self.relation(identifier, "located_in", self.zones[0])
        return place, identifier

    def copied(self, **changes: str) -> int:
        """Append a copy of a clean relation with these changes, and return its place."""
        _, row = self.untouched(RELATIONS)
        self.relations.append({**row, **changes})
        return len(self.relations) - 1

    def write(self, folder: Path) -> Path:
        """Write both tables into a folder."""
        for file, columns, rows in (
            (ENTITIES, ENTITY_COLUMNS, self.entities),
            (RELATIONS, RELATION_COLUMNS, self.relations),
        ):
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            (folder / file).write_text(text.getvalue(), encoding="utf-8", newline="")
        return folder


def _in_entity(code: str, column: str, value: str) -> Callable[[Planted], None]:
    def plant(tables: Planted) -> None:
        place, row = tables.untouched(ENTITIES)
        row[column] = value.format(n=place)
        tables.expect(code, ENTITIES, place, column)

    return plant


def _in_relation(code: str, column: str, value: str) -> Callable[[Planted], None]:
    def plant(tables: Planted) -> None:
        place, row = tables.untouched(RELATIONS)
        row[column] = value.format(n=place)
        tables.expect(code, RELATIONS, place, column)

    return plant


def _new_relation(code: str, column: str, **changes: str) -> Callable[[Planted], None]:
    def plant(tables: Planted) -> None:
        _, firm = tables.fresh_firm()
        number = len(tables.relations)
        place = tables.relation(firm, "supplies", tables.firms[0])
        assert place is not None
        tables.relations[place] |= {k: v.format(n=number) for k, v in changes.items()}
        tables.expect(code, RELATIONS, place, column)

    return plant


def id_empty(tables: Planted) -> None:
    tables.entity("firm")
    tables.entities[-1]["id"] = ""
    tables.expect("id-empty", ENTITIES, len(tables.entities) - 1, "id")


def id_duplicate(tables: Planted) -> None:
    _, row = tables.untouched(ENTITIES)
    tables.entities.append(dict(row))
    tables.expect("id-duplicate", ENTITIES, len(tables.entities) - 1, "id")


def id_conflict(tables: Planted) -> None:
    _, row = tables.untouched(ENTITIES)
    tables.entities.append({**row, "employees": "99999999"})
    tables.expect("id-conflict", ENTITIES, len(tables.entities) - 1, "id")


def id_trimmed(tables: Planted) -> None:
    place, row = tables.untouched(ENTITIES)
    row["id"] = f"{row['id']}\u200b"
    tables.expect("id-trimmed", ENTITIES, place, "id")


def end_trimmed(tables: Planted) -> None:
    place, row = tables.untouched(RELATIONS)
    row["source"] = f" {row['source']}"
    tables.expect("id-trimmed", RELATIONS, place, "source")


def id_lookalike(tables: Planted) -> None:
    _, row = tables.untouched(ENTITIES)
    spelt = tables.random.choice(
        (
            *(row["id"].title(), row["id"].replace("-", "\u200d-"), row["id"].replace("f", "ｆ")),
            row["id"].replace("i", "\u0456"),  # Cyrillic
        )
    )
    place = len(tables.entities)
    tables.relation(tables.entity("firm", spelt), "located_in", tables.zones[0])
    tables.expect("id-lookalike", ENTITIES, place, "id")


def name_empty(tables: Planted) -> None:
    place, row = tables.untouched(ENTITIES)
    row |= {"name@en": "", "name@zh": " "}
    tables.expect("name-empty", ENTITIES, place, "name@en")


def name_duplicate(tables: Planted) -> None:
    (place, row), (other, first) = tables.untouched(ENTITIES), tables.untouched(ENTITIES)
    row |= {"name@en": first["name@en"], "founded": "", "employees": "", "url": ""}
    tables.expect("name-duplicate", ENTITIES, max(place, other), "name@en")


def entity_alone(tables: Planted) -> None:
    tables.entity("agency")
    tables.expect_in_group("entity-alone", ENTITIES, len(tables.entities) - 1, "type")


def translation_missing(tables: Planted) -> None:
    place, row = tables.untouched(ENTITIES)
    row["name@zh"] = ""
    tables.expect_in_group("translation-missing", ENTITIES, place, "name@zh")


def entity_ends_first(tables: Planted) -> None:
    place, row = tables.untouched(ENTITIES)
    row |= {"founded": "1999-05", "dissolved": "1999-04-30"}
    tables.expect("period-reversed", ENTITIES, place, "dissolved")


def relation_duplicate(tables: Planted) -> None:
    tables.expect("relation-duplicate", RELATIONS, tables.copied(), None)


def relation_id_duplicate(tables: Planted) -> None:
    identifier = f"r{tables.random.random()}"
    for _ in range(2):
        place, row = tables.untouched(RELATIONS)
        row["id"] = identifier
        tables.expect("relation-id-duplicate", RELATIONS, place, "id")


def relation_conflict(tables: Planted) -> None:
    tables.expect("relation-conflict", RELATIONS, tables.copied(share="77.25"), "share")


def period_overlap(tables: Planted) -> None:
    _, row = tables.untouched(RELATIONS)
    row |= {"start": "2010", "end": "2012-06"}
    tables.relations.append({**row, "start": "2012-05-01", "end": "2013"})
    tables.expect("period-overlap", RELATIONS, len(tables.relations) - 1, "start")


def period_reversed(tables: Planted) -> None:
    place, row = tables.untouched(RELATIONS)
    row |= {"start": "2020-01-02", "end": "2020-01-01"}
    tables.expect("period-reversed", RELATIONS, place, "end")


def relation_mirrored(tables: Planted) -> None:
    (_, one), (_, other) = tables.fresh_firm(), tables.fresh_firm()
    place = tables.relation(one, "collaborates_with", other)
    assert place is not None
    tables.relations.append({**tables.relations[place], "source": other, "target": one})
    tables.expect("relation-mirrored", RELATIONS, place + 1, None)


def relation_inverse(tables: Planted) -> None:
    (_, one), (_, other) = tables.fresh_firm(), tables.fresh_firm()
    place = tables.relation(one, "subsidiary_of", other)
    assert place is not None
    turned = {"source": other, "relation": "has_subsidiary", "target": one}
    tables.relations.append({**tables.relations[place], **turned})
    tables.expect("relation-inverse", RELATIONS, place + 1, None)


def relation_loop(tables: Planted) -> None:
    _, firm = tables.fresh_firm()
    place = tables.relation(firm, "supplies", firm)
    assert place is not None
    tables.expect("relation-loop", RELATIONS, place, "target")


def hierarchy_circle(tables: Planted) -> None:
    firms = [tables.fresh_firm()[1] for _ in range(tables.random.randint(2, 5))]
    words = [("subsidiary_of", a, b) for a, b in zip(firms, [*firms[1:], firms[0]], strict=True)]
    if len(firms) > 2:  # of two, one turned round would be the other's inverse
        word, one, other = words[0]
        words[0] = ("has_subsidiary", other, one)
    first = len(tables.relations)
    for word, one, other in words:
        if tables.relation(one, word, other) is None:
            tables.relations.append({**tables.relations[-1], "source": one, "target": other})
    tables.expect("hierarchy-circle", RELATIONS, first, "relation")


def evidence_type(tables: Planted) -> None:
    place, row = tables.untouched(RELATIONS)
    row["evidence"] += f"|{tables.firms[0]}"
    tables.expect("evidence-type", RELATIONS, place, "evidence")


def evidence_unknown(tables: Planted) -> None:
    place, row = tables.untouched(RELATIONS)
    row["evidence"] += "|www.example.org/x"
    tables.expect("evidence-unknown", RELATIONS, place, "evidence")


def evidence_missing(tables: Planted) -> None:
    _, firm = tables.fresh_firm()
    place = tables.relation(firm, "supplies", tables.firms[0])
    assert place is not None
    tables.relations[place]["evidence"] = ""
    tables.expect_in_group("evidence-missing", RELATIONS, place, "evidence")


FAULTS: tuple[Callable[[Planted], None], ...] = (
    id_empty,
    id_duplicate,
    id_conflict,
    id_trimmed,
    end_trimmed,
    id_lookalike,
    name_empty,
    name_duplicate,
    entity_alone,
    translation_missing,
    entity_ends_first,
    relation_duplicate,
    relation_id_duplicate,
    relation_conflict,
    period_overlap,
    period_reversed,
    relation_mirrored,
    relation_inverse,
    relation_loop,
    hierarchy_circle,
    evidence_type,
    evidence_unknown,
    evidence_missing,
    _in_entity("type-empty", "type", ""),
    _in_entity("type-unknown", "type", "qwx{n}"),
    _in_entity("value-invalid", "employees", "3.5"),
    _in_entity("date-ambiguous", "founded", "03/04/1999"),
    _in_entity("address-invalid", "url", "ftp://example.org/{n}"),
    _in_entity("character-control", "name@en", "a\x01b{n}"),
    _in_relation("value-invalid", "start", "2024-02-30"),
    _in_relation("value-invalid", "share", "12万"),
    _in_relation("character-control", "note@en", "\x7f"),
    _new_relation("end-empty", "target", target=""),
    _new_relation("end-empty", "relation", relation="\u00a0"),
    _new_relation("end-unknown", "target", target="nobody{n}"),
    _new_relation("end-type", "target", relation="produces"),
    _new_relation("relation-unknown", "relation", relation="zzqwx{n}"),
)
