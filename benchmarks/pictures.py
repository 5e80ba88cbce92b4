"""Pictures of the page for the docs, made again in a real browser: `make pictures`.

`python benchmarks/pictures.py [NAME ...]` writes `docs/pictures/NAME.png`, all of them unless told
otherwise. Each has a palette and no dithering, which makes it a quarter of its size; that needs
Pillow beside what the tests need.
"""

import sys
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import clusters
import numpy as np
from browser import browsing
from PIL import Image
from playwright.sync_api import Browser

import clustergraph as cg
from clustergraph import former, view

_ROOT = Path(__file__).parents[1]
_OUTPUT = _ROOT / "docs" / "pictures"
_APART = 8.0  # how far from each other the colours of a palette are at least, in RGB


@dataclass(frozen=True)
class Picture:
    """What is in a picture: how wide and high, at which address, and of how many entities.

    `near` names an entity to look at from nearby; `colours` is the size of the palette.
    """

    width: int = 1600
    height: int = 980
    address: str = ""
    near: str = ""
    count: int = 0  # none: the bundled data
    colours: int = 128


PICTURES = {
    "page": Picture(address="theme=light"),
    "page-dark": Picture(address="theme=dark"),
    "page-focus": Picture(address="theme=light&entity=cspc", near="cspc"),
    "page-360": Picture(width=360, height=780, address="theme=light&language=en"),
    "page-360-dark": Picture(width=360, height=780, address="theme=dark&language=zh"),
    "page-150": Picture(address="theme=light&language=zh", count=150, colours=64),
    "page-2000": Picture(address="theme=light&language=en", count=2000, colours=48),
    "page-2000-dark": Picture(address="theme=dark", count=2000, colours=48),
    "page-50000": Picture(address="theme=light", count=50_000, colours=32),
    "page-50000-360": Picture(
        width=360, height=780, address="theme=dark&language=zh", count=50_000, colours=32
    ),
}


def page_of(count: int, folder: Path) -> Path:
    """Return a file with the page of so many made-up entities, or of the bundled data."""
    source = _ROOT / "data"
    if count:
        source = folder / f"cluster-{count}"
        clusters.write(source, count)
    path = folder / f"page-{count}.html"
    if not path.exists():
        view.write(cg.build(cg.read(source)), path)
    return path


def take(browser: Browser, picture: Picture, page_file: Path) -> bytes:
    """Return the picture as a PNG with a palette."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        offline=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    address = picture.address
    if picture.near:
        places = former.spots(page_file).items()
        x, y = next(spot for iri, spot in places if iri.endswith(f"/{picture.near}"))
        address += f"&at={x:.0f},{y:.0f},1.5"
    page.goto(f"{page_file.as_uri()}#{address}")
    page.wait_for_selector("[data-ready]", timeout=120_000)
    page.wait_for_timeout(2500 if picture.count else 1200)
    shot = page.screenshot(timeout=120_000)
    context.close()
    return packed(Image.open(BytesIO(shot)).convert("RGB"), picture.colours)


def packed(image: Image.Image, colours: int) -> bytes:
    """Return an image as a PNG with a palette: what is common keeps its colour exactly."""
    pixels = np.asarray(image, dtype=np.int32)
    codes, place, counts = np.unique(
        pixels @ np.array([65536, 256, 1]), return_inverse=True, return_counts=True
    )
    shades = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1).astype(float)
    nearest, away = np.zeros(len(codes), dtype=np.uint8), np.full(len(codes), np.inf)
    palette: list[int] = []
    for number in range(colours):
        # The most common colour that none of the palette resembles; then the one farthest from all.
        unlike = np.where(away > _APART, counts, 0)
        chosen = int(unlike.argmax() if unlike.any() else away.argmax())
        palette += [int(value) for value in shades[chosen]]
        apart = np.linalg.norm(shades - shades[chosen], axis=1)
        nearest[apart < away] = number
        away = np.minimum(away, apart)
    small = Image.fromarray(nearest[place].reshape(pixels.shape[:2]), "P")
    small.putpalette(palette)
    file = BytesIO()
    small.save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    """Make the pictures that the command line names."""
    _OUTPUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        for name in sys.argv[1:] or PICTURES:
            picture = PICTURES[name]
            content = take(browser, picture, page_of(picture.count, Path(folder)))
            (_OUTPUT / f"{name}.png").write_bytes(content)
            print(f"docs/pictures/{name}.png: {len(content) / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
