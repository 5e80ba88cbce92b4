"""What is asked of the graph: the SPARQL endpoint, the editor's page, the named queries."""

import asyncio
from dataclasses import replace

from pyoxigraph import RdfFormat, parse

from clustergraph import formats, rdffile
from clustergraph import view as drawn
from clustergraph.errors import QueryError
from clustergraph.querying.evaluation import Answer, Prepared
from clustergraph.querying.parameters import ParameterError
from clustergraph.querying.questions import Question, UnknownQuestionError
from clustergraph.rows import Rows
from clustergraph.web import accept, description, pages, protocol, reply
from clustergraph.web.pages import Found
from clustergraph.web.protocol import Operation
from clustergraph.web.reply import Refused, Reply
from clustergraph.web.site import Site
from clustergraph.web.visit import Visit

_ON_A_PAGE = 8 * 2**20  # bytes of an answer that becomes a page
_SPREADSHEET = "spreadsheet.csv"


async def sparql(visit: Visit) -> Reply:
    """Answer the SPARQL 1.1 Protocol; without a query, describe the service."""
    if visit.request.method == "POST":
        content_type = visit.request.headers.get("content-type", "")
        body = await visit.body()
        operation = protocol.from_post(visit.query_string, content_type, body)
    else:
        found = protocol.from_get(visit.query_string)
        if accept.wants_html(visit.accept):
            told = f"?{visit.query_string}" if found else ""
            return reply.see_other(f"/query{told}")
        if found is None:
            offer = accept.best(visit.accept, accept.offers("graph"))
            if offer is None:
                raise Refused(406, "The description of this service is RDF.")
            return await asyncio.to_thread(description.service, visit.site, visit.origin, offer)
        operation = found
    prepared, offer = protocol.negotiated(_prepared(visit.site, operation), visit.accept)
    return protocol.reply(await visit.answer(prepared), offer)


def _prepared(site: Site, operation: Operation) -> Prepared:
    return replace(site.empty_query, sparql=operation.sparql, dataset=operation.dataset)


async def query(visit: Visit) -> Reply:
    """Return the editor's page with what its query found, or the answer in the suffix's format."""
    suffix = visit.request.path_params.get("suffix")
    if visit.request.method == "POST":
        content_type = visit.request.headers.get("content-type", "")
        operation = protocol.from_post(visit.query_string, content_type, await visit.body())
    else:
        asked = protocol.from_get(visit.query_string)
        if asked is None or not asked.sparql.strip():
            return await asyncio.to_thread(pages.query, visit.site, "", Found())
        operation = asked
    prepared = _prepared(visit.site, operation)
    if suffix is not None:
        return await _document(visit, prepared, suffix)
    try:
        answer = await visit.answer(_for_page(prepared))
    except Refused as refused:
        found = Found(error=refused.sentence, place=refused.place, asked=True)
        page = await asyncio.to_thread(pages.query, visit.site, operation.sparql, found)
        return replace(page, status=refused.status, headers={**page.headers, **refused.headers})

    def made() -> Reply:
        found = _found(visit.site, answer)
        links = pages.query_links(operation.sparql, answer.kind)
        return pages.query(visit.site, operation.sparql, replace(found, links=links))

    return await asyncio.to_thread(made)


def _for_page(prepared: Prepared) -> Prepared:
    size = min(prepared.size, _ON_A_PAGE)
    return replace(prepared, rows_format="json", graph_format="ntriples", size=size)


def _found(site: Site, answer: Answer) -> Found:
    """Return what a page shows of an answer."""
    if answer.kind == "graph":
        known = formats.named("turtle")
        quads = parse(answer.body, RdfFormat.N_TRIPLES)
        text = b"".join(rdffile.to_bytes(quads, known, site.graph.prefixes)) if known else b""
        return Found(turtle=text.decode(), asked=True)
    if answer.kind == "boolean":
        return Found(boolean=b"true" in answer.body, remarks=answer.remarks, asked=True)
    rows = Rows(answer.body, prefixes=site.graph.prefixes)
    return Found(rows=rows, remarks=answer.remarks, asked=True)


async def _document(visit: Visit, prepared: Prepared, suffix: str) -> Reply:
    """Return an answer in the format that an address ends in."""
    if suffix == _SPREADSHEET:
        answer = await visit.answer(_for_page(prepared))
        if answer.kind != "rows":
            raise Refused(404, "This answer has no rows for a spreadsheet.")
        body = await asyncio.to_thread(Rows(answer.body).to_bytes, "csv", spreadsheet=True)
        return reply.data(body, "text/csv", vary="Origin")
    known = formats.of_path(f"_.{suffix}")
    if known is None or known.holds == "network" or known.name == "table":
        raise Refused(404, f"There is no format with the ending .{suffix[:20]}.")
    prepared, offer = protocol.negotiated(
        protocol.in_format(prepared, known.name), known.media_type
    )
    return protocol.reply(await visit.answer(prepared), offer)


async def questions(visit: Visit) -> Reply:
    """Return the list of named queries."""
    return await asyncio.to_thread(pages.questions, visit.site)


async def ask(visit: Visit) -> Reply:
    """Return the form of a named query with its answer, or the answer in the suffix's format."""
    suffix = visit.request.path_params.get("suffix")
    try:
        question = visit.site.graph.questions[visit.request.path_params["name"]]
    except UnknownQuestionError as error:
        raise Refused(404, str(error)) from None
    given = dict(visit.given)
    if suffix is not None:
        try:
            prepared = await asyncio.to_thread(_question, visit.site, question, given)
        except QueryError as error:
            raise protocol.refused(error) from error
        if suffix == "network":
            return await _network(visit, question, prepared)
        return await _document(visit, prepared, suffix)
    form = await asyncio.to_thread(pages.fields, visit.site, question, given)
    try:
        try:
            prepared = await asyncio.to_thread(_question, visit.site, question, given)
        except ParameterError as error:
            # A form that was only opened is not yet wrong.
            sentence = str(error) if given else ""
            found = Found(error=sentence, asked=bool(given))
            page = await asyncio.to_thread(pages.question, visit.site, question, form, found)
            return replace(page, status=400 if given else 200)
        except QueryError as error:
            raise protocol.refused(error) from error
        answer = await visit.answer(_for_page(prepared))
    except Refused as refused:
        found = Found(error=refused.sentence, asked=True)
        page = await asyncio.to_thread(pages.question, visit.site, question, form, found)
        return replace(page, status=refused.status, headers={**page.headers, **refused.headers})

    def made() -> Reply:
        found = _found(visit.site, answer)
        path = f"/ask/{question.name}"
        links = pages.links(path, visit.given, answer.kind)
        drawn_at = ""
        if question.show.kind == "network" and found.rows is not None:
            drawn_at = links[0][0].replace(f".{_SPREADSHEET}", ".network", 1)
        chart = pages.chart(visit.site, question, found.rows) if found.rows is not None else None
        # A question names relations that one dataset has and another has not: no remarks on them.
        found = replace(found, links=links, chart=chart, remarks=(), tight=True)
        found = replace(found, network=drawn_at, heads=question.heads())
        return pages.question(visit.site, question, form, found)

    return await asyncio.to_thread(made)


def _question(site: Site, question: Question, given: dict[str, str]) -> Prepared:
    terms = question.terms(site.graph, given)
    return site.graph.prepare(question.sparql, terms)


async def _network(visit: Visit, question: Question, prepared: Prepared) -> Reply:
    """Return the network page of what a named query found."""
    if question.show.kind != "network":
        raise Refused(404, f"The answer to {question.name} is no network.")
    answer = await visit.answer(_for_page(prepared))

    def made() -> Reply:
        rows = Rows(answer.body)
        ends = {str(row[c]) for row in rows for c in question.show.columns[::2] if row.get(c)}
        whole = visit.site.network
        part = whole.subgraph(ends & set(whole)).copy()
        return visit.site.network_reply(drawn.page(part, title=question.title("en")))

    return await asyncio.to_thread(made)
