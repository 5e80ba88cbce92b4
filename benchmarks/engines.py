"""The engines that are compared: where each is installed, and how each is told what to do."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Job:
    """One run: an engine's Python, the tables to read and a folder of its own to write to."""

    python: Path
    tables: Path
    folder: Path


@dataclass(frozen=True)
class Engine:
    """An engine: its name in the table, its package, what to run, and the file that comes of it."""

    name: str
    package: str
    command: Callable[[Job], list[str | Path]]
    result: str
    own: bool = False  # whether it is clustergraph itself, which stands in this environment

    def python(self, cache: Path) -> Path:
        """Return the engine's Python, in an environment that is made when it is first wanted.

        Raises CalledProcessError where it cannot be installed.
        """
        if self.own:
            return Path(sys.executable)
        home = cache / "environments" / self.package
        python = home / "bin" / "python"
        if not (home / "ready").exists():
            shutil.rmtree(home, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
            install = (python, "-m", "pip", "install", "--quiet", self.package)
            subprocess.run(install, check=True)
            if self.package == "rdfizer":
                _without_odbc(python)
            (home / "ready").touch()
        return python

    def version(self, python: Path) -> str:
        """Return the version of the package that is run."""
        name = self.package.partition("[")[0]
        code = f"import importlib.metadata as m; print(m.version({name!r}))"
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        return found.stdout.strip() or "of this working copy"


def _without_odbc(python: Path) -> None:
    """Put an empty module where SDM-RDFizer wants the driver of a database that is not read."""
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "pyodbc"], check=True)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    home = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    (Path(home.stdout.strip()) / "pyodbc.py").touch()


def _build(job: Job) -> list[str | Path]:
    return [job.python, "-m", "clustergraph", "build", job.tables, "-o", job.folder,
            "--no-page", "--quiet"]  # fmt: skip


def _export(job: Job) -> list[str | Path]:
    return [job.python, "-m", "clustergraph", "export", job.tables, "-o", job.folder / "graph.nt",
            "--quiet"]  # fmt: skip


def _rml(job: Job) -> Path:
    """Write the RML mapping for these tables, and return where it is."""
    text = (_HERE / "peers" / "mapping.rml.ttl").read_text(encoding="utf-8")
    for word, name in (("ENTITIES", "entities.csv"), ("RELATIONS", "relations.csv")):
        text = text.replace(word, str(job.tables / name))
    path = job.folder / "mapping.ttl"
    path.write_text(text, encoding="utf-8")
    return path


def _morph(job: Job) -> list[str | Path]:
    config = job.folder / "config.ini"
    config.write_text(
        f"[CONFIGURATION]\noutput_file: {job.folder / 'graph.nt'}\noutput_format: N-TRIPLES\n"
        f"number_of_processes: 2\nlogging_level: ERROR\n[bench]\nmappings: {_rml(job)}\n",
        encoding="utf-8",
    )
    return [job.python, "-m", "morph_kgc", config]


def _rdfizer(job: Job) -> list[str | Path]:
    config = job.folder / "config.ini"
    config.write_text(
        f"[default]\nmain_directory: {job.folder}\n[datasets]\nnumber_of_datasets: 1\n"
        f"output_folder: {job.folder}\nall_in_one_file: yes\nremove_duplicate: yes\n"
        "enrichment: yes\nname: graph\nordered: yes\nlarge_file: false\n"
        f"output_format: n-triples\n[dataset1]\nname: graph\nmapping: {_rml(job)}\n",
        encoding="utf-8",
    )
    return [job.python, "-m", "rdfizer", "-c", config]


def _script(name: str, result: str) -> Callable[[Job], list[str | Path]]:
    script = _HERE / "peers" / name
    return lambda job: [job.python, script, job.tables, job.folder / result]


TURTLE = Engine("clustergraph: Turtle", "clustergraph", _build, "graph.ttl", own=True)
NTRIPLES = Engine("clustergraph: N-Triples", "clustergraph", _export, "graph.nt", own=True)
PEERS = (
    Engine("Morph-KGC", "morph-kgc", _morph, "graph.nt"),
    Engine("maplib", "maplib", _script("use_maplib.py", "graph.nt"), "graph.nt"),
    Engine("SDM-RDFizer", "rdfizer", _rdfizer, "graph.nt"),
    Engine("rdflib: Turtle", "rdflib", _script("use_rdflib.py", "graph.ttl"), "graph.ttl"),
    Engine("rdflib: N-Triples", "rdflib", _script("use_rdflib.py", "graph.nt"), "graph.nt"),
)
