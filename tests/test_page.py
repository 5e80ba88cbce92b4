"""The page in a real browser, opened from a folder with the network off."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

import clustergraph as cg
from browsing import Bundled, Show, save_tables
from clustergraph import view

if TYPE_CHECKING:
    import networkx as nx

HERE = Path(__file__).parent


def tables(folder: Path, entities: str, relations: str) -> "nx.MultiDiGraph[str]":
    (folder / "entities.csv").write_text(entities, encoding="utf-8")
    (folder / "relations.csv").write_text(relations, encoding="utf-8")
    return cg.build(cg.read(folder)).to_networkx()


ENTITIES = """id,type,name@en,name@zh,alias,evidence
a,firm,Alpha,石药集团,First,d
b,firm,Beta,乙,,
z,zone,Zone,园区,,
c,firm,Gamma,,,
lone,agency,Alone,,,
d,document,The source,,,
"""
RELATIONS = """source,relation,target,start,end,confidence,note,evidence
a,located_in,z,2010,,several,,d
b,located_in,z,2015,,uncertain,seen there,
a,owns,b,2012,2014,,,https://example.org/page
b,owns,a,,,,,
a,owns,a,,,,,
c,located_in,b,,,,,
"""


@pytest.fixture
def small(tmp_path: Path) -> str:
    return view.page(tables(tmp_path, ENTITIES, RELATIONS))


@pytest.mark.parametrize("engine", ["pyvis", "canvas"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_asks_for_nothing_and_complains_of_nothing(
    show: Show, bundled: Bundled, engine: view.Engine, scheme: str
) -> None:
    opened = show(bundled(engine, sparql=True), color_scheme=scheme)
    assert opened.page.locator("h1").count() == 1
    expect(opened.page.locator("footer")).to_contain_text("462 实体 Entities")
    assert opened.js("document.documentElement.dataset.theme") == scheme
    drawn = opened.js(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
          const canvas = document.querySelector("canvas.screen");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let marked = 0;
          for (let i = 0; i < data.length; i += 4) if (data[i] !== data[0]) marked += 1;
          done(marked);
        })))"""
    )
    assert drawn > 5000
    assert opened.faults == []


def test_a_name_an_alias_an_id_and_pinyin_find_an_entity(show: Show, small: str) -> None:
    opened = show(small)
    found = {}
    for query in ("alph", "first", "a", "shiyao", "石药"):
        opened.page.keyboard.press("/")
        opened.page.keyboard.type(query)
        found[query] = opened.page.locator("#results [role=option] .name").first.inner_text()
        opened.page.keyboard.press("Escape")
    assert set(found.values()) == {"石药集团\nAlpha"}
    opened.page.keyboard.press("/")
    opened.page.keyboard.type("beta")
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator(".details h2.title")).to_have_text("乙")
    assert opened.faults == []


def test_a_click_on_the_drawing_opens_the_details(show: Show, small: str) -> None:
    opened = show(small, "#entity=z")
    opened.page.keyboard.press("Escape")
    expect(opened.page.locator(".details h2.title")).to_have_count(0)
    # Where the zone stands is found by hovering: the pointer tells when it is over a mark.
    spot = opened.js(
        """() => {
          const data = window.location.hash;
          const stage = document.querySelector(".stage");
          const box = stage.getBoundingClientRect();
          for (let y = 10; y < box.height; y += 6) for (let x = 10; x < box.width; x += 6) {
            const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true };
            stage.dispatchEvent(new PointerEvent("pointermove", at));
            if (stage.dataset.over) return [box.left + x, box.top + y];
          }
          return null;
        }"""
    )
    assert spot is not None
    opened.page.mouse.click(*spot)
    expect(opened.page.locator(".details h2.title")).to_have_count(1)
    assert opened.faults == []


def test_the_language_switch_changes_words_and_names(show: Show, small: str) -> None:
    opened = show(small, "#entity=a")
    page = opened.page
    expect(page.locator(".details h2.title")).to_have_text("石药集团")
    expect(page.locator(".details .second")).to_have_text("Alpha")
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator(".details h2.title")).to_have_text("Alpha")
    expect(page.locator(".legend h2").first).to_contain_text("Entities")
    assert opened.js("document.documentElement.lang") == "en"
    page.get_by_role("button", name="中", exact=True).click()
    expect(page.locator(".details h2.title")).to_have_text("石药集团")
    expect(page.locator(".legend h2").first).to_contain_text("实体")
    assert opened.js("document.documentElement.lang") == "zh"
    assert opened.faults == []


def test_filters_change_what_is_counted_and_can_be_taken_back(show: Show, small: str) -> None:
    opened = show(small, "#language=en")
    page = opened.page
    counts = page.locator(".counts")
    expect(counts).to_have_text("5/6 Entities · 6/6 Relations · 2 sources")
    page.get_by_role("checkbox", name="Zone").uncheck()
    expect(counts).to_have_text("4/6 Entities · 4/6 Relations · 2 sources")
    page.keyboard.press("u")
    expect(counts).to_have_text("5/6 Entities · 6/6 Relations · 2 sources")
    page.get_by_role("checkbox", name="owns").uncheck()
    expect(counts).to_have_text("5/6 Entities · 3/6 Relations · 2 sources")
    page.get_by_role("checkbox", name="uncertain").uncheck()
    expect(counts).to_have_text("5/6 Entities · 2/6 Relations · 2 sources")
    page.get_by_role("button", name="Reset filters").click()
    expect(counts).to_have_text("5/6 Entities · 6/6 Relations · 2 sources")
    page.get_by_role("checkbox", name="with undated").uncheck()
    page.get_by_label("Period: To").fill("2011")
    expect(counts).to_have_text("5/6 Entities · 1/6 Relations · 2 sources")
    assert opened.faults == []


def test_details_show_each_fact_with_its_evidence_and_its_row(show: Show, small: str) -> None:
    opened = show(small, "#entity=a&language=en")
    details = opened.page.locator(".details")
    assert [text.split("\n") for text in details.locator(".group h3").all_inner_texts()] == [
        ["owns", "2"],
        ["located in", "1"],
        ["owns", "1"],
    ]
    held = details.locator(".relations li", has_text="Zone")
    expect(held.locator(".when")).to_have_text("since 2010")
    expect(held.get_by_role("img", name="several sources")).to_be_visible()
    held.get_by_role("button", name="D", exact=True).click()
    expect(held.locator(".source")).to_contain_text("The source")
    expect(held.locator(".source")).to_contain_text("relations.csv, row 2")
    bought = details.locator(".relations li", has_text="2012 – 2014")
    bought.get_by_role("button", name="example.org").click()
    link = bought.locator(".source a")
    expect(link).to_have_attribute("href", "https://example.org/page")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    held.get_by_role("button", name="Zone").click()
    expect(details.locator("h2.title")).to_have_text("Zone")
    assert opened.faults == []


def test_a_document_tells_what_it_is_cited_for(show: Show, small: str) -> None:
    opened = show(small, "#entity=d&language=en")
    cited = opened.page.locator(".details .group", has_text="Cited by")
    assert cited.locator("li").all_inner_texts() == ["Alpha", "Alpha located in Zone"]


def test_contradicting_figures_stand_side_by_side(show: Show, tmp_path: Path) -> None:
    network = tables(
        tmp_path,
        "id,type,name,measure,value,unit,start,evidence\n"
        "a,cluster,A,,,,,\n"
        "f1,figure,F1,output value,125.72,billion yuan,2024,https://example.org/1\n"
        "f2,figure,F2,output value,130,billion yuan,2024,https://example.org/2\n"
        "f3,figure,F3,firms,1300,firms,2024,\n",
        "source,relation,target\nf1,figure_of,a\nf2,figure_of,a\nf3,figure_of,a\n",
    )
    opened = show(view.page(network), "#entity=a&language=en")
    differing = opened.page.locator(".differing")
    expect(differing.locator(".warning")).to_have_text("Sources differ")
    assert differing.locator(".amount").all_inner_texts() == [
        "125.72 billion yuan",
        "130 billion yuan",
    ]
    alone = opened.page.locator(".figures > .card .amount")
    assert alone.all_inner_texts() == ["1,300 firms"]
    assert opened.faults == []


def test_everything_is_reached_by_keys(show: Show, small: str) -> None:
    opened = show(small, "#language=en")
    page, title = opened.page, opened.page.locator(".details h2.title")
    page.locator(".stage").focus()
    page.keyboard.press("ArrowRight")
    expect(title).to_have_count(1)
    first = title.inner_text()
    walked = {first}
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        walked.add(title.inner_text())
    assert len(walked) > 1
    page.keyboard.press("f")
    assert "focus=1" in page.url
    page.keyboard.press("2")
    assert "focus=2" in page.url
    page.keyboard.press("Escape")
    assert "focus" not in page.url
    page.keyboard.press("p")
    expect(page.locator(".details .hint")).to_contain_text("choose a second entity")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(title).to_have_count(0)
    page.keyboard.press("t")
    expect(page.locator(".table-view table")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".table-view")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert opened.faults == []


def test_a_shortest_path_is_told_step_by_step(show: Show, small: str) -> None:
    opened = show(small, "#path=c,z&language=en")
    steps = opened.page.locator(".details ol.relations > li .to")
    assert [text.split("\n")[-1] for text in steps.all_inner_texts()] == ["Beta", "Zone"]
    opened = show(small, "#path=c,lone&language=en")
    expect(opened.page.locator(".details .hint")).to_contain_text("no path")


def test_the_table_sorts_follows_filters_and_is_downloaded(show: Show, small: str) -> None:
    opened = show(small, "#view=table&language=en")
    page = opened.page
    names = page.locator("tbody tr td:first-child")
    page.get_by_role("button", name="Name", exact=True).click()
    assert names.all_inner_texts() == ["Alone", "Alpha", "Beta", "Gamma", "Zone"]
    page.get_by_role("checkbox", name="Firm").uncheck()
    assert names.all_inner_texts() == ["Alone", "Zone"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    assert content.splitlines()[0] == "Name,Type,Relations,Also known as,Evidence,Id"
    assert [line.split(",")[0] for line in content.splitlines()[1:]] == ["Alone", "Zone"]
    assert opened.faults == []


def test_what_is_shown_is_downloaded_as_tables_that_can_be_read_again(
    show: Show, small: str, tmp_path: Path
) -> None:
    opened = show(small, "#view=table&language=en")
    opened.page.get_by_role("checkbox", name="Agency").uncheck()
    folder = tmp_path / "again"
    save_tables(opened.page, folder)
    again = cg.build(cg.read(folder)).to_networkx()
    assert sorted(said["id"] for _, said in again.nodes(data=True)) == ["a", "b", "c", "d", "z"]
    assert again.number_of_edges() == 6
    alpha = next(said for _, said in again.nodes(data=True) if said["id"] == "a")
    assert alpha["labels"] == {"en": "Alpha", "zh": "石药集团"}
    assert alpha["evidence"] == [again.graph["base"] + "d"]


def test_embedded_in_another_page_the_drawing_has_the_room(
    browser: Browser, small: str, tmp_path: Path
) -> None:
    path = tmp_path / "network.html"
    path.write_text(small, encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri() + "?embed#entity=a")
    expect(page.locator("footer")).to_be_hidden()
    expect(page.locator("header h1")).to_be_hidden()
    expect(page.locator(".stage")).to_be_visible()
    context.close()


def test_pictures_are_downloaded(show: Show, small: str) -> None:
    opened = show(small, "#entity=a&language=en")
    with opened.page.expect_download() as png:
        opened.page.get_by_role("button", name="Download as PNG picture").click()
    assert png.value.path().read_bytes().startswith(b"\x89PNG")
    with opened.page.expect_download() as svg:
        opened.page.get_by_role("button", name="Download as SVG picture").click()
    text = svg.value.path().read_text(encoding="utf-8")
    assert ">Alpha</text>" in text
    assert ">Firm</text>" in text
    assert opened.faults == []


def test_an_address_opens_what_its_sender_saw(show: Show, small: str) -> None:
    sent = show(small, "#language=en")
    sent.page.get_by_role("checkbox", name="Zone").uncheck()
    sent.page.keyboard.press("/")
    sent.page.keyboard.type("beta")
    sent.page.keyboard.press("Enter")
    address = "#" + sent.page.url.split("#")[1]
    received = show(small, address)
    expect(received.page.locator(".details h2.title")).to_have_text("Beta")
    expect(received.page.get_by_role("checkbox", name="Zone")).not_to_be_checked()
    expect(received.page.locator(".counts")).to_have_text(sent.page.locator(".counts").inner_text())


def test_who_has_no_relation_is_drawn_and_listed(show: Show, small: str) -> None:
    opened = show(small, "#language=en")
    lonely = opened.page.locator(".details h2", has_text="Without relations")
    expect(lonely).to_contain_text("1")
    expect(opened.page.locator(".ranking", has_text="Alone")).to_be_visible()


def test_an_empty_graph_says_so(show: Show, tmp_path: Path) -> None:
    network = tables(tmp_path, "id,type,name\n", "source,relation,target\n")
    opened = show(view.page(network))
    expect(opened.page.locator(".empty")).to_have_text(
        "这里还没有实体。 There are no entities here."
    )
    assert opened.faults == []


NASTY = sorted(
    folder.name
    for folder in (HERE / "nasty").glob("*")
    if re.match(r"0(61|67|68|69|70|71|72|73|74)_", folder.name)
    and "outcome: accept" in (folder / "expected.txt").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("engine", ["pyvis", "canvas"])
def test_hostile_values_are_shown_as_text(show: Show, name: str, engine: view.Engine) -> None:
    checked = cg.read(HERE / "nasty" / name)
    network = cg.build(checked).to_networkx()
    opened = show(view.page(network, engine=engine), "#view=table")
    page = opened.page
    data = [said["id"] for _, said in network.nodes(data=True)]
    shown = page.locator("tbody tr td:last-child").all_inner_texts()
    assert len(shown) == min(len(data), 200)
    for index in range(min(5, len(data))):
        page.locator("tbody tr td:first-child button").nth(index).click()
        expect(page.locator(".details h2.title")).to_have_count(1)
        page.keyboard.press("t")
    page.keyboard.press("/")
    page.keyboard.type("alert")
    assert page.locator("#page script, #page img, #page b, #page style, #page base").count() == 0
    assert page.locator("body").is_visible()
    assert opened.faults == []


def test_a_page_whose_data_is_broken_says_so_in_words(
    show: Show, small: str, tmp_path: Path
) -> None:
    broken = small.replace('id="data">{', 'id="data">{{', 1)
    path = tmp_path / "broken.html"
    path.write_text(broken, encoding="utf-8")
    opened = show(small)
    opened.page.goto(path.as_uri())
    expect(opened.page.locator(".failure")).to_contain_text("The page could not be opened")


def test_without_scripts_the_page_says_what_it_needs(
    browser: Browser, small: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(small, encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    told = page.locator("noscript p")
    expect(told).to_be_in_viewport()
    assert "needs JavaScript" in (told.text_content() or "")
    expect(page.get_by_text("Opening")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1600, 2560])
def test_nothing_runs_out_of_the_window(show: Show, bundled: Bundled, width: int) -> None:
    opened = show(bundled(), viewport={"width": width, "height": 844})
    assert opened.js("document.documentElement.scrollWidth") == width
    clipped = opened.js(
        """() => [...document.querySelectorAll("header button, footer, h1")]
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
          .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert clipped == []
    assert opened.faults == []


def test_in_a_frame_of_a_notebook_the_page_works_too(browser: Browser, tmp_path: Path) -> None:
    frame = view.notebook(tables(tmp_path, ENTITIES, RELATIONS))
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8>{frame}", encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(path.as_uri())
    inner = page.frame_locator("iframe")
    inner.get_by_role("button", name="石药集团").first.click()
    expect(inner.locator(".details h2.title")).to_have_text("石药集团")
    context.close()
    assert complaints == []


def test_the_data_of_the_page_is_json_that_anyone_can_read(bundled: Bundled) -> None:
    block = bundled().partition('id="data">')[2].partition("</script>")[0]
    assert json.loads(block)["version"] == 1
