"""The HTTP exchanges that the W3C's manifests describe, as values that tests replay."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Store

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@dataclass(frozen=True)
class Exchange:
    """One request of a test, and what the suite expects."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: frozenset[str]
    boolean: bool | None = None
    format: str | None = None
    replied: bytes = b""
    replied_headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One test: its requests in order."""

    name: str
    exchanges: tuple[Exchange, ...] = field(default=())


class Manifest:
    """A suite's manifest: its file, and the address that it has at the W3C."""

    def __init__(self, path: Path, home: str) -> None:
        self.home = home
        self.store = Store()
        self.store.load(path=str(path), base_iri=home)

    def values(self, subject: Any, iri: str) -> list[Any]:  # noqa: ANN401 - a term of any kind
        """Return the values of a property, lists taken apart."""
        found = [q.object for q in self.store.quads_for_pattern(subject, NamedNode(iri), None)]
        if len(found) == 1 and isinstance(found[0], BlankNode):
            members, rest = [], found[0]
            while first := self.values_plain(rest, RDF + "first"):
                members += first
                [rest] = self.values_plain(rest, RDF + "rest")
            return members or found
        return found

    def values_plain(self, subject: Any, iri: str) -> list[Any]:  # noqa: ANN401 - the same
        """Return the values of a property."""
        return [q.object for q in self.store.quads_for_pattern(subject, NamedNode(iri), None)]

    def text(self, subject: Any, iri: str) -> str | None:  # noqa: ANN401 - the same
        """Return the one value of a property as text."""
        found = self.values_plain(subject, iri)
        return str(found[0].value) if found else None

    def cases(self) -> Iterator[Case]:
        """Return the tests in order."""
        for entry in self.values(NamedNode(self.home), MF + "entries"):
            [action] = self.values_plain(entry, MF + "action")
            requests = self.values(action, HT + "requests")
            exchanges = tuple(self.exchange(request) for request in requests)
            yield Case(entry.value.rpartition("#")[2], exchanges)

    def exchange(self, request: BlankNode) -> Exchange:
        """Return one request with what is expected of it."""
        [response] = self.values_plain(request, HT + "resp")
        statuses = self.values_plain(response, MF + "expectedStatus")
        boolean = self.text(response, MF + "expectedBoolean")
        return Exchange(
            method=str(self.text(request, HT + "methodName")),
            path=str(self.text(request, HT + "absolutePath")),
            headers=self.headers(request),
            body=self.body(request),
            statuses=frozenset(s.value.rpartition("StatusCode")[2] for s in statuses),
            boolean=None if boolean is None else boolean == "true",
            format=self.text(response, MF + "expectedFormat"),
            replied=self.body(response),
            replied_headers=self.headers(response),
        )

    def body(self, message: BlankNode) -> bytes:
        """Return the body of a request or a response."""
        for content in self.values_plain(message, HT + "body"):
            encoding = self.text(content, CNT + "characterEncoding") or "UTF-8"
            return (self.text(content, CNT + "chars") or "").encode(encoding)
        return b""

    def headers(self, message: BlankNode) -> dict[str, str]:
        """Return the headers of a request or a response."""
        return {
            str(self.text(h, HT + "fieldName")): str(self.text(h, HT + "fieldValue"))
            for h in self.values(message, HT + "headers")
        }
