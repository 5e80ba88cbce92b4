"""The layout: linked nodes near each other, none on another, the same every time."""

import subprocess
import sys
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clustergraph import layout

TOUCH = 0.01  # pixels that two discs may share, for rounding to float32


def edges_of(*pairs: tuple[int, int]) -> NDArray[np.int32]:
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)


def distances(place: NDArray[np.float32]) -> NDArray[np.float64]:
    spot = place[:, 0].astype(np.float64) + 1j * place[:, 1].astype(np.float64)
    apart: NDArray[np.float64] = np.abs(spot[:, None] - spot[None, :])
    return apart


def deepest_overlap(place: NDArray[np.float32], sizes: NDArray[np.float32]) -> float:
    lack = sizes[:, None] + sizes[None, :] - distances(place)
    np.fill_diagonal(lack, -np.inf)
    return float(lack.max(initial=-np.inf))


def diagonal(place: NDArray[np.float32]) -> float:
    return float(np.hypot(*np.ptp(place, axis=0)))


def clustered(count: int, seed: int = 1) -> NDArray[np.int32]:
    """Zones with members, most further links within the zone: what a cluster looks like."""
    choose = np.random.default_rng(seed)
    zones = max(2, count // 30)
    zone = choose.integers(0, zones, count)
    members = np.stack([np.arange(zones, count), zone[zones:]], axis=1)
    links = choose.integers(zones, count, (count, 2))
    near = links[(zone[links[:, 0]] == zone[links[:, 1]]) | (choose.random(count) < 0.1)]
    ring = np.stack([np.arange(zones), (np.arange(zones) + 1) % zones], axis=1)
    return np.concatenate([members, near, ring]).astype(np.int32)


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, NDArray[np.int32], NDArray[np.float32]]:
    count = draw(st.integers(1, 40))
    node = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=80))
    sizes = draw(st.lists(st.sampled_from([6, 8, 12.5, 20, 60]), min_size=count, max_size=count))
    return count, edges_of(*pairs), np.array(sizes, dtype=np.float32)


@given(networks())
@settings(deadline=None, max_examples=60)
def test_any_network_has_finite_positions_without_overlaps(
    network: tuple[int, NDArray[np.int32], NDArray[np.float32]],
) -> None:
    count, edges, sizes = network
    place = layout.positions(count, edges, sizes=sizes)
    assert place.shape == (count, 2)
    assert place.dtype == np.float32
    assert np.isfinite(place).all()
    assert deepest_overlap(place, sizes) <= TOUCH


@given(networks(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_order_direction_repetition_and_loops_of_edges_make_no_difference(
    network: tuple[int, NDArray[np.int32], NDArray[np.float32]], random: Random
) -> None:
    count, edges, sizes = network
    pairs = [(b, a) for a, b in edges.tolist()] + edges.tolist() + [(0, 0)]
    random.shuffle(pairs)
    shuffled = layout.positions(count, edges_of(*pairs), sizes=sizes)
    assert shuffled.tobytes() == layout.positions(count, edges, sizes=sizes).tobytes()


@given(networks())
@settings(deadline=None, max_examples=30)
def test_drawing_on_from_a_drawing_of_the_same_network_changes_no_byte(
    network: tuple[int, NDArray[np.int32], NDArray[np.float32]],
) -> None:
    count, edges, sizes = network
    place = layout.positions(count, edges, sizes=sizes)
    again = layout.positions(count, edges, sizes=sizes, start=place)
    assert again.tobytes() == place.tobytes()


@given(networks(), st.data())
@settings(deadline=None, max_examples=30)
def test_new_nodes_find_room_in_any_former_drawing(
    network: tuple[int, NDArray[np.int32], NDArray[np.float32]], data: st.DataObject
) -> None:
    count, edges, sizes = network
    start = layout.positions(count, edges, sizes=sizes)
    new = data.draw(st.lists(st.integers(0, count - 1), max_size=count))
    start[new] = np.nan
    place = layout.positions(count, edges, sizes=sizes, start=start)
    assert np.isfinite(place).all()
    assert deepest_overlap(place, sizes) <= TOUCH


def test_another_process_gets_the_same_bytes() -> None:
    program = (
        "import sys, numpy as np; from clustergraph import layout;"
        "edges = np.frombuffer(sys.stdin.buffer.read(), dtype=np.int32).reshape(-1, 2);"
        "sys.stdout.buffer.write(layout.positions(1500, edges).tobytes())"
    )
    edges = clustered(1500)
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], input=edges.tobytes(), capture_output=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert runs == [layout.positions(1500, edges).tobytes()] * 2


def test_no_node_at_all_is_an_empty_drawing() -> None:
    assert layout.positions(0, edges_of()).shape == (0, 2)


def test_one_node_stands_in_the_middle() -> None:
    assert layout.positions(1, edges_of((0, 0))).tolist() == [[0, 0]]


def test_lone_nodes_stand_in_a_grid_of_landscape_shape() -> None:
    place = layout.positions(300, edges_of())
    columns, rows = np.unique(place[:, 0]), np.unique(place[:, 1])
    assert (len(columns), len(rows)) == (19, 16)
    assert np.unique(np.diff(columns)).tolist() == [60]
    assert np.unique(np.diff(rows)).tolist() == [60]


def test_lone_nodes_make_no_difference_to_the_linked_ones() -> None:
    edges = clustered(300)
    alone, beside = layout.positions(300, edges), layout.positions(1300, edges)
    assert np.allclose(beside[:300] - beside[0], alone - alone[0], atol=0.01)
    assert deepest_overlap(beside, np.full(1300, layout.RADIUS, np.float32)) <= TOUCH


@pytest.mark.parametrize("leaves", [3, 16, 17, 3000])
def test_the_leaves_of_a_star_stand_around_its_hub(leaves: int) -> None:
    edges = np.stack([np.arange(1, leaves + 1), np.zeros(leaves)], axis=1).astype(np.int32)
    place = layout.positions(leaves + 1, edges)
    away = place[1:] - place[0]
    angles = np.sort(np.arctan2(away[:, 1], away[:, 0]))
    widest = float(np.diff(angles, append=angles[0] + 2 * np.pi).max())
    length = np.hypot(away[:, 0], away[:, 1])
    assert widest < 2.5 * 2 * np.pi / min(leaves, 16)
    assert length.min() > 2 * layout.RADIUS
    # So many discs with their room fill a circle of about this radius.
    assert length.max() < max(80, 45 * leaves**0.5)


@pytest.mark.parametrize("count", [2, 3, 8, 9, 50, 3000])
def test_a_chain_keeps_its_order_with_equal_steps(count: int) -> None:
    order = np.random.default_rng(3).permutation(count).astype(np.int32)
    edges = np.stack([order[:-1], order[1:]], axis=1)
    walked = layout.positions(count, edges)[order]
    steps = np.hypot(*np.diff(walked, axis=0).T)
    assert np.allclose(steps, 60, atol=0.01)
    assert deepest_overlap(walked, np.full(count, layout.RADIUS, np.float32)) < 0


def test_a_long_chain_on_a_star_is_drawn_as_a_chain_beside_a_star() -> None:
    star = [(0, leaf) for leaf in range(1, 101)]
    chain = list(pairwise([0, *range(101, 201)]))
    place = layout.positions(201, edges_of(*star, *chain))
    winding = np.hypot(*np.diff(place[101:], axis=0).T)
    leaves = np.hypot(*(place[1:101] - place[0]).T)
    others = np.hypot(*(place[101:] - place[0]).T)
    assert np.allclose(winding, 60, atol=0.01)
    assert leaves.max() < others.min() + 60


def test_components_stand_apart() -> None:
    one, two = clustered(60, seed=1), clustered(60, seed=2) + 60
    triangles = [(k, k + 1) for k in range(120, 180, 3)] + [
        (k + 1, k + 2) for k in range(120, 180, 3)
    ]
    edges = np.concatenate([one, two, edges_of(*triangles)])
    place = layout.positions(180, edges)
    component = np.concatenate([np.zeros(60), np.ones(60), 2 + np.arange(60) // 3])
    between = distances(place)[component[:, None] != component[None, :]]
    assert between.min() > 40


@pytest.mark.parametrize("count", [60, 300, 2000])
def test_neighbours_are_nearer_than_others_and_the_shape_suits_a_screen(count: int) -> None:
    edges = clustered(count)
    place = layout.positions(count, edges)
    linked = np.hypot(*(place[edges[:, 0]] - place[edges[:, 1]]).T)
    wide, high = np.ptp(place, axis=0)
    assert np.median(linked) < 0.35 * np.median(distances(place))
    assert 1.0 < wide / high < 1.8
    assert deepest_overlap(place, np.full(count, layout.RADIUS, np.float32)) <= TOUCH


def test_a_new_node_and_a_new_link_leave_the_others_where_they_are() -> None:
    edges = clustered(300)
    before = layout.positions(300, edges)
    start = np.concatenate([before, np.full((1, 2), np.nan, np.float32)])
    more = np.concatenate([edges, edges_of((300, 7), (300, 8), (20, 250))])
    after = layout.positions(301, more, start=start)
    moved = np.hypot(*(after[:300] - before).T)
    assert float(np.median(moved)) == 0
    assert moved.max() < 0.03 * diagonal(before)
    middle = (after[7] + after[8]) / 2
    assert np.hypot(*(after[300] - middle)) < 0.15 * diagonal(before)


def test_a_lone_node_that_was_linked_moves_to_its_neighbour() -> None:
    edges = clustered(300)
    before = layout.positions(340, edges)
    farthest = int(before[:300, 1].argmin())
    more = np.concatenate([edges, edges_of((339, farthest))])
    after = layout.positions(340, more, start=before)
    reach = [float(np.hypot(*(place[339] - place[farthest]))) for place in (before, after)]
    assert reach[0] > 0.4 * diagonal(before)
    assert reach[1] < 0.1 * diagonal(before)
    assert np.array_equal(after[:339], before[:339])


def test_a_mostly_new_network_is_drawn_afresh_the_same_way_round() -> None:
    edges = clustered(300)
    mirrored = layout.positions(300, edges) * np.array([-1, 1], dtype=np.float32)
    start = mirrored.copy()
    start[::2] = np.nan
    place = layout.positions(300, edges, start=start)
    assert np.allclose(place, mirrored, atol=0.01)
