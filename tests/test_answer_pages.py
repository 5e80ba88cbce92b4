"""What the pages of the named queries show of the bundled data."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import clustergraph as cg
from clustergraph.web.app import app

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    made = app(cg.build(cg.read(DATA)))
    with TestClient(made, base_url="http://127.0.0.1:8765") as found:
        yield found


def test_a_step_of_a_path_is_named_by_its_sentence(client: TestClient) -> None:
    page = client.get("/ask/paths").text
    assert "Shijiazhuang Yiling Pharmaceutical produces Lianhua Qingwen" in page
    assert ">statement/" not in page


def test_the_evidence_of_an_answer_leads_to_its_documents(client: TestClient) -> None:
    page = client.get("/ask/visits-over-time").text
    assert '<a href="/id/s048" title="' in page


def test_a_question_tells_nothing_of_relations_that_the_data_has_not(client: TestClient) -> None:
    page = client.get("/ask/ownership").text
    assert "Nothing in this graph" not in page
    assert '<th scope="col">share</th>' not in page  # nobody has a share here
    assert '<th scope="col">Owner</th>' in page


def test_bars_are_a_table_with_their_numbers(client: TestClient) -> None:
    page = client.get("/ask/visits-over-time").text
    assert '<th scope="row"><bdi>2023</bdi></th>' in page
    assert '<rect class="bar" width="100.0" height="1"/>' in page
