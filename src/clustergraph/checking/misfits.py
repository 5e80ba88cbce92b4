"""Values that do not fit their column's datatype: what is the matter, and what may be meant.

Nothing here changes a value. It says what a person would write instead, where that can be known: a
date in another order, a number with marks that group its digits, `12万`, an address without its
beginning.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from clustergraph import datatypes as datatypes_
from clustergraph.checking.places import short
from clustergraph.iris import is_http_iri
from clustergraph.vocabulary import XSD


@dataclass(frozen=True, slots=True)
class Misfit:
    """The code of the problem, what is the matter in words, and what to write instead."""

    code: str
    message: str
    suggestion: str | None


def told(datatypes: tuple[str, ...], value: str) -> Misfit:
    """Return what is to be said of a value that has none of these datatypes."""
    text = unicodedata.normalize("NFKC", value).strip()
    what = datatypes_.name(datatypes)
    kept = "so it was kept as text"
    if text.casefold() in _NOTHING:
        message = f"'{short(value)}' is no {what}, {kept}"
        return Misfit("value-invalid", message, "leave the cell empty where nothing is known")
    if what == "date":
        return _date(datatypes, value, text)
    if what == "web address":
        message = f"'{short(value)}' is {address(value) or 'no http or https address'}, {kept}"
        return Misfit("address-invalid", message, _address_meant(value.strip()))
    meant = _truth(text) if what == "true or false" else _number(datatypes, text)
    suggestion = f"write {meant}" if meant else f"write it like {datatypes_.form(datatypes)}"
    is_no = "neither true nor false" if what == "true or false" else f"no {what}"
    return Misfit("value-invalid", f"'{short(value)}' is {is_no}, {kept}", suggestion)


def code(datatypes: tuple[str, ...], value: str) -> str:
    """Return the code of what `told` says of a value, without finding the words."""
    what = datatypes_.name(datatypes)
    if what not in {"date", "web address"}:
        return "value-invalid"
    text = unicodedata.normalize("NFKC", value).strip()
    if what == "date":
        ambiguous = (match := _LOCAL.fullmatch(text)) and _ambiguous(match)
        return "date-ambiguous" if ambiguous else "value-invalid"
    return "value-invalid" if text.casefold() in _NOTHING else "address-invalid"


_NOTHING = frozenset(
    (
        *("-", "--", "—", "–", "?", ".", "/", "n/a", "na", "n.a.", "nan", "none", "null", "nil"),
        *("unknown", "tbd", "tba", "0000-00-00", "0000"),
        *("无", "無", "未知", "不详", "不詳", "暂无"),
    )
)

# Dates

_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./ ]([0-9]{1,2})(?:[-./ ]([0-9]{1,2}))?(?:[T ][0-9:.Z+]*)?")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_CHINESE = re.compile(r"([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})[日号])?)?")
_LOCAL = re.compile(r"([0-9]{1,2})[-./ ]([0-9]{1,2})[-./ ]([0-9]{4})")
_NAMED = re.compile(
    r"(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[ -])?(?P<month>[a-z]{3,9})\.?"
    r"(?:[ -](?P<day2>[0-9]{1,2})(?:st|nd|rd|th)?(?=,| ))?,?[ -](?P<year>[0-9]{4})",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[2-6][0-9]{4}")  # days since 1899-12-30: the years 1954 to 2091
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_MONTH = 12


def _date(datatypes: tuple[str, ...], value: str, text: str) -> Misfit:
    kept = "so it was kept as text"
    if match := _LOCAL.fullmatch(text):
        first, second, year = map(int, match.groups())
        if _ambiguous(match):
            message = (
                f"'{short(value)}' may be {first} {_NAMES[second - 1]} or {second}"
                f" {_NAMES[first - 1]} {year}, {kept}"
            )
            forms = f"write {year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
            return Misfit("date-ambiguous", message, forms)
    parts = _date_parts(text)
    if parts and (meant := _iso(*parts)):
        form = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(meant)]
        if XSD + form in datatypes and meant != value.strip():
            message = f"'{short(value)}' is not written as a date is, {kept}"
            return Misfit("value-invalid", message, f"write {meant}")
    elif parts:
        message = f"'{short(value)}' is not in the calendar, {kept}"
        return Misfit("value-invalid", message, None)
    message = f"'{short(value)}' is no date, {kept}"
    form = datatypes_.form(datatypes)
    if _SERIAL.fullmatch(text) and XSD + "date" in datatypes:
        day = date(1899, 12, 30) + timedelta(days=int(text))
        return Misfit("value-invalid", message, f"as a spreadsheet counts days, that is {day}")
    return Misfit("value-invalid", message, f"write it like {form}")


def _ambiguous(match: re.Match[str]) -> bool:
    """Return whether a local date may be of two days."""
    first, second, _ = map(int, match.groups())
    return max(first, second) <= _MONTH and first != second


def _date_parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Return year, month and day, as far as they are said, of a date in some form."""
    for pattern in (_YEAR_FIRST, _COMPACT):
        if match := pattern.fullmatch(text):
            year, month, day = match.groups()
            return int(year), int(month), int(day) if day else None
    if match := _CHINESE.fullmatch(_tens(text).translate(_DIGITS)):
        year, month, day = match.groups()
        return int(year), int(month) if month else None, int(day) if day else None
    if match := _LOCAL.fullmatch(text):
        first, second, year = map(int, match.groups())
        return (year, first, second) if second > _MONTH else (year, second, first)
    if match := _NAMED.fullmatch(text):
        name = match["month"].lower()
        number = next((n for n, m in enumerate(_NAMES, 1) if _is_month(name, m)), None)
        day = match["day"] or match["day2"]
        return (int(match["year"]), number, int(day) if day else None) if number else None
    return None


def _is_month(name: str, month: str) -> bool:
    return month.lower().startswith(name)


def _tens(text: str) -> str:
    """Write the tens of Chinese days and months with digits: `二十五` is `二五`, `十` is `10`."""
    text = re.sub(r"(?<=[一二三])十(?=[一二三四五六七八九])", "", text)
    text = re.sub(r"(?<=[一二三])十", "零", text)
    text = re.sub(r"十(?=[一二三四五六七八九])", "一", text)
    return text.replace("十", "一零")


def _iso(year: int, month: int | None, day: int | None) -> str | None:
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if month is None:
        return f"{year:04}"
    return f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"


# Numbers

_SCALES = {
    "万亿": 12, "亿": 8, "億": 8, "千万": 7, "百万": 6, "万": 4, "萬": 4,
    "trillion": 12, "billion": 9, "bn": 9, "million": 6, "mn": 6, "m": 6, "thousand": 3, "k": 3,
}  # fmt: skip
_SCALE = re.compile(f"(.*?) *({'|'.join(_SCALES)})", re.IGNORECASE)
_AROUND = re.compile(
    r"^(?:[£$€¥]|(?:rmb|cny|usd|eur|gbp)\b)? *(.*?) *(?:[£$€¥%元]|(?:rmb|cny|usd|eur|gbp))?$",
    re.IGNORECASE,
)
_COMMAS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_POINTS = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_SPACES = re.compile(r"[+-]?[0-9]{1,3}(?:[ '’_][0-9]{3})+(?:[.,][0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_LONGEST = 40  # digits of a number that is written out


def _number(datatypes: tuple[str, ...], text: str) -> str | None:
    """Return the number that a text means, as the datatypes write it."""
    number = _plain_number(text)
    if number is None:
        return None
    whole = datatypes_.name(datatypes) == "whole number"
    if whole and number != number.to_integral_value():
        return None
    if {XSD + "nonNegativeInteger", XSD + "positiveInteger"} & set(datatypes) and number < 0:
        return None
    if whole:
        number = number.to_integral_value()
    written = f"{number:f}"
    return written if len(written) <= _LONGEST else None


def _plain_number(text: str) -> Decimal | None:
    match = _AROUND.match(text)
    text = match[1] if match else text
    power = 0
    if scaled := _SCALE.fullmatch(text):
        text, power = scaled[1], _SCALES[scaled[2].lower()]
    if _COMMAS.fullmatch(text):
        text = text.replace(",", "")
    elif _POINTS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif _SPACES.fullmatch(text):
        text = re.sub("[ '’_]", "", text).replace(",", ".")
    elif _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST:
        return None
    scaled_up = number.scaleb(power)
    return (
        scaled_up.quantize(Decimal(1))
        if scaled_up == scaled_up.to_integral_value() and (power or "e" in text.lower())
        else scaled_up
    )


# The rest

_TRUTHS = {"true": ("yes", "y", "t", "是", "真", "有", "√"), "false": ("no", "n", "f", "否", "假")}


def _truth(text: str) -> str | None:
    spelt = {spelling: truth for truth, some in _TRUTHS.items() for spelling in (truth, *some)}
    return spelt.get(text.casefold())


_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?=[^ ])", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#:].*)?", re.IGNORECASE)


def address(text: str) -> str | None:
    """Say what kind of address a text is that is none of http or https, if it looks like one."""
    if any(_meant_addresses(text.strip())) and not _SCHEME.match(text):
        return "an address without its beginning, https://"
    match = _SCHEME.match(text.strip())
    if match and match[1].lower() in {"http", "https"}:
        return "no proper address: it holds a character that none may hold"
    if match and "." not in match[1]:
        return f"an address that is neither http nor https ({match[1].lower()}:)"
    return None


def _address_meant(text: str) -> str | None:
    if meant := next(_meant_addresses(text), None):
        return f"write {meant}"
    return None if _SCHEME.match(text) else "write it like https://example.org/page"


def _meant_addresses(text: str) -> Iterator[str]:
    candidates = [quote(text, safe=":/?#[]@!$&'()*+,;=%~-._")] if _SCHEME.match(text) else []
    if _BARE_HOST.fullmatch(text):
        candidates.append(f"https://{text}")
    if text.startswith("//"):
        candidates.append(f"https:{text}")
    yield from (candidate for candidate in candidates if is_http_iri(candidate))
