"""Requests that are made to harm: over a real socket, as no well-behaved client would send them."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

DATA = Path(__file__).parents[1] / "data"
SOURCE = Path(__file__).parents[1] / "src"
QUERY = b"Content-Type: application/sparql-query\r\n"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server as the command starts it."""
    command = [sys.executable, "-m", "clustergraph", "serve", str(DATA), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            found = re.search(rb"http://127\.0\.0\.1:(\d+)/", line)
            if found:
                yield int(found[1])
                break
        process.terminate()
        process.stderr.read()


def send(port: int, request: bytes, seconds: float = 20) -> bytes:
    """Send bytes as they are, and return all that comes back."""
    with closing(socket.create_connection(("127.0.0.1", port), seconds)) as line:
        line.sendall(request)
        pieces = []
        while piece := line.recv(65536):
            pieces.append(piece)
            if b"\r\n\r\n" in b"".join(pieces) and request.startswith(b"HEAD"):
                break
        return b"".join(pieces)


def get(port: int, target: str, *headers: str) -> bytes:
    lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *headers]
    return send(port, "\r\n".join([*lines, "", ""]).encode())


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


def alive(port: int) -> bool:
    return status(get(port, "/sparql?query=ASK%20%7B%7D")) == 200


@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd", "/-/../../pyproject.toml", "/-/%2e%2e/%2e%2e/pyproject.toml",
        "/-/..%2f..%2fpyproject.toml", "/-/....//site.css", "/-/site.css%00.js",
        "/id/../../etc/passwd", "/id/%2e%2e%2fetc%2fpasswd", "//etc/passwd", "/ask/../../x.ttl",
        "/graph.ttl/../../etc/passwd", "/-/\\..\\..\\x", "/%c0%ae%c0%ae/etc/passwd",
    ],
)  # fmt: skip
def test_no_path_leads_out(port: int, target: str) -> None:
    reply = get(port, target)
    assert status(reply) in (303, 400, 404)
    assert b"root:" not in reply
    assert b"[project]" not in reply


@pytest.mark.parametrize(
    "target",
    [
        "/id/x%0d%0aSet-Cookie:%20a=b", "/about?iri=https://hebei-biopharma.example/id/cspc%0d%0aX:%20y",
        "/sparql?query=ASK%20%7B%7D%0d%0aX:%20y", "/id/cspc%0d%0aX:%20y",
        "/about?iri=//evil.example/", "/about?iri=javascript:alert(1)",
        "//evil.example/sparql?query=ASK%7B%7D",
    ],
)  # fmt: skip
def test_no_address_becomes_a_header_or_leads_away(port: int, target: str) -> None:
    reply = get(port, target, "Accept: text/html")
    head = reply.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n")
    names = {line.partition(":")[0] for line in head[1:]}
    assert names & {"x", "set-cookie"} == set()
    places = [line.partition(":")[2].strip() for line in head if line.startswith("location:")]
    assert [place for place in places if not re.match(r"/(?!/)", place)] == []


@pytest.mark.parametrize(
    "target",
    [
        f"/query?query={quote(SCRIPT)}", f"/ask/{quote(SCRIPT)}", f"/{quote(SCRIPT)}",
        f"/ask/firms-in-zone?zone={quote(SCRIPT)}", f"/about?iri={quote(SCRIPT)}",
        f"/query?query={quote('SELECT (1 AS ?x) { } #' + SCRIPT)}",
        f"/ask/visits?{quote(SCRIPT)}=1", f"/query.{quote(SCRIPT)}?query=ASK%7B%7D",
    ],
)  # fmt: skip
def test_what_is_sent_is_text_on_the_page_that_answers(port: int, target: str) -> None:
    reply = get(port, target, "Accept: text/html")
    assert SCRIPT.encode() not in reply
    assert b"script-src 'self'" in reply or status(reply) == 303


@pytest.mark.parametrize(
    "headers",
    [
        ["Host: evil.example"], ["Host: 127.0.0.1.evil.example"], ["Host: 127.0.0.1@evil.example"],
        ["Host: "], ["Host: 127.0.0.1", "Host: evil.example"], ["Host: [::1].evil.example"],
        ["Host: localhost.evil.example:80"],
    ],
)  # fmt: skip
def test_a_foreign_or_a_second_host_is_refused(port: int, headers: list[str]) -> None:
    lines = ["GET /sparql?query=ASK%20%7B%7D HTTP/1.1", *headers, "Connection: close", "", ""]
    assert status(send(port, "\r\n".join(lines).encode())) in (400, 421)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1", "x"],
)
def test_a_foreign_origin_is_refused(port: int, origin: str) -> None:
    reply = get(port, "/sparql?query=ASK%20%7B%7D", f"Origin: {origin}")
    assert status(reply) == 403
    assert b"access-control-allow-origin" not in reply.lower()


def test_a_body_that_never_ends_is_cut_off(port: int) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    head += "Content-Type: application/sparql-query\r\nContent-Length: 9999999999\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), 20)) as line:
        line.sendall(head.encode())
        sent = 0
        try:
            while sent < 64 * 2**20:
                sent += line.send(b" " * 65536)
            reply = b""
        except OSError:
            reply = b"cut"
        else:
            reply = line.recv(65536)
    assert sent < 64 * 2**20 or b" 413 " in reply
    assert alive(port)


def test_a_chunked_body_without_end_is_cut_off(port: int) -> None:
    head = f"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n"
    head += "Content-Type: application/sparql-query\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), 20)) as line:
        line.sendall(head.encode())
        sent = 0
        try:
            while sent < 64 * 2**20:
                sent += line.send(b"10000\r\n" + b" " * 65536 + b"\r\n")
        except OSError:
            pass
    assert sent < 64 * 2**20
    assert alive(port)


@pytest.mark.parametrize(
    "start",
    [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"GET /" + b"a" * 100,
        b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\n" + QUERY + b"Content-Length: 99\r\n\r\nASK",
    ],
    ids=["headers", "target", "body"],
)
def test_whoever_sends_a_byte_now_and_then_is_left_alone(port: int, start: bytes) -> None:
    """Many connections that never finish their request neither stay nor keep others out."""
    lines = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(50)]
    try:
        for line in lines:
            line.sendall(start)
        assert alive(port)
        until = time.monotonic() + 30
        waiting = set(lines)
        while waiting and time.monotonic() < until:
            for line in list(waiting):
                try:
                    line.send(b"a")
                    line.settimeout(0)
                    if not line.recv(1024) or start.startswith(b"POST"):
                        waiting.discard(line)
                except BlockingIOError:
                    pass
                except OSError:
                    waiting.discard(line)
                finally:
                    line.settimeout(30)
            time.sleep(0.5)
        assert waiting == set()
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize(
    "request_line",
    [b"GET / HTTP/9.9", b"\x00\x01\x02", b"GET", b"GET http://evil.example/ HTTP/1.1",
     b"PRI * HTTP/2.0"],
)  # fmt: skip
def test_what_is_no_request_ends_the_connection_and_nothing_else(
    port: int, request_line: bytes
) -> None:
    reply = send(port, request_line + b"\r\nHost: evil.example\r\n\r\n")
    assert reply == b"" or status(reply) in (400, 421, 505)
    assert alive(port)
