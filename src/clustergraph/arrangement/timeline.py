"""A network over time: what happens at a time above an axis, who takes part below it."""

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from clustergraph.vocabulary import SCHEMA

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.descriptions import Value
    from clustergraph.former import Spots
    from clustergraph.vocabulary import Vocabulary

_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?!\d)")
_LONGEST = 366 / 365  # years: what goes on for longer does not happen at a time
_FEWEST = 3  # fewer than so many make no picture
# Pixels: an empty year, a year with something in it and each further thing in it, a year whose
# months are told; from lane to lane, from mark to mark in a lane, from the axis to the first lane.
_EMPTY, _YEAR, _MORE, _MONTHS = 8.0, 60.0, 18.0, 140.0
_LANE, _GAP, _FIRST = 62.0, 70.0, 60.0


class Tick(NamedTuple):
    """A mark on the axis, in pixels; `month` is 0 where a year begins."""

    x: int
    year: int
    month: int


def timeline(network: "nx.MultiDiGraph[str]") -> "tuple[Spots, list[Tick]]":
    """Return the places of what has a time or takes part in it, and the ticks of the axis.

    A time is the start of a relation whose kind happens at a time, or of an entity that has such
    relations. Years are as wide as what happened in them needs, and the ticks tell so.
    """
    times = _times(network)
    moments = {n: sum(found) / len(found) for n, found in _moments(network, times).items()}
    if len(moments) < _FEWEST:
        return {}, []
    axis = _Axis(list(moments.values()))
    at = {n: axis.place(time) for n, time in moments.items()}
    spots = {n: (x, -_FIRST - lane * _LANE) for n, (x, lane) in _lanes(at).items()}
    beside: dict[str, list[float]] = defaultdict(list)
    for source, target, _ in _happenings(network):
        for one, other in ((source, target), (target, source)):
            if other in moments and one not in moments:
                beside[one].append(at[other])
    middle = {n: sum(places) / len(places) for n, places in beside.items()}
    spots |= {n: (x, _FIRST + lane * _LANE) for n, (x, lane) in _lanes(middle).items()}
    return spots, axis.ticks()


def _happenings(network: "nx.MultiDiGraph[str]") -> list[tuple[str, str, float]]:
    """Return who was joined with whom at which time, in years."""
    vocabulary: Vocabulary = network.graph["vocabulary"]
    found = []
    for source, target, said in network.edges(data=True):
        term = vocabulary.term(said["predicate"])
        time = _year(said["start"] or "")
        if term and term.momentary and time is not None and source != target:
            found.append((source, target, time))
    return found


def _times(network: "nx.MultiDiGraph[str]") -> dict[str, list[float]]:
    """Return when things happened to each that something happened to."""
    times: dict[str, list[float]] = defaultdict(list)
    for source, target, time in _happenings(network):
        times[source].append(time)
        times[target].append(time)
    return times


def _moments(
    network: "nx.MultiDiGraph[str]", times: dict[str, list[float]]
) -> dict[str, list[float]]:
    """Return what happens at a time, rather than being there at several.

    It is what says so itself, and otherwise that end of a relation that fewer things happen to.
    """
    own = {n: _start(network.nodes[n]["facts"]) for n in times}
    short = {
        n
        for n, found in times.items()
        if max([*found, *own[n]]) - min([*found, *own[n]]) < _LONGEST
    }
    said = {n for n in short if own[n]}
    chosen: set[str] = set()
    for source, target, _ in _happenings(network):
        if source in said or target in said:
            continue
        ends = sorted((source, target), key=lambda n: (len(times[n]), n != source))
        chosen.add(ends[0])
    return {n: own[n] or times[n] for n in times if n in said or (n in chosen and n in short)}


def _start(facts: "dict[str, list[Value]]") -> list[float]:
    years = (_year(value.text) for value in facts.get(SCHEMA + "startDate", ()))
    return [year for year in years if year is not None]


def _year(date: str) -> float | None:
    """Return a date as years; what is known to the month or the year only lies in its middle."""
    found = _DATE.match(date)
    if not found:
        return None
    month = int(found[2]) - 1 if found[2] else 5.5
    day = int(found[3]) - 1 if found[3] else 15 if found[2] else 0
    return int(found[1]) + min(max(month, 0), 11.5) / 12 + min(day, 30) / 372


class _Axis:
    """The years, each as wide as what happened in it needs."""

    def __init__(self, times: list[float]) -> None:
        count = Counter(math.floor(time) for time in times)
        self._first = min(count)
        self._wide = [
            _YEAR + _MORE * (count[year] - 1) if count[year] else _EMPTY
            for year in range(self._first, max(count) + 1)
        ]
        self._left = [0.0]
        for wide in self._wide:
            self._left.append(self._left[-1] + wide)

    def place(self, time: float) -> float:
        at = math.floor(time) - self._first
        return self._left[at] + (time % 1) * self._wide[at]

    def ticks(self) -> list[Tick]:
        ticks = []
        for i, left in enumerate(self._left):
            year = self._first + i
            ticks.append(Tick(round(left), year, 0))
            wide = self._wide[i] if i < len(self._wide) else 0
            months = range(2, 13) if wide >= _MONTHS else ()
            ticks += [Tick(round(left + wide * (m - 1) / 12), year, m) for m in months]
        return ticks


def _lanes(places: dict[str, float]) -> dict[str, tuple[float, int]]:
    """Return each place with the first lane in which it has room."""
    ends: list[float] = []
    found: dict[str, tuple[float, int]] = {}
    for n, x in sorted(places.items(), key=lambda item: (item[1], item[0])):
        lane = next((i for i, end in enumerate(ends) if end + _GAP <= x), len(ends))
        if lane == len(ends):
            ends.append(x)
        ends[lane] = x
        found[n] = (x, lane)
    return found
