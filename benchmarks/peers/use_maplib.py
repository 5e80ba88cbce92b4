"""The benchmark's mapping in maplib: OTTR templates over polars data frames.

`use_maplib.py FOLDER FILE` writes N-Triples. maplib takes the language of a text from nowhere in a
data frame, so its names carry none; dates and numbers are those of polars.
"""

import sys
from pathlib import Path

import polars as pl
from maplib import Model  # type: ignore[import-not-found] # it has an environment of its own

ID = "https://bench.example/id/"
WORD = "https://bench.example/vocabulary#"
TEMPLATES = f"""
@prefix t: <urn:t:> .
@prefix ottr: <http://ns.ottr.xyz/0.4/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix w: <{WORD}> .
t:Entity [ ottr:IRI ?s, ottr:IRI ?type, xsd:string ?en, xsd:string ?zh, xsd:string ?city,
  xsd:date ?founded, xsd:long ?employees, xsd:decimal ?revenue, xsd:anyURI ?website,
  xsd:string ?note ] :: {{
  ottr:Triple(?s, rdf:type, ?type), ottr:Triple(?s, rdfs:label, ?en),
  ottr:Triple(?s, rdfs:label, ?zh), ottr:Triple(?s, w:city, ?city),
  ottr:Triple(?s, w:founded, ?founded), ottr:Triple(?s, w:employees, ?employees),
  ottr:Triple(?s, w:revenue, ?revenue), ottr:Triple(?s, w:website, ?website),
  ottr:Triple(?s, skos:note, ?note) }} .
t:Relation [ ottr:IRI ?s, ottr:IRI ?p, ottr:IRI ?o, ottr:IRI ?n, xsd:date ?start ] :: {{
  ottr:Triple(?s, ?p, ?o), ottr:Triple(?n, rdf:type, rdf:Statement),
  ottr:Triple(?n, rdf:subject, ?s), ottr:Triple(?n, rdf:predicate, ?p),
  ottr:Triple(?n, rdf:object, ?o), ottr:Triple(?n, schema:startDate, ?start) }} .
"""


def main(folder: Path, target: Path) -> None:
    """Read both tables and write the graph."""
    model = Model()
    model.add_template(TEMPLATES)
    entities = pl.read_csv(folder / "entities.csv", infer_schema=False)
    model.map(
        "urn:t:Entity",
        entities.select(
            (pl.lit(ID) + pl.col("id")).alias("s"),
            (pl.lit(WORD) + pl.col("type")).alias("type"),
            pl.col("name@en").alias("en"),
            pl.col("name@zh").alias("zh"),
            pl.col("city"),
            pl.col("founded").str.to_date("%Y-%m-%d"),
            pl.col("employees").cast(pl.Int64),
            pl.col("revenue").cast(pl.Decimal(38, 12)),
            pl.col("website"),
            pl.col("note"),
        ),
        validate_iris=False,
    )
    relations = pl.read_csv(folder / "relations.csv", infer_schema=False)
    model.map(
        "urn:t:Relation",
        relations.select(
            (pl.lit(ID) + pl.col("source")).alias("s"),
            (pl.lit(WORD) + pl.col("relation")).alias("p"),
            (pl.lit(ID) + pl.col("target")).alias("o"),
            (pl.lit(ID + "statement/") + pl.col("id")).alias("n"),
            pl.col("start").str.to_date("%Y-%m-%d"),
        ),
        validate_iris=False,
    )
    model.write(target, format="ntriples")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
