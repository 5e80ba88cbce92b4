"""Charts of an answer, which show without a script: bars in a table, lines in SVG."""

from collections.abc import Sequence
from html import escape

from clustergraph.rows import Rows

_WIDTH, _MOST = 860, 60
_HEIGHT, _LEFT, _BOTTOM = 320, 60, 30


def draw(rows: Rows, form: str, columns: Sequence[str], shown: Sequence[Sequence[str]]) -> str:
    """Return a bar or line chart of two columns, or nothing where there are no numbers.

    `shown` are the cells as people read them, row by row; a third column tells lines apart.
    """
    if any(column not in rows.columns for column in columns[:2]):
        return ""
    x, y, *rest = (rows.columns.index(column) for column in columns if column in rows.columns)
    points = []
    for place, row in enumerate(rows):
        number = _number(row[rows.columns[y]])
        if number is not None:
            series = shown[place][rest[0]] if rest else ""
            points.append((shown[place][x], number, series))
    if not points:
        return ""
    return _bars(points) if form == "bar" else _lines(points)


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


def _bars(points: list[tuple[str, float, str]]) -> str:
    """Return a table in which each number has a bar, so that it fits any width."""
    points = points[:_MOST]
    most = max((abs(n) for _, n, _ in points), default=0) or 1
    rows = []
    for name, number, series in points:
        label = escape(f"{name} · {series}" if series else name)
        bar = f'<rect class="bar" width="{100 * max(number, 0) / most:.1f}" height="1"/>'
        rows.append(
            f'<tr><th scope="row"><bdi>{label}</bdi></th>'
            f'<td class="drawn"><svg viewBox="0 0 100 1" preserveAspectRatio="none"'
            f' aria-hidden="true">{bar}</svg></td><td class="number">{number:,g}</td></tr>'
        )
    return f'<table class="bars">{"".join(rows)}</table>'


def _lines(points: list[tuple[str, float, str]]) -> str:
    names = sorted({name for name, _, _ in points})
    most = max(*(n for _, n, _ in points), 0) or 1
    least = min(*(n for _, n, _ in points), 0)
    step = (_WIDTH - _LEFT - 160) / max(len(names) - 1, 1)
    at = {name: _LEFT + place * step for place, name in enumerate(names)}

    def height(number: float) -> float:
        return 10 + (_HEIGHT - _BOTTOM - 10) * (most - number) / (most - least)

    pieces = [
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - 160}" y1="{height(v):.1f}"'
        f' y2="{height(v):.1f}"/>' + _text(_LEFT - 8, height(v) + 4, f"{v:,g}", "end")
        for v in dict.fromkeys((least, (least + most) / 2, most))
    ]
    every = max(len(names) // 12, 1)
    pieces += [_text(at[n], _HEIGHT - 8, n, "middle") for n in names[::every]]
    for series in dict.fromkeys(series for _, _, series in points):
        own = sorted((at[name], height(number)) for name, number, of in points if of == series)
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in own)
        pieces.append(f'<polyline class="line" points="{path}"/>')
        pieces += [f'<circle class="bar" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in own]
        pieces.append(_text(own[-1][0] + 8, own[-1][1] + 4, series[:20]))
    return _svg(pieces)


def _svg(pieces: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Line chart">'
        f"{''.join(pieces)}</svg>"
    )
