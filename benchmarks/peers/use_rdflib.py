"""What one would write by hand: two loops over two CSV files, with rdflib.

`use_rdflib.py FOLDER FILE` writes Turtle or N-Triples, by the file's ending.
"""

import csv
import sys
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace

ID = Namespace("https://bench.example/id/")
WORD = Namespace("https://bench.example/vocabulary#")
SCHEMA = Namespace("https://schema.org/")
STATEMENT = Namespace("https://bench.example/id/statement/")


def main(folder: Path, target: Path) -> None:
    """Read both tables and write the graph."""
    graph = Graph()
    with (folder / "entities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            entity = ID[row["id"]]
            graph.add((entity, RDF.type, WORD[row["type"]]))
            graph.add((entity, RDFS.label, Literal(row["name@en"], lang="en")))
            graph.add((entity, RDFS.label, Literal(row["name@zh"], lang="zh")))
            graph.add((entity, WORD.city, Literal(row["city"])))
            graph.add((entity, WORD.founded, Literal(row["founded"], datatype=XSD.date)))
            graph.add((entity, WORD.employees, Literal(row["employees"], datatype=XSD.integer)))
            graph.add((entity, WORD.revenue, Literal(row["revenue"], datatype=XSD.decimal)))
            graph.add((entity, WORD.website, Literal(row["website"], datatype=XSD.anyURI)))
            graph.add((entity, SKOS.note, Literal(row["note"])))
    with (folder / "relations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            source, relation, end = ID[row["source"]], WORD[row["relation"]], ID[row["target"]]
            graph.add((source, relation, end))
            statement = STATEMENT[row["id"]]
            graph.add((statement, RDF.type, RDF.Statement))
            graph.add((statement, RDF.subject, source))
            graph.add((statement, RDF.predicate, relation))
            graph.add((statement, RDF.object, end))
            graph.add((statement, SCHEMA.startDate, Literal(row["start"], datatype=XSD.date)))
    form, encoding = ("turtle", None) if target.suffix == ".ttl" else ("nt", "utf-8")
    graph.serialize(target, format=form, encoding=encoding)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
