"""SPARQL servers that tests start on this machine, in a folder of their own, and end."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
Striping = 0
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
Striping = 0
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
ServerRoot = .
[SPARQL]
ResultSetMaxRows = 1000
"""
GRANTS = 'GRANT SPARQL_UPDATE TO "SPARQL";'
"""SQL that lets everybody change a Virtuoso over /sparql, as a test may."""
VIRTUOSO = shutil.which("virtuoso-t"), shutil.which("isql-vt")
NO_VIRTUOSO = "Virtuoso is not installed (apt-get install virtuoso-opensource)"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """Run the Oxigraph server; give its address without a path."""
    port = free_port()
    program = Path(sys.executable).with_name("oxigraph")
    command: list[str | Path] = [
        program,
        "serve",
        "--location",
        folder,
        "--bind",
        f"127.0.0.1:{port}",
    ]
    with _running(command, folder, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """Run Virtuoso, which takes updates from everybody at /sparql, and from dba (password dba)."""
    program, sql = VIRTUOSO
    assert program is not None
    assert sql is not None
    http, other = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(http=http, sql=other), encoding="utf-8")
    command = [program, "-f", "-c", "virtuoso.ini"]
    with _running(command, folder, http):
        words = [sql, str(other), "dba", "dba", f"exec={GRANTS}"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield f"http://127.0.0.1:{http}"


@contextmanager
def _running(command: Sequence[str | Path], folder: Path, port: int) -> Iterator[None]:
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        try:
            for _ in range(600):
                if process.poll() is not None or _answers(port):
                    break
                time.sleep(0.1)
            if process.poll() is not None:
                raise AssertionError(Path(log.name).read_text(encoding="utf-8", errors="replace"))
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True
