"""What the values of a column look like: the datatype that all of them have, and what to look at.

A datatype is inferred only where every single value fits. What merely looks like a number is left
a text: codes with leading zeros, phone numbers, numbers too long to count with.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clustergraph.datatypes import DATATYPES
from clustergraph.iris import sql_text
from clustergraph.terms import Property
from clustergraph.vocabulary import XSD

if TYPE_CHECKING:
    from clustergraph.check import Checked
    from clustergraph.reading.columns import Column
    from clustergraph.tables import Table

# Each strptime format with what a date in it looks like; month names are left to people.
_FORMATS: Mapping[str, str] = {
    "%m/%d/%Y": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    "%d/%m/%Y": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    "%d.%m.%Y": "[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}",
    "%m-%d-%Y": "[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}",
    "%d-%m-%Y": "[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}",
    "%Y/%m/%d": "[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}",
    "%Y.%m.%d": "[0-9]{4}[.][0-9]{1,2}[.][0-9]{1,2}",
    "%Y%m%d": "(1[5-9]|20)[0-9]{6}",
    "%Y年%m月%d日": "[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日",
}
_DATES = ("date", "gYearMonth", "gYear")
_NUMBERS = ("integer", "decimal", "double")
_SEPARATORS = ("|", ";", "；", "、")
_YEAR = re.compile(r"year|founded|established|since|date|年|成立|日期")
_CODE = re.compile(
    r"(^|[ _-])(id|code|phone|tel|telephone|fax|zip|postcode|isbn|doi)($|[ _-])"
    r"|代码|编号|编码|号码|电话|邮编|证号"
)
_LANGUAGE = re.compile(r"(.+)[ _-]\(?(en|zh|zh[-_]hans|zh[-_]hant|ja|ko|de|fr|es|pt|ru|ar)\)?")
_DIGITS = 15  # more are no number to count with: an account, a registration
_MOSTLY = 0.8  # of the values; so many that their common form is worth a remark
_OFTEN = 0.05  # of the cells; so many that what they hold between values is worth a remark
_SOME = 2


@dataclass(frozen=True, slots=True)
class Values:
    """What the values of a column look like.

    `datatypes` are IRIs (none: text), `date_format` the strptime format of dates that are not ISO
    8601; `remarks` are sentences for a person, `examples` some of the values, `filled` how many
    cells hold one.
    """

    filled: int
    examples: tuple[str, ...] = ()
    datatypes: tuple[str, ...] = ()
    date_format: str | None = None
    proposals: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def infer(checked: "Checked", columns: Sequence[tuple["Table", "Column"]]) -> Values:
    """Return what the values of one word's columns look like, in both tables together."""
    texts = [(t, c) for t, c in columns if c.language is None]
    values = " UNION ALL ".join(
        f"SELECT {_trimmed(checked, table, column)} AS v FROM {table.name}"
        f" WHERE {column.cell} <> ''"
        for table, column in texts or columns
    )
    # Every form is looked for in each value once, however often the value stands there.
    checked.tables.connection.execute(
        "CREATE OR REPLACE TEMP TABLE inferred AS SELECT v, count(*) AS n"
        f" FROM ({values}) WHERE v <> '' GROUP BY v"
    )
    values = "inferred"
    counted = _count(checked, values)
    if not counted["filled"]:
        return Values(0, remarks=("no cell is filled",))
    examples = tuple(
        str(v) for (v,) in checked.query(f"SELECT v FROM {values} ORDER BY n DESC, v LIMIT 3")
    )
    word = columns[0][1].word
    if not texts:
        return Values(counted["filled"], examples)
    datatypes, form, remarks, proposals = _typed(word, counted)
    if not datatypes:
        proposals = [*proposals, *_separators(counted)]
        remarks = [*remarks, *_links(checked, values, counted), *_renamed(checked, word)]
    return Values(
        counted["filled"],
        examples,
        tuple(XSD + name for name in datatypes),
        form,
        tuple(proposals),
        tuple(remarks),
    )


def _trimmed(checked: "Checked", table: "Table", column: "Column") -> str:
    tidy = column.cell in checked.terms.tidy[table.name]
    return Property(column, "", tidy=tidy).value(column.cell)


def _count(checked: "Checked", values: str) -> dict[str, int]:
    """Count, in one pass, the values of every form."""
    forms = {"filled": "true"}
    kinds = (*_DATES, *_NUMBERS, "dateTime", "anyURI")
    forms |= {kind: DATATYPES[XSD + kind].sql.format(v="v") for kind in kinds}
    forms["boolean"] = "v IN ('true', 'false')"
    iso = " OR ".join(f"({forms[kind]})" for kind in _DATES)
    forms["iso"] = iso
    for form, pattern in _FORMATS.items():
        local = (
            f"regexp_full_match(v, {sql_text(pattern)})"
            f" AND try_strptime(v, {sql_text(form)}) IS NOT NULL"
        )
        forms[form] = local
        forms[f"iso {form}"] = f"({iso}) OR ({local})"
    forms["zeros"] = "regexp_full_match(v, '[+-]?0[0-9]+([.][0-9]*)?')"
    forms["long"] = f"regexp_full_match(v, '[0-9]{{{_DIGITS + 1},}}')"
    forms["year"] = "regexp_full_match(v, '(1[0-9]|20)[0-9]{2}')"
    forms["thousands"] = "regexp_full_match(v, '[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?')"
    forms |= {f"holds {mark}": f"contains(v, {sql_text(mark)})" for mark in _SEPARATORS}
    columns = ", ".join(
        f"coalesce(sum(n) FILTER (WHERE {sql}), 0)::BIGINT" for sql in forms.values()
    )
    [(*numbers, distinct)] = checked.query(f"SELECT {columns}, count(*) FROM {values}")
    found = {form: int(str(n)) for form, n in zip(forms, numbers, strict=True)}
    return found | {"distinct": int(str(distinct))}


_Found = tuple[list[str], str | None, list[str], list[tuple[str, str]]]


def _typed(word: str, counted: Mapping[str, int]) -> _Found:
    """Return the datatypes, the date format, remarks and proposals for the counted values."""
    every = counted["filled"]
    for kind in ("anyURI", "dateTime", "boolean"):
        if counted[kind] == every:
            return [kind], None, [], []
    if counted["iso"] == every and not (counted["gYear"] == every and not _years(word, counted)):
        return [kind for kind in _DATES if counted[kind]], None, [], []
    found = _local_dates(word, counted)
    if found is not None:
        return found
    return _numbers(word, counted)


def _years(word: str, counted: Mapping[str, int]) -> bool:
    return counted["year"] == counted["filled"] and _YEAR.search(word) is not None


def _local_dates(word: str, counted: Mapping[str, int]) -> _Found | None:
    every = counted["filled"]
    fits = [form for form in _FORMATS if counted[form] and counted[f"iso {form}"] == every]
    if fits == ["%Y%m%d"] and counted["distinct"] <= _SOME and not _YEAR.search(word):
        return None  # two numbers of eight digits may be anything
    if len(fits) == 1:
        also = [kind for kind in _DATES if counted[kind] or kind == "date"]
        return also, fits[0], [], []
    if fits:
        forms = " or ".join(fits)
        remark = f"all values are dates, but of which form, {forms}, only you can tell"
        return [], None, [remark], [("cg:dateFormat", form) for form in fits]
    best = max(_FORMATS, key=lambda form: counted[form])
    if counted[best] and counted[f"iso {best}"] >= _MOSTLY * every:
        odd = every - counted[f"iso {best}"]
        remark = f"all but {odd:,} values are dates of the form {best}; the others would stay text"
        return [], None, [remark], [("cg:dateFormat", best)]
    return None


def _numbers(word: str, counted: Mapping[str, int]) -> _Found:
    every = counted["filled"]
    kind = next((kind for kind in _NUMBERS if counted[kind] == every), None)
    if kind is None:
        if counted["thousands"] and counted["thousands"] + counted["decimal"] == every:
            text = "the values are numbers with commas in them; without, they could be counted with"
            return [], None, [text], []
        return [], None, [], []
    if counted["zeros"]:
        return [], None, ["the values have leading zeros, so they are codes and stay text"], []
    if counted["long"] or _CODE.search(word):
        return [], None, ["the values are digits, but no number to count with: text"], []
    years = kind == "integer" and counted["year"] == every
    remarks = ["if these are years, say xsd:gYear"] if years else []
    return [kind], None, remarks, []


def _separators(counted: Mapping[str, int]) -> list[tuple[str, str]]:
    least = max(_SOME, _OFTEN * counted["filled"])
    marks = [mark for mark in _SEPARATORS if counted[f"holds {mark}"] >= least]
    return [("cg:separator", mark) for mark in marks]


def _links(checked: "Checked", values: str, counted: Mapping[str, int]) -> list[str]:
    if counted["distinct"] < _SOME or counted["integer"] == counted["filled"]:
        return []
    if checked.query(f"SELECT 1 FROM {values} x ANTI JOIN entity_ids e ON e.id = x.v LIMIT 1"):
        return []
    return ["every value is the id of an entity: with owl:ObjectProperty they become links"]


def _renamed(checked: "Checked", word: str) -> list[str]:
    found = _LANGUAGE.fullmatch(word)
    if found is None or checked.vocabulary.column(found[1]) is None:
        return []
    header = f"{found[1]}@{found[2].replace('_', '-')}"
    return [f"rename the header to {header}, and the values are texts in that language"]
