"""The reference of a vocabulary: every word with its names, its meaning and how it may be used."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clustergraph.vocabulary import PREFIXES, XSD, Kind, Term, Vocabulary

_TITLES: dict[Kind, tuple[str, str]] = {
    "type": ("Types", "The words of the column `type` in entities.csv."),
    "relation": ("Relations", "The words of the column `relation` in relations.csv."),
    "column": ("Columns", "The headers that are known. A header may carry a language: `name@zh`."),
}


def markdown(vocabulary: Vocabulary) -> str:
    """Return all words of a vocabulary as Markdown: types, relations and columns, by word."""
    parts: list[str] = []
    for kind, (title, text) in _TITLES.items():
        terms = vocabulary.of(kind)
        if not terms:
            continue
        parts += [f"## {title}", text, _table(vocabulary, kind, terms)]
        parts += [_entry(vocabulary, term) for term in terms]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class Described:
    """One term in words, for a person; `str` is that text."""

    vocabulary: Vocabulary
    term: Term

    def facts(self) -> Iterator[tuple[str, str]]:
        """Yield what there is to say, each with its name."""
        term, vocabulary = self.term, self.vocabulary
        if term.spellings:
            yield "also written", ", ".join(sorted(set(term.spellings)))
        if term.kind == "relation":
            yield "from", _ends(vocabulary, term.domains)
            yield "to", _ends(vocabulary, term.ranges)
        elif term.kind == "column":
            yield "values", values(term)
        if term.separator:
            yield "separator", term.separator
        if term.date_format:
            yield "dates like", term.date_format
        if above := [compact(vocabulary, iri) for iri in dict.fromkeys(term.parents)]:
            yield "above it", ", ".join(above)
        if term.inverse:
            inverse = vocabulary.term(term.inverse)
            yield "inverse", (inverse and inverse.word) or compact(vocabulary, term.inverse)
        kinds = {
            "symmetric": term.symmetric,
            "no circles": term.hierarchy,
            "at one time": term.momentary,
        }
        if any(kinds.values()):
            yield "holds", ", ".join(kind for kind, is_so in kinds.items() if is_so)
        if drawn := [text for text in (term.colour, term.shape, term.line) if text]:
            yield "drawn", ", ".join(drawn)

    def __str__(self) -> str:
        term = self.term
        lines = [f"{term.word or term.iri}: a {term.kind} ({compact(self.vocabulary, term.iri)})"]
        lines += [f"  {f'label@{tag}' if tag else 'label':14}{t}" for tag, t in _texts(term.labels)]
        lines += [
            f"  {f'meaning@{tag}' if tag else 'meaning':14}{text}"
            for tag, text in _texts(term.definitions)
        ]
        lines += [f"  {name:14}{text}" for name, text in self.facts()]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Return the term as JSON holds it."""
        term = self.term
        said: dict[str, object] = {
            "kind": term.kind,
            "word": term.word,
            "iri": term.iri,
            "labels": dict(_texts(term.labels)),
            "definitions": dict(_texts(term.definitions)),
            "spellings": sorted(set(term.spellings)),
            "domains": sorted(set(term.domains)),
            "ranges": sorted(set(term.ranges)),
            "datatypes": sorted(set(term.datatypes)),
            "parents": sorted(set(term.parents)),
            "inverse": term.inverse,
            "symmetric": term.symmetric,
            "hierarchy": term.hierarchy,
            "momentary": term.momentary,
            "separator": term.separator,
            "date_format": term.date_format,
            "colour": term.colour,
            "shape": term.shape,
            "line": term.line,
        }
        return {key: value for key, value in said.items() if value}


def compact(vocabulary: Vocabulary, iri: str) -> str:
    """Return an IRI with a prefix where the vocabulary has one for it."""
    for prefix, namespace in {**PREFIXES, **vocabulary.prefixes}.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def values(term: Term) -> str:
    """Return in words what the cells of a column hold."""
    if term.refers:
        return "ids of entities, or web addresses"
    names = [iri.removeprefix(XSD) for iri in dict.fromkeys(term.datatypes)]
    names = [name for name in names if name != "string"]
    return " or ".join(names) or "text"


def _ends(vocabulary: Vocabulary, iris: Iterable[str]) -> str:
    names = []
    for iri in dict.fromkeys(iris):
        term = vocabulary.term(iri)
        names.append((term and (term.word or term.labels.get("en"))) or compact(vocabulary, iri))
    return ", ".join(sorted(names)) or "anything"


def _texts(texts: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(texts.items())


def _table(vocabulary: Vocabulary, kind: Kind, terms: Sequence[Term]) -> str:
    heads = {
        "type": ("word", "English", "中文", "colour", "shape"),
        "relation": ("word", "English", "中文", "from", "to"),
        "column": ("word", "English", "中文", "values", "separator"),
    }[kind]
    rows = [heads, ("---",) * len(heads)]
    for term in terms:
        names = (f"[`{term.word}`](#{kind}-{term.word})", *(_label(term, t) for t in ("en", "zh")))
        if kind == "type":
            rows.append((*names, term.colour or "", term.shape or ""))
        elif kind == "relation":
            rows.append((*names, _ends(vocabulary, term.domains), _ends(vocabulary, term.ranges)))
        else:
            rows.append((*names, values(term), f"`{term.separator}`" if term.separator else ""))
    return "\n".join("| " + " | ".join(_cell(text) for text in row) + " |" for row in rows)


def _label(term: Term, language: str) -> str:
    return term.labels.get(language, "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _entry(vocabulary: Vocabulary, term: Term) -> str:
    lines = [f'### <a id="{term.kind}-{term.word}"></a>`{term.word}`', ""]
    names = " · ".join(text for _, text in _texts(term.labels))
    lines.append(f"**{names}** (`{compact(vocabulary, term.iri)}`)" if names else f"`{term.iri}`")
    for _, text in _texts(term.definitions):
        lines += ["", text]
    facts = list(Described(vocabulary, term).facts())
    if facts:
        lines += ["", *(f"- {name}: {text}" for name, text in facts)]
    return "\n".join(lines)
