"""`clustergraph serve`: the network, the questions and SPARQL in the browser."""

import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clustergraph.commands.options import Reading, graph_argument, reading, say
from clustergraph.errors import SourceError

if TYPE_CHECKING:
    from clustergraph.web.live import Live
    from clustergraph.web.site import Settings

_SHORTEST = 16  # characters of a token
_MISSING = (
    "The server needs packages that are not installed ({}). "
    "Install them with: pip install 'clustergraph[serve]'"
)


@click.command("serve", epilog="Example: clustergraph serve mycluster --watch --open")
@graph_argument
@click.option("--port", default=8765, show_default=True, help="Where to listen. 0: any free port.")
@click.option("--open", "show", is_flag=True, help="Open the browser.")
@click.option("--watch", is_flag=True, help="Build again whenever the tables change.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10,
    show_default=True,
    help="Seconds a query may take.",
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    help="A web site whose pages may ask: https://example.org, or * for all of them.",
)
@click.option("--public", is_flag=True, help="Let other computers ask, if they know the token.")
@click.option("--token", metavar="TEXT", help="The token of --public. [default: a new one]")
@reading
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    source: Path | str,
    port: int,
    show: bool,  # noqa: FBT001 - click hands it over
    watch: bool,  # noqa: FBT001 - click hands it over
    timeout: float,
    cors: tuple[str, ...],
    public: bool,  # noqa: FBT001 - click hands it over
    token: str | None,
    **options: Any,  # noqa: ANN401 - click hands them over
) -> None:
    """Serve SOURCE to the browser: its network, its questions, SPARQL, a page for each entity.

    It is only read, and only this computer can reach it. Ctrl-C ends it.
    """
    try:
        import uvicorn  # noqa: PLC0415 - an extra

        from clustergraph.web.app import app  # noqa: PLC0415 - an extra
        from clustergraph.web.patience import Patient  # noqa: PLC0415 - an extra
        from clustergraph.web.site import Settings  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "clustergraph":
            raise
        raise SourceError(_MISSING.format(error.name)) from error
    settings = Settings(timeout=timeout, origins=_origins(cors), watched=watch)
    if public:
        settings = _public(settings, token)
    elif token is not None:
        raise click.UsageError("A token is for --public: without that, nobody else can ask.")
    given = Reading(**options)
    graph = given.graph(source)
    places = _watched(source, given) if watch else []

    async def watching(live: "Live") -> None:
        await live.watch(places, lambda: given.graph(source))

    listener = _listener("0.0.0.0" if public else "127.0.0.1", port)  # noqa: S104 - asked for
    made = app(graph, settings, watch=watching if watch else None)
    config = uvicorn.Config(
        made,
        http=Patient,
        ws="none",
        access_log=False,  # it would hold tokens and what people ask
        log_level="warning",
        server_header=False,
        limit_concurrency=500,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=1,
    )
    _announce(listener.getsockname()[1], settings, show=show)
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def _watched(source: Path | str, given: Reading) -> list[Path]:
    """Return the files and folders whose changes make another graph."""
    from clustergraph import store  # noqa: PLC0415 - heavy

    if isinstance(source, str):
        raise click.UsageError("--watch is for files: what an endpoint holds changes unseen.")
    return [store.tables(source) or source, *given.vocabulary]


def _origins(given: tuple[str, ...]) -> tuple[str, ...]:
    for origin in given:
        scheme, mark, host = origin.partition("://")
        if origin != "*" and (scheme not in ("http", "https") or not mark or not host.strip("/")):
            raise click.UsageError(f"--cors {origin}: give an origin, such as https://example.org")
    return tuple(origin.rstrip("/").lower() for origin in given)


def _public(settings: "Settings", token: str | None) -> "Settings":
    from dataclasses import replace  # noqa: PLC0415 - for this one line

    if token is not None and (len(token) < _SHORTEST or not token.isascii()):
        raise click.UsageError(f"A token has at least {_SHORTEST} characters, all of them ASCII.")
    return replace(settings, hosts=(), token=token or secrets.token_urlsafe(24))


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SourceError(
            f"Port {port} cannot be had: {error.strerror}. Choose another with --port."
        ) from None
    return listener


def _announce(port: int, settings: "Settings", *, show: bool) -> None:
    import webbrowser  # noqa: PLC0415 - only where it is wanted

    address = f"http://127.0.0.1:{port}/"
    if settings.token:
        warning = click.style("Warning:", fg="yellow")
        say(
            f"{warning} every computer that can reach this one and knows the token can read this"
            " graph, and what is sent is not encrypted. On any but your own network, put a server"
            " with TLS before it."
        )
        address += f"?token={settings.token}"
    say(f"Serving at {address} (Ctrl-C ends it)")
    if show:
        webbrowser.open(address)
