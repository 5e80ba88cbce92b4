"""Words of tables put into a text that a person reads: labels, literals and comments of Turtle."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clustergraph.vocabulary import Term

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def language(text: str) -> str:
    """Return the language that the script of a text tells, or nothing where it tells none."""
    for script, tag in ((_KANA, "ja"), (_HANGUL, "ko"), (_HAN, "zh")):
        if script.search(text):
            return tag
    return "en" if text.isascii() and any(map(str.isalpha, text)) else ""


def label(word: str) -> tuple[str, str]:
    """Return the name that a word of a table would have for people, and its language."""
    tag = language(word)
    text = re.sub(r"[_\s]+", " ", word).strip()
    if tag == "en":
        text = " ".join(
            part.lower() if part.isupper() and "_" in word else part
            for part in _CAMEL.sub(" ", text).split()
        )
        if word.isupper() and len(word) > 4:  # noqa: PLR2004 - shorter ones are abbreviations
            text = text.lower()
    return text or word, tag


def literal(text: str, tag: str = "") -> str:
    """Return a text as a literal of Turtle."""
    escaped = "".join(
        _ESCAPES.get(c) or (c if c.isprintable() or c == " " else _code(c)) for c in text
    )
    return f'"{escaped}"' + (f"@{tag}" if tag else "")


def _code(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"  # noqa: PLR2004 - 16 bits


def comment(text: str, limit: int = 80) -> str:
    """Return a text so that it can stand in a comment: on one line, and short."""
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def described(term: "Term", named: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield the predicates and the values that say in Turtle what a term is.

    `named` writes an IRI as Turtle does.
    """
    classes = {
        "type": ["owl:Class"],
        "relation": ["owl:ObjectProperty"],
        "column": ["owl:ObjectProperty" if term.refers else "owl:DatatypeProperty"],
    }[term.kind or "type"]
    classes += ["cg:Column"] if term.kind == "column" else []
    classes += ["owl:SymmetricProperty"] if term.symmetric else []
    classes += ["cg:Hierarchy"] if term.hierarchy else []
    classes += ["cg:Momentary"] if term.momentary else []
    yield "a", " , ".join(classes)
    if term.word:
        yield "skos:notation", literal(term.word)
    yield from (("skos:hiddenLabel", literal(text)) for text in dict.fromkeys(term.spellings))
    yield from (("rdfs:label", literal(t, tag)) for tag, t in sorted(term.labels.items()))
    for tag, text in sorted(term.definitions.items()):
        yield "skos:definition", literal(text, tag)
    above = "rdfs:subClassOf" if term.kind == "type" else "rdfs:subPropertyOf"
    yield from ((above, named(iri)) for iri in dict.fromkeys(term.parents))
    for name, iris in (
        ("schema:domainIncludes", term.domains),
        ("schema:rangeIncludes", [*term.ranges, *term.datatypes]),
    ):
        yield from ((name, named(iri)) for iri in dict.fromkeys(iris))
    if term.inverse:
        yield "owl:inverseOf", named(term.inverse)
    for name, value in (
        ("separator", term.separator),
        ("dateFormat", term.date_format),
        ("colour", term.colour),
        ("shape", term.shape),
        ("line", term.line),
    ):
        if value:
            yield f"cg:{name}", literal(value)
