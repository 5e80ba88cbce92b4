"""Two tables of a made-up cluster, the same bytes on every machine and in every year.

`python benchmarks/generate.py FOLDER [--entities N] [--relations N] [--faults SHARE] [--no-ids]`
writes `entities.csv`, `relations.csv` and the `vocabulary.ttl` that says what their words mean.
Names are English and Chinese, an entity has six attributes, and how often an entity is the target
of a relation follows a power law (exponent 2.5). With `--faults 0.05` one row in twenty has
something wrong with it: an unknown or an empty id, a repeated row, a date or a number that is none.

Only multiplication and the Mersenne Twister's `random()` decide, both of which are exact.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

BASE = "https://bench.example/id/"
WORDS = "https://bench.example/vocabulary#"

_TYPES = ("firm", "firm", "firm", "firm", "firm", "firm", "zone", "agency", "delegation", "product")
_RELATIONS = ("supplies", "supplies", "invests_in", "visited", "located_in", "regulates")
_ENGLISH = ("North", "Harvest", "River", "Jade", "Cedar", "Summit", "Lotus", "Amber", "Orient")
_TRADES = ("Pharma", "Biotech", "Machinery", "Logistics", "Textile", "Energy", "Software")
_PLACES = (
    ("Shijiazhuang", "石家庄"),
    ("Baoding", "保定"),
    ("Tangshan", "唐山"),
    ("Handan", "邯郸"),
)
_CHINESE = "华北石药制科技生物医健康药业集团新能源材料信息工程食品建设机械"
_SPREAD = 0x9E3779B1  # odd, so that n * _SPREAD mod 2**32 is another number for each n

VOCABULARY = f"""\
@prefix : <{WORDS}> .
@prefix cg: <https://clustergraph.example/vocabulary#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<{BASE}> a void:Dataset ; void:uriSpace "{BASE}" ; cg:replacesDefault true .

:firm a owl:Class ; skos:notation "firm" .
:zone a owl:Class ; skos:notation "zone" .
:agency a owl:Class ; skos:notation "agency" .
:delegation a owl:Class ; skos:notation "delegation" .
:product a owl:Class ; skos:notation "product" .

:supplies a owl:ObjectProperty ; skos:notation "supplies" .
:invests_in a owl:ObjectProperty ; skos:notation "invests_in" ;
  schema:domainIncludes :firm, :zone, :agency, :delegation, :product .
:visited a owl:ObjectProperty ; skos:notation "visited" .
:located_in a owl:ObjectProperty ; skos:notation "located_in" ;
  schema:rangeIncludes :firm, :zone, :agency, :delegation, :product .
:regulates a owl:ObjectProperty ; skos:notation "regulates" .

rdfs:label a cg:Column ; skos:notation "name" .
:city a owl:DatatypeProperty, cg:Column ; skos:notation "city" .
:founded a owl:DatatypeProperty, cg:Column ; skos:notation "founded" ; rdfs:range xsd:date .
:employees a owl:DatatypeProperty, cg:Column ; skos:notation "employees" ;
  rdfs:range xsd:integer .
:revenue a owl:DatatypeProperty, cg:Column ; skos:notation "revenue" ; rdfs:range xsd:decimal .
:website a owl:DatatypeProperty, cg:Column ; skos:notation "website" ; rdfs:range xsd:anyURI .
skos:note a cg:Column ; skos:notation "note" .
schema:startDate a owl:DatatypeProperty, cg:Column ; skos:notation "start" ;
  schema:rangeIncludes xsd:date, xsd:gYearMonth, xsd:gYear .
"""


@dataclass(frozen=True)
class Size:
    """How many rows, which share of them faulty, and whether relations have ids of their own."""

    entities: int = 100_000
    relations: int = 300_000
    faults: float = 0.0
    ids: bool = True

    def __str__(self) -> str:
        faults = f"-faults{self.faults:g}" if self.faults else ""
        return f"{self.entities}-{self.relations}{faults}{'' if self.ids else '-noids'}"


def write(folder: Path, size: Size) -> None:
    """Write both tables and their vocabulary into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.ttl").write_text(VOCABULARY, encoding="utf-8", newline="\n")
    for name, lines in (("entities", _entities(size)), ("relations", _relations(size))):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)


def _id(number: int) -> str:
    return f"e{number * _SPREAD & 0xFFFFFFFF:08x}"


def _entities(size: Size) -> Iterator[str]:
    chance = Random(1).random  # noqa: S311 - the same numbers everywhere, not secret ones
    yield "id,type,name@en,name@zh,city,founded,employees,revenue,website,note\n"
    for number in range(size.entities):
        one, two, three = chance(), chance(), chance()
        identifier, kind = _id(number), _TYPES[int(one * 10)]
        english, chinese = _PLACES[int(two * 4)]
        word, trade = _ENGLISH[int(three * 9)], _TRADES[int(one * 700) % 7]
        first, second = (int(n * 3200) % len(_CHINESE) for n in (two, three))
        name = f"{english} {word} {trade} {number}"
        zh = f"{chinese}{_CHINESE[first]}{_CHINESE[second]}{trade}公司{number}"
        day = f"{1950 + int(one * 7500) % 75}-{1 + int(two * 12):02}-{1 + int(three * 28):02}"
        staff, revenue = int(one * two * 50_000), f"{int(three * 100_000)}.{1 + int(one * 9)}"
        if size.faults and chance() < size.faults:
            fault = int(chance() * 4)
            if fault == 0:
                identifier = ""
            elif fault == 1:
                identifier = _id(int(chance() * number))  # another entity's
            elif fault == 2:  # noqa: PLR2004 - the third of four faults
                day = f"{1 + int(two * 12)}/{1 + int(three * 28)}/1999"
            else:
                revenue = "about 5 million"
        yield (
            f"{identifier},{kind},{name},{zh},{english},{day},{staff},{revenue},"
            f'https://{word.lower()}{number}.example/about,"Made up, as ""{word}"" no. {number}"\n'
        )


def _relations(size: Size) -> Iterator[str]:
    chance = Random(2).random  # noqa: S311 - likewise
    yield "id,source,relation,target,start\n" if size.ids else "source,relation,target,start\n"
    last = ""
    for number in range(size.relations):
        one, two, three = chance(), chance(), chance()
        source = _id(int(one * size.entities))
        target = _id(int(two * three * chance() * size.entities))
        relation = _RELATIONS[int(two * 6000) % 6]
        start = f"{1990 + int(one * 3500) % 35}-{1 + int(three * 12):02}-{1 + int(two * 28):02}"
        own = f"r{number}," if size.ids else ""
        line = f"{own}{source},{relation},{target},{start}\n"
        if size.faults and chance() < size.faults:
            fault = int(chance() * 4)
            if fault == 0:
                line = f"{own}{source},{relation},x{target},{start}\n"
            elif fault == 1:
                line = f"{own}{source},{relation},,{start}\n"
            elif fault == 2:  # noqa: PLR2004 - the third of four faults
                line = f"{own}{source},{relation},{target},soon\n"
            else:
                line = last or line
        last = line
        yield line


def main() -> None:
    """Write the tables that the command line asks for."""
    summary = __doc__.splitlines()[0] if __doc__ else None
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entities", type=int, default=Size.entities)
    parser.add_argument("--relations", type=int, default=None, help="default: three an entity")
    parser.add_argument("--faults", type=float, default=Size.faults)
    parser.add_argument("--no-ids", action="store_true")
    given = parser.parse_args()
    relations = given.relations if given.relations is not None else 3 * given.entities
    write(given.folder, Size(given.entities, relations, given.faults, not given.no_ids))


if __name__ == "__main__":
    main()
