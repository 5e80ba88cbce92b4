"""A first vocabulary, drafted from the words and the values of two tables.

It is commented Turtle for a person to read and correct. What it says is what the tables show: the
types that each relation joins, the datatype that every value of a column has. What is only likely
stands in a comment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING

from clustergraph import vocabulary as vocabulary_
from clustergraph.drafting import usage
from clustergraph.drafting.inference import Values, infer
from clustergraph.drafting.wording import comment, described, label, literal
from clustergraph.iris import encode
from clustergraph.terms import ends
from clustergraph.vocabulary import XSD, Kind, Term

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.drafting.usage import Word
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table

_SHAPES = ("dot", "square", "diamond", "triangle", "hexagon", "star", "triangleDown")
_LINES = ("solid", "dashed", "dotted")
_ENDS = 12  # a relation that joins more types than this joins anything

_HEAD = """\
# A first vocabulary for {files}, drafted from their words and values.
#
# Read it and correct it: the labels are what people see, and what stands behind a # is a proposal.
#   skos:notation     the word that stands in the tables
#   skos:hiddenLabel  another spelling of it, if there is one
#   rdfs:label        the name shown to people, one for each language
#   schema:domainIncludes, schema:rangeIncludes
#                     the types that a relation may join, here those that it was seen to join;
#                     several mean "one of these", none means "anything"
#   cg:colour         one of seven colours that all eyes can tell apart
# Kept beside the tables as vocabulary.ttl it is read with them; a word that is not known is then an
# error, for most likely it is misspelt.
"""


def draft(checked: "Checked", *, every: bool = False) -> str:
    """Return a vocabulary in Turtle for the words of the tables that no vocabulary knows.

    With `every` it holds all words of the tables, those of the shipped vocabulary copied, and
    stands alone (`cg:replacesDefault`). Tables read with the draft have no unknown word.
    """
    return _Draft(checked, every=every).text()


class _Draft:
    """One draft: what was decided so far, and the prefixes that were used."""

    def __init__(self, checked: "Checked", *, every: bool) -> None:
        self.checked = checked
        self.every = every
        self.words = usage.words(checked)
        self.used = {"cg", "owl", "rdfs", "skos"}
        self.iris: dict[tuple[Kind, str], str] = {}
        taken = {iri: term.kind for iri, term in checked.vocabulary.terms.items()}
        for word in self.words:
            iri = word.iri
            if not word.known and taken.get(iri, word.kind) != word.kind:
                # An address used as two kinds of word, or as another kind than it is known as.
                iri = f"{checked.namespaces.base}{word.kind}/{encode(word.word)}"
            taken[iri] = word.kind
            self.iris[word.kind, word.word] = iri
        self._seen: dict[str, dict[str, Counter[str]]] = {}
        self.pairs = _pairs(self.words)

    def text(self) -> str:
        parts = [
            *self._section("Types", self._of("type", self._type)),
            *self._section("Relations", self._of("relation", self._relation)),
            *self._section("Columns", self._of("column", self._column)),
        ]
        known = [*self._joined_anew(), *self._dated_anew()]
        parts += self._section("What is new about words that were known already", known)
        dataset = self._dataset()
        files = " and ".join(comment(table.file) for table in self.checked.tables)
        head = _HEAD.format(files=files)
        if not any(parts):
            head += "#\n# All words of the tables are known already, so there is nothing to say.\n"
        prefixes = self.checked.namespaces.header(self.used)
        return "\n".join([head, prefixes, *dataset, *parts])

    def _section(self, title: str, blocks: Iterable[str]) -> list[str]:
        found = list(blocks)
        return [f"#{'-' * 98}\n# {title}\n#{'-' * 98}\n", *found] if found else []

    def _of(self, kind: Kind, block: object) -> Iterator[str]:
        found = [word for word in self.words if word.kind == kind]
        if kind == "type":
            yield from self._above(found) if self.every else ()
        for word in sorted(found, key=lambda word: -word.count):
            if not word.known:
                yield block(word)  # type: ignore[operator] # one of the three below
        if self.every:
            known = {word.term.iri: word.term for word in found if word.term}
            yield from (self._copy(term) for term in known.values())
        if kind == "type" and not self.every:
            yield from self._type_separator(found)

    def iri(self, iri: str) -> str:
        """Return an IRI as Turtle writes it, and remember its prefix."""
        text, prefix = self.checked.namespaces.compact(iri)
        if prefix is not None:
            self.used.add(prefix)
        return text

    # What is written of each word

    def _type(self, word: "Word") -> str:
        if known := self._spelling(word):
            return known
        colour, shape = self.pairs[word.kind, word.word]
        said = [
            *_labels(word.word),
            '# skos:definition "What it means."@en ;',
            f'cg:colour "{colour}" ;',
            f'cg:shape "{shape}" ;',
        ]  # fmt: skip
        return self._block(word, ["owl:Class"], said, self._about(word, "row"))

    def _relation(self, word: "Word") -> str:
        if known := self._spelling(word):
            return known
        colour, line = self.pairs[word.kind, word.word]
        remarks = self._about(word, "row")
        said = [*_labels(word.word), '# skos:definition "Who does what to whom."@en ;']
        for name, end in (("domainIncludes", "source"), ("rangeIncludes", "target")):
            seen = self._joins(end).get(word.word, Counter())
            if len(seen) > _ENDS:
                remarks.append(f"Its {end} is of {len(seen):,} types, so none was set.")
                continue
            if seen:
                self.used.add("schema")
            for iri, count in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
                said.append(f"schema:{name} {self.iri(iri)} ; # {_counted(count, 'row')}")
        said += [f'cg:colour "{colour}" ;', f'cg:line "{line}" ;']
        return self._block(word, ["owl:ObjectProperty"], said, remarks)

    def _column(self, word: "Word") -> str:
        if known := self._spelling(word):
            return known
        values = infer(self.checked, self._columns(word.word))
        said = [*_labels(word.word), '# skos:definition "What its cells hold."@en ;']
        if values.datatypes:
            self.used.add("xsd")
            several = len(values.datatypes) > 1
            if several:
                self.used.add("schema")
            relation = "schema:rangeIncludes" if several else "rdfs:range"
            said += [f"{relation} {self.iri(datatype)} ;" for datatype in values.datatypes]
        said += self._forms(values)
        remarks = self._about(word, "cell")
        if values.examples:
            shown = ", ".join(comment(example, 40) for example in values.examples)
            remarks.append(f"For example: {shown}")
        remarks += [f"{text[0].upper()}{text[1:]}." for text in values.remarks]
        return self._block(word, ["owl:DatatypeProperty", "cg:Column"], said, remarks)

    def _forms(self, values: Values) -> Iterator[str]:
        if values.date_format:
            yield f"cg:dateFormat {literal(values.date_format)} ;"
        for name, value in values.proposals:
            dated = "rdfs:range xsd:date ; " if name == "cg:dateFormat" else ""
            self.used |= {"xsd"} if dated else set()
            yield f"# {dated}{name} {literal(value)} ;"

    def _block(
        self, word: "Word", classes: list[str], said: Iterable[str], remarks: Iterable[str]
    ) -> str:
        lines = [f"# {remark}" for remark in remarks]
        lines.append(self.iri(self.iris[word.kind, word.word]))
        lines.append(f"  a {' , '.join(classes)} ;")
        lines.append(f"  skos:notation {literal(word.word)} ;")
        return "\n".join([*lines, *(f"  {line}" for line in said), ".", ""])

    def _spelling(self, word: "Word") -> str | None:
        """Return what to say of a word that is itself the address of a term."""
        iri = self.iris[word.kind, word.word]
        if iri not in self.checked.vocabulary.terms:
            return None
        about = f"# {self._about(word, 'row')[0]} It is the address of a term that is known."
        return f"{about}\n{self.iri(iri)} skos:hiddenLabel {literal(word.word)} .\n"

    def _about(self, word: "Word", unit: str) -> list[str]:
        lines = [
            f"{_counted(word.count, unit)}, the first in {comment(word.file)}, row {word.row}."
        ]
        if word.kind == "column":
            lines = [f"{_counted(word.count, unit)} filled."]
        vocabulary = self.checked.vocabulary
        terms = {"type": vocabulary.type, "relation": vocabulary.relation}
        if word.near and (term := terms.get(word.kind, vocabulary.column)(word.near)):
            name = f" ({comment(term.labels['en'])})" if term.labels.get("en") else ""
            lines.append(
                f"Near it is the known word {word.near}{name}. If it means the same, write"
            )
            iri, _ = self.checked.namespaces.compact(term.iri)
            lines.append(f"    {iri} skos:hiddenLabel {comment(literal(word.word), 200)} .")
            lines.append("instead of what follows.")
        return lines

    def _columns(self, word: str) -> list[tuple["Table", "Column"]]:
        return [(t, c) for t, c in usage.headers(self.checked) if c.word == word]

    # The types that relations join

    def _joins(self, end: str) -> dict[str, Counter[str]]:
        if end not in self._seen:
            self._seen[end] = dict(self._join(end))
        return self._seen[end]

    def _join(self, end: str) -> Iterator[tuple[str, Counter[str]]]:
        """Yield for each relation word how often the end is of each type, by the type's IRI."""
        checked = self.checked
        source, relation, target = ends(checked.terms)
        found: dict[str, Counter[str]] = {}
        for word, cell, count in checked.query(
            f"SELECT r.word, e.kind, count(DISTINCT r.row) FROM (SELECT row, {relation} AS word,"
            f" {source if end == 'source' else target} AS id FROM relations t WHERE row NOT IN"
            " (SELECT row FROM relation_fates)) r JOIN (SELECT DISTINCT"
            f" {checked.terms.cell('entities', 'id')} AS id,"
            f" {checked.terms.cell('entities', 'type')} AS kind FROM entities) e ON e.id = r.id"
            " GROUP BY ALL"
        ):
            for iri in self._types_of(str(cell)):
                found.setdefault(str(word), Counter())[iri] += int(str(count))
        yield from found.items()

    def _types_of(self, cell: str) -> Iterator[str]:
        """Yield the types that a cell of the type column names, as this draft names them."""
        renamed = {
            word.iri: self.iris["type", word.word] for word in self.words if word.kind == "type"
        }
        for iri in self.checked.terms.types.get(cell, ()):
            yield renamed.get(iri, iri)

    def _joined_anew(self) -> Iterator[str]:
        """Yield what to add to known relations that join types that this draft makes known."""
        new = {
            self.iris[word.kind, word.word]
            for word in self.words
            if word.kind == "type" and not word.known
        }
        limits = (("domainIncludes", "source", "domains"), ("rangeIncludes", "target", "ranges"))
        for word in self.words:
            term = word.term
            if word.kind != "relation" or term is None:
                continue
            lines = []
            for name, end, limit in limits:
                seen = set(self._joins(end).get(word.word, ())) & new
                if seen and getattr(term, limit):
                    lines += [f"  schema:{name} {self.iri(iri)} ;" for iri in sorted(seen)]
            if lines:
                self.used.add("schema")
                about = f"# The relation {comment(word.word)} was seen to join new types."
                yield "\n".join([about, self.iri(term.iri), *lines, ".", ""])

    def _dated_anew(self) -> Iterator[str]:
        """Yield the date format of known columns whose dates are written in a local form."""
        told: set[str] = set()
        for word in self.words:
            term = word.term
            if word.kind != "column" or term is None or term.iri in told:
                continue
            if term.date_format or XSD + "date" not in term.datatypes:
                continue
            same = [w for w in self.words if w.term is term]
            columns = [place for w in same for place in self._columns(w.word)]
            values = infer(self.checked, columns)
            told.add(term.iri)
            if values.date_format:
                about = f"# All dates under {comment(word.word)} are written so."
                form = literal(values.date_format)
                yield f"{about}\n{self.iri(term.iri)} cg:dateFormat {form} .\n"
            elif forms := list(self._forms(values)):
                remark = f"# Of {comment(word.word)}: {'; '.join(values.remarks)}."
                lines = [f"# {self.iri(term.iri)} {form.split(' ; ')[-1][:-2]} ."
                         for form in forms if "cg:dateFormat" in form]  # fmt: skip
                yield "\n".join([remark, *(line.replace(" # ", " ") for line in lines), ""])

    def _type_separator(self, found: "list[Word]") -> Iterator[str]:
        """Propose a separator where the cells of the type column seem to hold several words."""
        if self.checked.vocabulary.column("type"):
            return
        for mark in ("|", ";", "；", "、"):
            several = sum(word.count for word in found if mark in word.word)
            if several > 1:
                self.used.add("rdf")
                yield (
                    f"# {_counted(several, 'cell')} of the column type hold {mark}. If it stands"
                    " between several types,\n# put this alone into a vocabulary and draft the rest"
                    " again:\n"
                    f'# rdf:type a cg:Column ; skos:notation "type" ; cg:separator "{mark}" .\n'
                )  # fmt: skip

    # The whole

    def _dataset(self) -> list[str]:
        vocabulary, base = self.checked.vocabulary, self.checked.namespaces.base
        if vocabulary.base and not self.every:
            return []
        self.used |= {"void", "dcterms"}
        said = [
            f"dcterms:{name} {literal(text, language)} ;"
            for name, texts in (
                ("title", vocabulary.titles),
                ("description", vocabulary.descriptions),
            )
            for language, text in sorted(texts.items())
        ]
        if not vocabulary.titles:
            said.append('# dcterms:title "The name of the dataset"@en ;')
        if vocabulary.licence:
            said.append(f"dcterms:license {self.iri(vocabulary.licence)} ;")
        said.append(f"void:uriSpace {literal(base)} ;")
        if self.every:
            said.append("cg:replacesDefault true ;")
        about = [] if vocabulary.base else [
            "# The dataset itself. Its address is the beginning of all its names: put one of your",
            "# own here, and into the prefixes above.",
        ]  # fmt: skip
        lines = [*about, f"<{base}>", "  a void:Dataset ;", *(f"  {line}" for line in said), "."]
        return ["\n".join([*lines, ""])]

    def _above(self, found: "list[Word]") -> Iterator[str]:
        """Copy the classes above the known types, which relations may name as their ends."""
        terms = self.checked.vocabulary.terms
        below = [word.term for word in found if word.term]
        seen = {term.iri for term in below}
        while below:
            for iri in below.pop().parents:
                if iri in terms and iri not in seen:
                    seen.add(iri)
                    below.append(terms[iri])
                    yield self._copy(terms[iri])

    def _copy(self, term: Term) -> str:
        """Return the block of a term that is known."""
        if term.domains or term.ranges or term.datatypes:
            self.used.add("schema")
        lines = [self.iri(term.iri)]
        lines += [f"  {predicate} {value} ;" for predicate, value in described(term, self.iri)]
        return "\n".join([*lines, ".", ""])


def _labels(word: str) -> list[str]:
    text, language = label(word)
    other = "en" if language == "zh" else "zh"
    name = "Its English name" if other == "en" else "中文名称"
    return [f"rdfs:label {literal(text, language)} ;", f'# rdfs:label "{name}"@{other} ;']


def _pairs(words: "Iterable[Word]") -> dict[tuple[Kind, str], tuple[str, str]]:
    """Return a colour and a shape (of a relation: a line) for each word, the commonest first."""
    found: dict[tuple[Kind, str], tuple[str, str]] = {}
    every = list(words)
    shipped = vocabulary_.read()
    colours = sorted({term.colour for term in shipped.terms.values() if term.colour})
    for kind, forms in (("type", _SHAPES), ("relation", _LINES)):
        drawn = {
            (word.term.colour, word.term.shape if kind == "type" else word.term.line or "solid")
            for word in every
            if word.kind == kind and word.term
        }
        # Neighbours differ in colour first, then in form.
        free = [(c, f) for f, c in product(forms, colours)]
        free = [pair for pair in free if pair not in drawn] or free
        new = sorted((w for w in every if w.kind == kind and not w.known), key=lambda w: -w.count)
        for at, word in enumerate(new):
            found[word.kind, word.word] = free[at % len(free)]
    return found


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
