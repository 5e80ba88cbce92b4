"""What is read as it stands: the network, entities, whole graphs, descriptions, problems."""

import asyncio
import json
from functools import cache
from importlib.resources import files

from clustergraph import formats, rdffile
from clustergraph.web import accept, description, pages, reply, resource
from clustergraph.web.accept import HTML, Offer
from clustergraph.web.addresses import SUFFIXES
from clustergraph.web.reply import Refused, Reply
from clustergraph.web.site import Site
from clustergraph.web.visit import Visit

_ASSETS = {
    "site.css": ("web/static", "text/css; charset=utf-8"),
    "editor.js": ("page", "text/javascript; charset=utf-8"),
    "bar.js": ("page", "text/javascript; charset=utf-8"),
    "live.js": ("page", "text/javascript; charset=utf-8"),
    "editor-licences.txt": ("page", "text/plain; charset=utf-8"),
}
_DOCUMENTS = tuple(
    Offer(known.media_type, suffix)
    for suffix in SUFFIXES
    for known in formats.FORMATS
    if known.extension == suffix
)
_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g fill="#1f54b5">'
    b'<circle cx="4" cy="4" r="3"/><circle cx="12" cy="6" r="2"/><circle cx="7" cy="13" r="2.5"/>'
    b'<path d="M4 4 12 6M4 4l3 9M12 6l-5 7" stroke="#1f54b5"/></g></svg>'
)
_PAGE = Offer(HTML, "html")


async def network(visit: Visit) -> Reply:
    """Return the network page."""
    return await asyncio.to_thread(lambda: visit.site.network_page)


async def entities(visit: Visit) -> Reply:
    """Return the list of classes and entities."""
    return await asyncio.to_thread(pages.entities, visit.site)


async def entity(visit: Visit) -> Reply:
    """Return where the document about an IRI in the dataset's base is, or that document."""
    found = await asyncio.to_thread(visit.site.addresses.iri, visit.raw_path)
    if found is None:
        raise Refused(404, "Nothing in this graph has this address.")
    iri, suffix = found
    return await _about(visit, iri, suffix)


async def about(visit: Visit) -> Reply:
    """Return the document about any IRI, or where it is."""
    iri = visit.parameter("iri")
    suffix = visit.request.path_params.get("suffix", "")
    if iri is None or not visit.site.addresses.knows(iri):
        raise Refused(404, "Nothing in this graph has this address.")
    if suffix and suffix not in SUFFIXES:
        raise Refused(404, f"There is no document with the ending .{suffix[:20]}.")
    return await _about(visit, iri, suffix)


async def _about(visit: Visit, iri: str, suffix: str) -> Reply:
    """Send the client from the thing to the document it likes best (303), or return that."""
    if not suffix:
        offer = accept.best(visit.accept, (_PAGE, *_DOCUMENTS))
        if offer is None:
            types = ", ".join(o.media_type for o in (_PAGE, *_DOCUMENTS))
            raise Refused(406, f"There are documents in {types}.")
        found = reply.see_other(visit.site.addresses.path(iri, offer.format))
        return Reply(found.body, found.media_type, 303, {**found.headers, "Vary": "Accept"})
    return await asyncio.to_thread(_document, visit.site, iri, suffix)


def _document(site: Site, iri: str, suffix: str) -> Reply:
    it = resource.read(site.store, site.vocabulary, iri)
    if suffix == "html":
        return pages.resource(site, it)
    known = formats.named(SUFFIXES[suffix])
    if known is None:
        raise AssertionError("every suffix names a format")
    quads = resource.described(site.store, it)
    body = b"".join(rdffile.to_bytes(quads, known, site.graph.prefixes))
    return reply.data(body, known.media_type, vary="Origin")


async def graph(visit: Visit) -> Reply:
    """Return a whole graph (Graph Store Protocol, GET); the address may end in a format."""
    name, default = visit.parameter("graph"), visit.parameter("default")
    if name is not None and default is not None:
        raise Refused(400, "Ask for one graph: with 'default', or with 'graph' and its IRI.")
    suffix = visit.request.path_params.get("suffix")
    if suffix is None:
        offer = accept.best(visit.accept, accept.offers("graph"))
        known = formats.named(offer.format) if offer else None
    else:
        known = formats.of_path(f"_.{suffix}")
        if known is None or known.holds != "graph":
            raise Refused(404, f"There is no RDF format with the ending .{suffix[:20]}.")
    if known is None:
        raise Refused(406, "A graph is RDF: Turtle, N-Triples, JSON-LD, RDF/XML ...")
    if not visit.site.copies.has(name):
        raise Refused(404, "There is no graph of this name.")
    path = await asyncio.to_thread(visit.site.copies.path, name, known)
    return reply.data(path, known.media_type)


async def void(visit: Visit) -> Reply:
    """Return the VoID description of the dataset."""
    offer = accept.best(visit.accept, accept.offers("graph"))
    if offer is None and accept.wants_html(visit.accept):
        offer = accept.offers("graph")[0]
    if offer is None:
        raise Refused(406, "The description of this dataset is RDF.")
    return await asyncio.to_thread(description.void, visit.site, visit.origin, offer)


async def words(visit: Visit) -> Reply:
    """Return what the editor completes."""
    body = await asyncio.to_thread(lambda: visit.site.words)
    return Reply(body, "application/json", 200, {"Cache-Control": "no-cache"})


async def problems(visit: Visit) -> Reply:
    """Return what is wrong with the tables, as a page or as JSON."""
    live = visit.live
    if visit.request.path_params.get("suffix") == "json":
        said = {"failure": live.failure, "problems": live.problems.to_dicts()}
        body = json.dumps(said, ensure_ascii=False).encode()
        return Reply(body, "application/json", 200, {"Cache-Control": "no-cache"})
    return await asyncio.to_thread(pages.problems, visit.site, live.problems, live.failure)


async def icon(visit: Visit) -> Reply:
    """Return the picture that browsers ask for unasked."""
    del visit
    return Reply(_ICON, "image/svg+xml", 200, {"Cache-Control": "max-age=86400"})


async def asset(visit: Visit) -> Reply:
    """Return a script or a style of our own."""
    name = visit.request.path_params["name"]
    if name not in _ASSETS:
        raise Refused(404, "There is no such file.")
    folder, media_type = _ASSETS[name]
    return Reply(_read(folder, name), media_type, 200, {"Cache-Control": "no-cache"})


@cache
def _read(folder: str, name: str) -> bytes:
    try:
        return (files("clustergraph") / folder / name).read_bytes()
    except FileNotFoundError:
        raise Refused(404, f"{name} is made when the package is built.") from None
