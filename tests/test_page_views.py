"""The page's other views: arrangements, two entities compared, zones, parts, paper, fingers."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

import clustergraph as cg
from browsing import Bundled, Show, save_tables, settled
from clustergraph import overview, parts, view

if TYPE_CHECKING:
    import networkx as nx

    from clustergraph.graph import Graph

HERE = Path(__file__).parent


def tables(folder: Path, entities: str, relations: str) -> "nx.MultiDiGraph[str]":
    (folder / "entities.csv").write_text(entities, encoding="utf-8")
    (folder / "relations.csv").write_text(relations, encoding="utf-8")
    return cg.build(cg.read(folder)).to_networkx()


ENTITIES = """id,type,name@en,name@zh,founded,listed_on,measure,value,unit,start,latitude,longitude
a,firm,Alpha,石药集团,1997,1994,,,,,,
b,firm,Beta,乙,1992,1994,,,,,,
z,zone,Zone,园区,,,,,,,38.0,114.5
y,zone,Other zone,,,,,,,,39.9,116.4
p,product,Pill,,,,,,,,,
v,delegation,Visit,,,,,,,2019-05,,
w,delegation,Second visit,,,,,,,2021,,
u,delegation,Third visit,,,,,,,2024-03-02,,
f1,figure,F1,,,,output,125,billion yuan,2024,,
f2,figure,F2,,,,output,130,billion yuan,2024,,
f3,figure,F3,,,,output,7,billion yuan,2024,,
"""
RELATIONS = """source,relation,target,start,end,confidence
a,located_in,z,2010,,several
b,located_in,z,2015,,uncertain
a,located_in,y,2020,,
b,subsidiary_of,a,2012,,
a,produces,p,,,
v,visited,a,2019-05,,
w,visited,a,2021-06,,
u,visited,b,2024-03-02,,
f1,figure_of,a,,,
f2,figure_of,a,,,
f3,figure_of,b,,,
"""


@pytest.fixture
def small(tmp_path: Path) -> str:
    return view.page(tables(tmp_path, ENTITIES, RELATIONS))


def said(page: Page) -> str:
    return page.locator("[data-live]").inner_text()


def address(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def counts(page: Page) -> str:
    return page.locator(".counts").inner_text().split(" · ")[0]


def test_the_arrangements_are_reached_by_click_and_key_and_kept_in_the_address(
    show: Show, small: str
) -> None:
    opened = show(small, "#language=en")
    page = opened.page
    buttons = page.locator(".arrangements button")
    assert buttons.all_inner_texts() == ["Network", "By zone", "Hierarchy", "Over time", "Map"]
    shown = {}
    for name in buttons.all_inner_texts():
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        shown[name] = counts(page)
    assert shown == {
        "Network": "8/11 Entities",
        "By zone": "8/11 Entities",
        "Hierarchy": "2/11 Entities",
        "Over time": "5/11 Entities",
        "Map": "4/11 Entities",
    }
    page.keyboard.press("u")
    assert counts(page) == "5/11 Entities"
    page.locator(".stage").focus()
    page.keyboard.press("a")
    assert counts(page) == "4/11 Entities"
    assert said(page) == "Arrangement: Map"
    assert "arrange=map" in address(page)
    page.keyboard.press("a")
    assert "arrange" not in address(page)
    received = show(small, "#language=en&arrange=time")
    assert counts(received.page) == "5/11 Entities"
    assert opened.faults + received.faults == []


@pytest.mark.parametrize("engine", ["pyvis", "canvas"])
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_in_another_arrangement_the_marks_stand_elsewhere(
    show: Show, tmp_path: Path, engine: view.Engine, motion: str
) -> None:
    text = view.page(tables(tmp_path, ENTITIES, RELATIONS), engine=engine)
    opened = show(text, "#language=en", reduced_motion=motion)
    before = opened.js(STILL)
    opened.page.get_by_role("button", name="Hierarchy").click()
    after = opened.js(STILL)
    assert before != after
    assert after == opened.js(STILL)
    assert opened.faults == []


# The drawing, once a third of a second has changed nothing.
STILL = """async () => {
  const drawn = () => document.querySelector("canvas.screen").toDataURL();
  let [last, since] = [drawn(), performance.now()];
  while (performance.now() - since < 350) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = drawn();
    if (now !== last) [last, since] = [now, performance.now()];
  }
  return last;
}"""


def spot_of_a_mark(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        """() => {
          const stage = document.querySelector(".stage");
          const box = stage.getBoundingClientRect();
          for (let y = 60; y < box.height; y += 4) for (let x = 10; x < box.width; x += 4) {
            const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true };
            stage.dispatchEvent(new PointerEvent("pointermove", at));
            if (stage.dataset.over) return [box.left + x + 3, box.top + y + 3];
          }
          throw new Error("no mark");
        }"""
    )
    return found


def test_what_is_dragged_stays_there_in_the_address_and_is_put_back(show: Show, small: str) -> None:
    opened = show(small, "#language=en")
    page = opened.page
    x, y = spot_of_a_mark(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    assert re.search(r"pins=[^&]+%40-?\d+%40-?\d+", address(page))
    sent = address(page)[1:]
    page.keyboard.press("u")
    assert "pins" not in address(page)
    received = show(small, "#" + sent)
    received.page.mouse.click(x + 60, y + 40)
    received.page.get_by_role("button", name="Put back").click()
    assert "pins" not in address(received.page)
    assert opened.faults + received.faults == []


def test_two_entities_are_compared_by_keys_alone(show: Show, small: str) -> None:
    opened = show(small, "#language=en")
    page = opened.page
    page.keyboard.press("/")
    page.keyboard.type("alpha")
    page.keyboard.press("Enter")
    assert said(page) == "Alpha, Firm, 6 Relations"
    page.keyboard.press("c")
    expect(page.locator(".details .hint")).to_contain_text("choose a second entity to compare")
    page.keyboard.press("/")
    page.keyboard.type("beta")
    page.keyboard.press("Enter")
    versus = page.locator(".compare-view")
    expect(versus).to_be_visible()
    heads = versus.locator("table").first.locator("thead th").all_inner_texts()
    assert [text.strip() for text in heads] == ["Alpha", "Beta"]
    rows = {
        row.locator("th").inner_text().split("\n")[0]: row.locator("td").all_inner_texts()
        for row in versus.locator("table").first.locator("tbody tr").all()
    }
    assert rows["founded"] == ["1997", "1992"]
    assert rows["listed on"] == ["1994", "1994"]
    differing = versus.locator("tr.differs th").all_inner_texts()
    assert [text.split("\n")[0].removesuffix("Different") for text in differing] == ["founded"]
    sections = [text.split("\n") for text in versus.locator("h3").all_inner_texts()]
    assert ["Between the two", "1"] in sections
    assert ["In common", "1"] in sections
    assert ["located in", "2"] in sections
    lies = versus.locator("section", has=page.locator("h3", has_text="located in"))
    first, both, second = lies.locator("tbody td").all()
    assert first.locator("button.entity").all_inner_texts() == ["Other zone"]
    assert both.locator("button.entity").all_inner_texts() == ["Zone"]
    assert both.locator(".when").all_inner_texts() == [
        "since 2010",
        "since 2015",
    ]
    assert second.inner_text() == "–"
    figures = versus.locator("section", has=page.locator("h3", has_text="Figures"))
    assert figures.locator(".differing .amount").all_inner_texts() == [
        "125 billion yuan",
        "130 billion yuan",
    ]
    assert "view=compare" in address(page)
    received = show(small, "#" + address(page)[1:])
    expect(received.page.locator(".compare-view")).to_be_visible()
    page.keyboard.press("Escape")
    expect(versus).to_be_hidden()
    assert "compare" not in address(page)
    assert opened.faults + received.faults == []


def test_a_second_end_is_chosen_by_arrows_and_enter(show: Show, small: str) -> None:
    opened = show(small, "#language=en&entity=a")
    page = opened.page
    for key, chosen in (("c", ".compare-view"), ("p", ".details ol.relations")):
        page.locator(".stage").focus()
        page.keyboard.press(key)
        for arrow in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
            if "entity=a&" in address(page):
                page.keyboard.press(arrow)
        page.keyboard.press("Enter")
        expect(page.locator(chosen)).to_be_visible()
        page.goto(page.url.split("#")[0] + "#language=en&entity=a")
    assert opened.faults == []


def test_a_large_network_opens_on_its_zones_and_each_zone_opens(show: Show, zoned: str) -> None:
    opened = show(zoned, "#language=en")
    page = opened.page
    marks = page.locator(".zone")
    assert marks.count() > 5
    said_of = {
        label.rsplit(", ", 1)[0]: int(label.rsplit(", ", 1)[1].split()[0])
        for label in marks.evaluate_all("all => all.map((e) => e.getAttribute('aria-label'))")
    }
    assert sum(said_of.values()) == 191
    name = "Shijiazhuang International Biomedical Park"
    page.locator(f'.zone[aria-label^="{name}"]').press("Enter")
    expect(page.locator(".stage")).to_be_visible()
    assert counts(page).startswith(f"{said_of[name]}/")
    assert "zone=" in address(page)
    received = show(zoned, "#" + address(page)[1:])
    assert counts(received.page) == counts(page)
    page.get_by_role("button", name="All zones").click()
    expect(marks.first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("cspc")
    page.keyboard.press("Enter")
    expect(page.locator(".details h2.title")).to_have_text("CSPC Pharmaceutical Group")
    assert "zone=" in address(page)
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(marks.first).to_be_visible()
    assert opened.faults + received.faults == []


def test_a_part_says_how_much_the_whole_is(show: Show, tmp_path: Path) -> None:
    part = parts.largest(tables(tmp_path, ENTITIES, RELATIONS), 4)
    opened = show(view.page(part), "#language=en")
    expect(opened.page.locator(".part")).to_have_text(
        "This page shows a part. In all there are 11 Entities · 11 Relations."
    )
    assert counts(opened.page).endswith("/4 Entities")


NASTY = sorted(
    folder.name
    for folder in (HERE / "nasty").glob("*")
    if re.match(r"0(61|67|68|69|70|71|72|73|74)_", folder.name)
    and "outcome: accept" in (folder / "expected.txt").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", NASTY)
def test_hostile_values_stay_text_in_every_view(show: Show, name: str) -> None:
    graph = cg.build(cg.read(HERE / "nasty" / name)).to_networkx()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overview, "LIMIT", 0)
        text = view.page(graph)
    opened = show(text)
    page = opened.page
    ids = [said["id"] for _, said in graph.nodes(data=True)][:6]
    for one, other in pairwise(ids):
        page.evaluate(
            """([one, other]) => {
              const ids = [one, other].map(encodeURIComponent).join(",");
              location.hash = new URLSearchParams({ view: "compare", compare: ids });
            }""",
            [one, other],
        )
        expect(page.locator(".compare-view")).to_be_visible()
        page.locator(".compare-view button", has_text="Show in the network").click()
        page.keyboard.press("a")
    page.evaluate("location.hash = ''")
    settled(page)
    inside = "#page :is(script, img, b, style, base, iframe, object, form:not([method=dialog]))"
    assert page.locator(inside).count() == 0
    assert opened.faults == []


HOSTILE = [
    '<img src=x onerror="alert(1)">',
    "</script><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "\u202e<b>gpj.exe</b>",
    "');alert(1)//",
    "%3Cscript%3Ealert(1)%3C/script%3E@9@9",
]


def test_hostile_names_ids_figures_and_dates_run_nowhere(show: Show, tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = "".join(
        f"{cell(f'h{i}{text}')},{cell('zone' if i % 2 else 'firm')},{cell(text)},{cell(text)},"
        f"{38 + i / 9},{114 + i / 9}\n"
        for i, text in enumerate(HOSTILE)
    )
    ids = [f"h{i}{text}" for i, text in enumerate(HOSTILE)]
    joined = "".join(
        f"{cell(a)},{relation},{cell(b)},{cell(date)}\n"
        for a, b in zip(ids, [*ids[1:], ids[0]], strict=True)
        for relation, date in (("visited", "2020"), ("located_in", HOSTILE[1]), ("part_of", ""))
    )
    graph = tables(
        tmp_path,
        "id,type,name,note,latitude,longitude\n" + rows,
        "source,relation,target,start\n" + joined,
    )
    opened = show(view.page(graph, title=HOSTILE[1]))
    page = opened.page
    for view_ in ("time", "map", "zone", "hierarchy"):
        page.evaluate("(name) => { location.hash = `arrange=${name}` }", view_)
        settled(page)
    for i in range(len(ids)):
        page.evaluate(
            """([one, other]) => {
              const ids = [one, other].map(encodeURIComponent).join(",");
              location.hash = new URLSearchParams({ view: "compare", compare: ids, pins: one });
            }""",
            [ids[i], ids[i - 1]],
        )
        expect(page.locator(".compare-view")).to_be_visible()
    assert opened.faults == []


def test_on_paper_stand_the_drawing_and_the_details_or_the_table(show: Show, small: str) -> None:
    opened = show(small, "#language=en&entity=a")
    page = opened.page
    page.emulate_media(media="print", color_scheme="dark")
    opened.js("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".paper")).to_be_visible()
    expect(page.locator(".engine")).to_be_hidden()
    light = opened.js(
        """() => {
          const canvas = document.querySelector(".paper");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const inked = data.filter((value, i) => i % 4 === 0 && value < 200).length;
          return [data[0] > 240, inked > 500];
        }"""
    )
    assert light == [True, True]
    expect(page.locator(".details h2.title")).to_be_visible()
    expect(page.locator(".stage")).to_be_visible()
    for hidden in (".tools", ".panel.left", ".zoom", ".arrangements", ".search"):
        expect(page.locator(hidden)).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")
    page.evaluate("location.hash = 'view=table'")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.evaluate("location.hash = 'view=compare&compare=a,b'")
    expect(page.locator(".compare-view table").first).to_be_visible()
    assert opened.js("document.querySelector('.compare-view').getBoundingClientRect().height > 500")
    assert opened.faults == []


def test_two_fingers_zoom_and_one_moves(show: Show, small: str) -> None:
    opened = show(small, "#language=en", has_touch=True, viewport={"width": 390, "height": 800})
    page = opened.page
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        session.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)],
            },
        )

    def camera() -> list[float]:
        return [float(part) for part in address(page).split("at=")[1].split("&")[0].split("%2C")]

    touch("touchStart", (180, 500), (220, 500))
    for reach in range(20, 100, 10):
        touch("touchMove", (200 - reach, 500), (200 + reach, 500))
    touch("touchEnd")
    settled(page)
    x, _, scale = camera()
    touch("touchStart", (300, 700))
    for step in range(0, 80, 10):
        touch("touchMove", (300 - step, 700))
    touch("touchEnd")
    settled(page)
    moved, _, same = camera()
    assert scale > 1.5
    assert same == scale
    assert moved > x
    assert opened.faults == []


def test_what_the_whole_page_shows_is_read_again_without_problems(
    show: Show, cluster: "Graph", bundled: Bundled, tmp_path: Path
) -> None:
    opened = show(bundled(), "#view=table&language=en")
    page = opened.page
    page.get_by_role("button", name="Show all (17)").click()
    for name in ("Document", "Figure"):
        page.get_by_role("checkbox", name=name).check()
    folder = tmp_path / "again"
    save_tables(page, folder)
    vocabulary = HERE.parent / "data" / "vocabulary.ttl"
    again = cg.read(folder, vocabulary=vocabulary)
    assert [str(problem) for problem in again.problems] == []
    before, after = cluster.to_networkx(), cg.build(again).to_networkx()
    assert len(after) == len(before)
    assert after.number_of_edges() == before.number_of_edges()


def test_the_arrangements_in_the_page_are_json_without_a_place_for_whom_is_not_in_them(
    small: str,
) -> None:
    data = json.loads(small.partition('id="data">')[2].partition("</script>")[0])
    placed = {p["name"]: sum(x is not None for x in p["x"]) for p in data["arrangements"]}
    assert placed == {"zone": 11, "hierarchy": 2, "time": 5, "map": 4}
