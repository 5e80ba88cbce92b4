from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustergraph.errors import DataError, SourceError
from clustergraph.reading.encodings import named, text
from clustergraph.reading.guesses import guesses

# Texts as they stand in real tables, and the encodings in which each is found without a hint.
TEXTS = {
    "gb18030": "石家庄高新技术产业开发区,石药集团有限公司,华北制药,以岭药业",
    "big5": "新竹科學園區管理局,台灣積體電路製造股份有限公司",
    "cp1252": "Café Zürich, Muñoz, São Paulo, Câmara de Comércio, l’été – 5 €",
    "cp1250": "Spółka z ograniczoną odpowiedzialnością, Łódź, Gdańsk, żółty",
    "cp1251": "Общество с ограниченной ответственностью Ромашка, Москва",
    "koi8_r": "Общество с ограниченной ответственностью Ромашка, Москва",
    "cp932": "株式会社トヨタ自動車、東京都にある会社です",
    "euc_jp": "株式会社トヨタ自動車、東京都にある会社です",
    "cp949": "삼성전자 주식회사, 서울특별시 강남구",
}


@pytest.mark.parametrize(("encoding", "sample"), TEXTS.items())
def test_encoding_is_found_by_how_its_text_reads(encoding: str, sample: str) -> None:
    assert guesses(sample.encode(encoding))[0].encoding == encoding


@pytest.mark.parametrize(
    ("encoding", "sample"),
    [("gb18030", "位于"), ("big5", "位於"), ("gb18030", "园区"), ("big5", "科學園區")],
)
def test_two_characters_are_enough_to_tell_chinese_encodings_apart(
    encoding: str, sample: str
) -> None:
    assert guesses(sample.encode(encoding))[0].encoding == encoding


@pytest.mark.parametrize("name", ["Muñoz", "Peña Nieto", "Crédit Élan", "Bürgi Künzli"])
def test_western_names_that_are_valid_gb18030_stay_western(name: str) -> None:
    data = name.encode("cp1252")
    assert data.decode("gb18030") != name
    assert guesses(data)[0].encoding == "cp1252"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("GBK", "gb18030"),
        ("gb2312", "gb18030"),
        ("Big5", "big5"),
        ("windows-1252", "cp1252"),
        ("latin1", "latin-1"),
        ("Shift_JIS", "cp932"),
    ],
)
def test_encoding_has_one_name(asked: str, found: str) -> None:
    assert named(asked) == found


@pytest.mark.parametrize("asked", ["base64", "idna", "unicode_escape", "klingon", "a\0b", ""])
def test_what_is_no_encoding_of_text_is_refused(asked: str) -> None:
    with pytest.raises(SourceError, match="there is no encoding"):
        named(asked)


def refusal(path: Path, data: bytes, encoding: str | None = None) -> str:
    path.write_bytes(data)
    with pytest.raises(DataError) as refused:
        text(path, "entities", encoding, path.parent)
    return str(refused.value)


def test_one_bad_byte_in_utf_8_is_an_error_and_no_guess(tmp_path: Path) -> None:
    lines = ["id,type,name", *(f"f{i},企业,恒瑞医药" for i in range(40))]
    data = "\n".join(lines).encode().replace("f7,企".encode(), b"f7,\xc6\xf3")
    assert refusal(tmp_path / "entities.csv", data) == (
        "entities.csv: line 9: byte 0xC6 (number 178 of the file) is not UTF-8, as the rest of the "
        "file is (mend the line and save the file as UTF-8)"
    )


def test_bad_bytes_are_told_place_by_place_and_then_counted(tmp_path: Path) -> None:
    data = "é\n".encode() * 60 + b"a\xff\n" * 8
    path = tmp_path / "entities.csv"
    path.write_bytes(data)
    with pytest.raises(DataError) as refused:
        text(path, "entities", None, tmp_path)
    assert [told.line for told in refused.value.problems] == [61, 62, 63, 64, 65]
    assert "; 3 more places are like it" in refused.value.problems[-1].message


def test_bad_byte_below_a_byte_order_mark_is_an_error(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfid,type,name\n" + "Muñoz\nPeña\nBürgi\n".encode("cp1252")
    assert "line 2: byte 0xF1" in refusal(tmp_path / "entities.csv", data)


def test_bad_byte_in_the_encoding_that_was_given_is_named(tmp_path: Path) -> None:
    data = "id,type,name\n1,企业,恒瑞\n2,企业,".encode("gb18030") + b"\xff\n"
    assert refusal(tmp_path / "entities.csv", data, "gbk") == (
        "entities.csv: line 3: byte 0xFF (number 33 of the file) is not text in gb18030 (Chinese) "
        "(try another --encoding entities=..., or none, to have it found)"
    )


def test_utf_16_cut_in_the_middle_of_a_character_is_named(tmp_path: Path) -> None:
    data = "\ufeffid,type,name\n1,企业,恒".encode("utf-16-le")[:-1]
    assert "line 2: byte 0x52" in refusal(tmp_path / "entities.csv", data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x1f\x8b\x08\x00rest", "gzip-compressed"),
        (b"PK\x03\x04rest", "a spreadsheet or another zip file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PAR1....", "a Parquet file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\0\x01\x02" * 500, "not a table of text"),
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
    ],
)
def test_other_formats_are_called_by_their_names(tmp_path: Path, data: bytes, what: str) -> None:
    assert what in refusal(tmp_path / "entities.csv", data)


def test_broken_gzip_is_told(tmp_path: Path) -> None:
    assert "is not whole gzip data" in refusal(tmp_path / "entities.csv.gz", b"\x1f\x8b\x08\0cut")


def test_text_beyond_plain_big5_is_read(tmp_path: Path) -> None:
    path = tmp_path / "entities.csv"
    path.write_bytes("id,type,name\n1,公司,台灣恒隆碁電子有限公司€\n".encode("cp950"))
    found = text(path, "entities", "big5", tmp_path)
    assert found.path.read_text(encoding="utf-8").endswith("恒隆碁電子有限公司€\n")


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "gb18030", "utf-32"]),
    st.integers(0, 3),
)
def test_text_comes_out_as_it_went_in_but_for_nul(
    tmp_path_factory: pytest.TempPathFactory, body: str, encoding: str, repeats: int
) -> None:
    folder = tmp_path_factory.mktemp("text")
    path = folder / "entities.csv"
    whole = "id,type,name\n" + body * 9**repeats + "\n"
    path.write_bytes(whole.encode(encoding))
    found = text(path, "entities", encoding, folder)
    data = found.path.read_bytes()[found.start : found.end]
    assert data.decode() == whole.replace("\0", "")
    assert bool(found.nulls) == ("\0" in whole)


def test_a_byte_order_mark_in_the_middle_of_a_chinese_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "entities.csv"
    above = f"id,type,name\nf1,firm,{TEXTS['gb18030']}\n".encode("gbk")
    path.write_bytes(above + b"\xef\xbb\xbf" + f"f2,firm,{TEXTS['gb18030']}\n".encode())
    with pytest.raises(DataError, match="line 3 begins with the byte order mark of UTF-8") as told:
        text(path, "entities", None, tmp_path)
    assert [(p.code, p.line) for p in told.value.problems] == [("encoding-unreadable", 3)]


def test_a_byte_order_mark_of_the_same_encoding_is_a_character_around_an_id(tmp_path: Path) -> None:
    path = tmp_path / "entities.csv"
    path.write_bytes(
        f"id,type,name\nf1,firm,{TEXTS['gb18030']}\n\ufefff2,firm,新\n".encode("gb18030")
    )
    found = text(path, "entities", None, tmp_path)
    assert found.encoding == "gb18030"
    assert "\n\ufefff2,firm,新\n" in found.path.read_text(encoding="utf-8")
