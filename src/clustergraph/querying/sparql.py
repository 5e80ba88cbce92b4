"""A query as text: its tokens, what it mentions, and where it is wrong.

The tokens follow SPARQL 1.1, section 19.8. Nothing here decides what a query means: the engine
does. The tokens serve four ends: to refuse `SERVICE` before anything is evaluated, to put values
in the place of variables, to say which term is unknown, and to point at a mistake.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from unicodedata import east_asian_width

from clustergraph.errors import QueryError

_ESCAPE = r"\\[_~.\-!$&'()*+,;=/?#@%]"
_TOKEN = re.compile(
    rf"""
    (?P<space>(?:[ \t\r\n]+|\#[^\r\n]*)+)
  | (?P<iri><[^<>"{{}}|^`\x00-\x20]*>)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\.))*\"\"\"
             | '''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
             | "(?:[^"\\\r\n]|\\.)*"
             | '(?:[^'\\\r\n]|\\.)*')
  | (?P<variable>[?$]\w[\w·]*)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:\w(?:[\w·.-]*[\w·-])?)
  | (?P<name>(?:[^\W\d_](?:[\w·.-]*[\w·-])?)?:
             (?:(?:[\w:·]|%[0-9A-Fa-f]{{2}}|{_ESCAPE})
                (?:(?:[\w:·.-]|%[0-9A-Fa-f]{{2}}|{_ESCAPE})*
                   (?:[\w:·-]|%[0-9A-Fa-f]{{2}}|{_ESCAPE}))?)?)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<mark>\^\^|&&|\|\||!=|<=|>=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_HIDING_IRI = re.compile(r"\).*service", re.IGNORECASE | re.DOTALL)
_UPDATES = frozenset(
    "INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH".split()  # noqa: SIM905 - a word list
)
KEYWORDS = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE", "WHERE", "FROM", "NAMED"),
    *("DISTINCT", "REDUCED", "OPTIONAL", "UNION", "MINUS", "GRAPH", "FILTER", "BIND", "VALUES"),
    *("GROUP", "ORDER", "BY", "HAVING", "LIMIT", "OFFSET", "ASC", "DESC", "AS", "EXISTS", "NOT"),
    *("IN", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "SEPARATOR", "UNDEF"),
    *("CONTAINS", "STRSTARTS", "STRENDS", "REGEX", "REPLACE", "LCASE", "UCASE", "STRLEN", "SUBSTR"),
    *("LANG", "LANGMATCHES", "DATATYPE", "BOUND", "COALESCE", "IF", "IRI", "STR", "CONCAT", "YEAR"),
)
_CLOSES = {")": "(", "}": "{", "]": "["}
# Longer than any keyword: the engine reports a keyword it tried behind the place where it tried.
_GAP = 40
_SHOWN = 70  # characters of a long line on either side of a mistake

SERVICE_REFUSED = (
    "SERVICE is refused: it would send data to another server. Load that server's data into the"
    " graph, ask it there, or allow its address (--allow-service)."
)


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query; `line` and `column` (both from 1) say where it stops."""

    def __init__(self, message: str, line: int, column: int) -> None:
        self.line = line
        self.column = column
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: its kind, its text, and where it starts (characters from 0)."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next piece may start."""
        return self.start + len(self.text)

    def says(self, *words: str) -> bool:
        """Tell whether it is one of these keywords or marks."""
        return self.kind in ("word", "mark") and self.text.upper() in words


class Sparql:
    """A query's text, cut into tokens."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Every token but spaces and comments."""
        return tuple(
            Token(str(found.lastgroup), found.group(), found.start())
            for found in _TOKEN.finditer(self.text)
            if found.lastgroup != "space"
        )

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the query itself declares."""
        tokens = self.tokens
        return {
            name.text[:-1]: iri.text[1:-1]
            for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
            if word.says("PREFIX") and name.kind == "name" and iri.kind == "iri"
        }

    @property
    def refusal(self) -> str | None:
        """Why the query may not run at all, in one sentence, or nothing."""
        if "service" in self.text.casefold() or "\\" in self.text:
            # Section 19.2: \u escapes count before anything else, keywords included.
            plain = Sparql(_CODEPOINT.sub(_character, self.text))
            if any(query.calls_service for query in (self, plain)):
                return SERVICE_REFUSED
        return self.change

    @property
    def change(self) -> str | None:
        """Why it may not run where it would change something, or nothing."""
        word = next((t for t in self.verbs if t.says(*_UPDATES)), None)
        if word is None:
            return None
        return (
            f"{word.text.upper()} is refused: a graph is only read here. "
            "Change the tables and build again."
        )

    def refusal_but_for(self, services: Iterable[str]) -> str | None:
        """Return the same where the servers at these addresses may be asked.

        Only `SERVICE <address>`, spelt out, counts as asking one of them.
        """
        allowed = {f"<{address}>" for address in services}
        pieces: list[str] = []
        done = 0
        for index, token in enumerate(self.tokens):
            after = [t for t in self.tokens[index + 1 : index + 3] if not t.says("SILENT")]
            if token.says("SERVICE") and after and after[0].text in allowed:
                pieces += (self.text[done : token.start], " ")
                done = token.end
        rest = Sparql("".join((*pieces, self.text[done:]))).refusal
        if rest == SERVICE_REFUSED and allowed:
            known = ", ".join(sorted(allowed))
            return f"SERVICE is refused, but for {known}, written so."
        return rest

    @property
    def verbs(self) -> Iterator[Token]:
        """The first keyword after the prologue."""
        tokens = iter(self.tokens)
        for token in tokens:
            if token.says("PREFIX"):
                next(tokens, None)
                next(tokens, None)
            elif token.says("BASE"):
                next(tokens, None)
            else:
                yield token
                return

    @property
    def calls_service(self) -> bool:
        """Tell whether any token could be the keyword SERVICE to any reader of SPARQL."""
        tokens = self.tokens
        for index, token in enumerate(tokens):
            if token.kind == "word":
                if "service" in token.text.casefold():
                    return True
            elif token.kind == "name":
                # `SERVICE:x {` is a name to a tokenizer and a call to a grammar.
                follows = index + 1 < len(tokens) and tokens[index + 1].text == "{"
                named = index > 0 and tokens[index - 1].says("GRAPH")
                if token.text.casefold().startswith("service:") and follows and not named:
                    return True
            elif token.kind == "iri" and _HIDING_IRI.search(token.text):
                # `FILTER(1<?x)SERVICE#>` looks like an IRI after a less-than sign.
                return True
        return False

    def mentions(self, prefixes: Mapping[str, str]) -> list[tuple[Token, str]]:
        """Return each IRI that the query speaks of, once, with the token that first says it."""
        known = {**prefixes, **self.prefixes}
        found: dict[str, Token] = {}
        declared = False
        for token in self.tokens:
            if token.says("PREFIX", "BASE", "FROM", "NAMED"):
                declared = True
            elif token.kind == "iri":
                if not declared:
                    found.setdefault(token.text[1:-1], token)
                declared = False
            elif token.kind == "name" and not declared:
                prefix, _, local = token.text.partition(":")
                if prefix in known and local:
                    found.setdefault(known[prefix] + re.sub(r"\\(.)", r"\1", local), token)
        return [(token, iri) for iri, token in found.items()]

    def with_terms(self, terms: Mapping[str, str]) -> str:
        """Return the query with each named variable replaced by a term.

        `terms` holds terms in the engine's own N-Triples form, so that none can end early. In a
        list of columns `?zone` becomes `(term AS ?zone)`, in GROUP BY and ORDER BY `(term)`.
        """
        pieces: list[str] = []
        done = 0
        for start, end, name, form in self.slots(terms):
            pieces += (self.text[done:start], form.replace("{}", terms[name]))
            done = end
        return "".join((*pieces, self.text[done:]))

    def slots(self, names: Iterable[str]) -> Iterator[tuple[int, int, str, str]]:
        """Yield where a term takes the place of each of these variables: from, to, name, form.

        The form is what stands there then, with `{}` for the term.
        """
        wanted = frozenset(names)
        for index, token in enumerate(self.tokens):
            if token.kind != "variable" or token.text[1:] not in wanted:
                continue
            before = self.tokens[max(index - 2, 0) : index]
            clause = self._clause(index)
            start, form = token.start, " {} "
            if [t.text.upper() for t in before] == ["BOUND", "("]:
                start, form = before[0].start, "(true"
            elif clause == "SELECT":
                form = f" ({{}} AS {token.text}) "
            elif clause == "BY":
                form = " ({}) "
            yield start, token.end, token.text[1:], form

    def _clause(self, index: int) -> str:
        """Name the clause in whose bare list the token stands: SELECT, BY or none."""
        for token in reversed(self.tokens[:index]):
            if token.says("SELECT", "BY"):
                return token.text.upper()
            if token.kind == "mark" or (
                token.kind == "word" and not token.says("DISTINCT", "REDUCED", "ASC", "DESC")
            ):
                return self._clause_over_brackets(token, index)
        return ""

    def _clause_over_brackets(self, stop: Token, index: int) -> str:
        """Look past `(… AS ?x)` columns that stand before the token."""
        if stop.text != ")":
            return ""
        depth = 0
        tokens = self.tokens[:index]
        for place in range(len(tokens) - 1, -1, -1):
            depth += (tokens[place].text == ")") - (tokens[place].text == "(")
            if depth == 0 and tokens[place].text == "(":
                return self._clause(place)
        return ""

    def with_columns(self, names: list[str]) -> str | None:
        """Return the query with the star of its outermost SELECT spelt out in textual order.

        `names` are the columns the engine found; nothing is returned where their order is right
        already or where there is no such star.
        """
        verb = next(self.verbs, None)
        if verb is None or not verb.says("SELECT"):
            return None
        place = self.tokens.index(verb) + 1
        if place < len(self.tokens) and self.tokens[place].says("DISTINCT", "REDUCED"):
            place += 1
        if place >= len(self.tokens) or self.tokens[place].text != "*":
            return None
        order = dict.fromkeys(t.text[1:] for t in self.tokens[place:] if t.kind == "variable")
        columns = [name for name in order if name in set(names)]
        if columns == names or len(columns) != len(names) or not columns:
            return None
        star = self.tokens[place]
        spelt = " ".join(f"?{name}" for name in columns)
        return f"{self.text[: star.start]} {spelt} {self.text[star.end :]}"

    def fault(
        self, message: str, prefixes: Mapping[str, str], parse: Callable[[str], object]
    ) -> QuerySyntaxError:
        """Return the engine's refusal of this text as an error that people can act on.

        `message` is the engine's; `parse` asks it about a text and raises SyntaxError.
        """
        token, reason = self._reason(message, prefixes, parse)
        at = token.start if token else len(self.text.rstrip())
        line = self.text.count("\n", 0, at) + 1
        start = self.text.rfind("\n", 0, at) + 1
        column = at - start + 1
        start = max(start, at - _SHOWN)
        shown = self.text[start : at + _SHOWN].split("\n", 1)[0].rstrip("\r")
        pad = "".join(
            "\t" if c == "\t" else "  " if east_asian_width(c) in "WF" else " "
            for c in self.text[start:at]
        )
        return QuerySyntaxError(
            f"line {line}, column {column}: {reason}\n    {shown}\n    {pad}^", line, column
        )

    def _reason(
        self, message: str, prefixes: Mapping[str, str], parse: Callable[[str], object]
    ) -> tuple[Token | None, str]:
        if not self.tokens:
            return None, "the query is empty."
        plain = self._plain_mistake({**prefixes, **self.prefixes})
        if plain:
            return plain
        token = self._first_misfit(parse)
        said = _sentence(message)
        if said:
            return token, said
        if token is None:
            opened = self._still_open
            return opened, f"this {opened.text} is never closed." if opened else "more is missing."
        near = ""
        if token.kind == "word" and not token.says(*KEYWORDS):
            near = did_you_mean(token.text.upper(), KEYWORDS)
        return token, f"{token.text!r} is not expected here{near}."

    def _plain_mistake(self, known: Mapping[str, str]) -> tuple[Token, str] | None:
        """Find what is wrong whatever stands around it: an open text, an unknown prefix."""
        for token in self.tokens:
            if token.kind == "mark" and token.text in "\"'":
                return token, f"this {token.text} opens a text that never closes."
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in known and not self._declares(token):
                return token, f"no prefix is called {prefix!r}{did_you_mean(prefix, known)}."
        return None

    def _declares(self, token: Token) -> bool:
        place = self.tokens.index(token)
        return place > 0 and self.tokens[place - 1].says("PREFIX")

    @property
    def _still_open(self) -> Token | None:
        opened: list[Token] = []
        for token in self.tokens:
            if token.kind != "mark":
                continue
            if token.text in _CLOSES.values():
                opened.append(token)
            elif opened and _CLOSES.get(token.text) == opened[-1].text:
                opened.pop()
        return opened[-1] if opened else None

    def _first_misfit(self, parse: Callable[[str], object]) -> Token | None:
        """Find the first token after which no query can go on.

        The engine's own position is behind the mistake by the length of a keyword it tried.
        So beginnings of the text are tried, each followed by something that fits nowhere: a
        beginning is good when the engine stumbles over that.
        """
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            start = self.text[: self.tokens[middle].end]
            at = len(start.replace("\r", " ").replace("\n", " ")) + _GAP
            try:
                parse(start.replace("\r", " ").replace("\n", " ") + " " * _GAP + "\x01" * _GAP)
            except SyntaxError as error:
                good = _column(str(error)) > at
            else:
                good = True
            low, high = (middle + 1, high) if good else (low, middle)
        return self.tokens[low] if low < len(self.tokens) else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest of the words, or nothing."""
    near = get_close_matches(word, [w for w in words if w], n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _character(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= sys.maxunicode else found[0]


def _column(message: str) -> int:
    found = re.match(r"error at \d+:(\d+)", message)
    return int(found[1]) if found else 0


def _sentence(message: str) -> str | None:
    """Return what the engine says in words among the tokens that it expected."""
    for part in re.split(r", (?![^\[]*\])", message.partition("expected ")[2]):
        said = part.removeprefix("one of ").strip()
        if re.fullmatch(r"[A-Za-z][^'\"\[\]]* [^'\"\[\]]*", said) and said != "Prefix not found":
            said = said.replace("IRI parsing failed", "This is no IRI")
            return said[0].lower() + said[1:].rstrip(".") + "."
    return None
