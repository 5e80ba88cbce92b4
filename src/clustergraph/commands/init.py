"""`clustergraph init`: the bundled example, ready to edit."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import click

from clustergraph.errors import SourceError


@click.command("init", epilog="Example: clustergraph init mycluster")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Write the bundled example into FOLDER.

    It is ready to edit: two tables, a vocabulary and a README.
    """
    with as_file(files("clustergraph") / "example") as example:
        names = sorted(path.name for path in example.iterdir())
        taken = [name for name in names if (folder / name).exists()]
        if taken:
            raise SourceError(f"{folder / taken[0]} is there already; nothing was written.")
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(example / name, folder / name)
    click.echo(f"Wrote {', '.join(names)} to {folder}. Next: clustergraph build {folder}")
