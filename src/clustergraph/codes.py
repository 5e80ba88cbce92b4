"""The kinds of problem: one table that checks, reports, the command line and the docs all read."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem weighs: an error stops a build, a warning does not, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem: its stable code, its usual severity, what it means, how to mend it.

    `fixed` is True where nothing can be read on past it: its severity is then nobody's to change.
    """

    code: str
    severity: Severity
    meaning: str
    mend: str
    fixed: bool = False


_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

_READING = (
    Code(
        "file-missing", _E, "A table is not where it should be.",
        "Put entities.csv and relations.csv into one folder and name that folder.", fixed=True,
    ),
    Code(
        "file-empty", _E, "A file has no bytes, so not even a header.",
        "Export the file again; it needs at least the line with the names of its columns.",
        fixed=True,
    ),
    Code(
        "file-format", _E, "A file is something other than a table of text.",
        "Save it as CSV (UTF-8) from the program that made it.", fixed=True,
    ),
    Code(
        "file-swapped", _E, "The two files stand in each other's place.",
        "Swap the names of the two files.", fixed=True,
    ),
    Code(
        "sheet-missing", _E, "A workbook has no sheet for a table.",
        "Name the two sheets entities and relations.", fixed=True,
    ),
    Code(
        "sheet-merged", _W, "Cells of a sheet are merged.",
        "Take them apart and write into each row what holds for it: only the first of merged cells"
        " holds a value.",
    ),
    Code(
        "sheet-hidden", _N, "A sheet or rows of it are hidden.",
        "Nothing is lost: what is hidden was read like the rest. Delete it if it is not meant.",
    ),
    Code(
        "cell-error", _W, "A cell of a sheet holds an error, or a formula without a result.",
        "Mend the formula; where it is right, open the workbook and save it, so that its result is"
        " stored.",
    ),
    Code(
        "encoding-unreadable", _E, "The bytes are not text in the file's encoding.",
        "Save the file as UTF-8, or name its encoding: --encoding entities=gb18030.", fixed=True,
    ),
    Code(
        "encoding-guessed", _N, "The encoding was found by looking at the bytes.",
        "Look whether names read right; if so, nothing is to be done. If not, name the encoding"
        " (--encoding), or save the file as UTF-8.",
    ),
    Code(
        "file-end-mark", _W, "A file ends in the end-of-file mark of DOS programs.",
        "Nothing is lost; remove the last character (1A) or export the file again.",
    ),
    Code(
        "quote-open", _E, "A quotation mark opens and never closes.",
        "Close the quotation mark, or remove it. Inside a quoted cell write two of them.",
        fixed=True,
    ),
    Code(
        "column-missing", _E, "A required column is missing.",
        "entities.csv needs id, type and name; relations.csv needs source, relation and target."
        " The header has to be the first line.", fixed=True,
    ),
    Code(
        "column-duplicate", _E, "Two columns have the same name.",
        "Rename or remove all but one. Names in two languages are told apart: name@en, name@zh.",
        fixed=True,
    ),
    Code(
        "column-unnamed", _W, "A column that holds values has no name.",
        "Give the column a name; until then its values are left out.",
    ),
    Code(
        "column-blank", _N, "A column has neither a name nor a value.",
        "Nothing is lost; delete the column if it is in the way.",
    ),
    Code(
        "column-unknown", _N, "No vocabulary knows the column.",
        "Correct the spelling, or add the column to vocabulary.ttl to give it a datatype and a"
        " name in other languages. Its values are kept as text.",
    ),
    Code(
        "language-unknown", _W, "The language tag of a column is not well formed (BCP 47).",
        "Write the tag as in name@en, name@zh or name@zh-Hant.",
    ),
    Code(
        "row-short", _W, "A row has fewer cells than the header.",
        "Add the missing commas. The cells that are missing were read as empty.",
    ),
    Code(
        "row-long", _W, "A row has more cells than the header.",
        "Most often a comma inside a cell: put the cell between quotation marks. The surplus cells"
        " were left out.",
    ),
    Code(
        "quote-unescaped", _W, "A quotation mark inside a quoted cell is not doubled.",
        "Write each quotation mark inside a quoted cell twice, or let a spreadsheet export the"
        " file.",
    ),
    Code(
        "character-nul", _W, "A cell held the character NUL, which no text may hold.",
        "Nothing but the NUL is lost; export the file again from where it comes.",
    ),
    Code(
        "character-control", _W, "A cell holds a control character.",
        "Delete the character; it cannot be seen, and XML formats cannot carry it.",
    ),
    Code(
        "table-empty", _W, "A table has a header and no rows.",
        "Add rows, or make sure that the right file was exported.",
    ),
)  # fmt: skip

_ENTITIES = (
    Code(
        "id-empty", _W, "An entity has no id.",
        "Give the row an id that no other row has. Until then the row is left out.",
    ),
    Code(
        "id-duplicate", _W, "Two rows of entities are the same, cell for cell.",
        "Delete one of them. They were counted once.",
    ),
    Code(
        "id-conflict", _W, "Two rows with one id say different things.",
        "Give one of them another id if they are two things; else make one row of them. Until then"
        " the entity has the values of both.",
    ),
    Code(
        "id-trimmed", _W, "An id has spaces or invisible characters around it.",
        "Delete them. The id was read without them.",
    ),
    Code(
        "id-lookalike", _W, "Two ids look alike and are not the same.",
        "Make them the same id if they mean the same thing; else make them differ so that one can"
        " see it. They stay two entities.",
    ),
    Code(
        "type-empty", _W, "An entity has no type.",
        "Fill in the type. Until then the entity is just an entity.",
    ),
    Code(
        "type-unknown", _W, "No vocabulary knows the type.",
        "Correct the spelling, or add the type to vocabulary.ttl, which"
        " `clustergraph vocabulary draft` begins for you. Until then it is kept as it is written.",
    ),
    Code(
        "name-empty", _W, "An entity has no name.",
        "Fill in a name in at least one language.",
    ),
    Code(
        "name-duplicate", _N, "Two entities have the same name and the same type.",
        "If they are one thing, give them one id, also in relations.csv; if they are two, tell"
        " them apart by name (a year, a place).",
    ),
    Code(
        "entity-alone", _N, "No relation names the entity, and nothing cites it.",
        "Add the relation that is missing, or leave it: the entity stands on its own.",
    ),
    Code(
        "translation-missing", _N, "A name is there in one language only, where most have both.",
        "Fill in the name in the other language.",
    ),
)  # fmt: skip

_RELATIONS = (
    Code(
        "end-empty", _W, "A relation has no source, no relation or no target.",
        "Fill in the cell, or delete the row. Until then the row is left out.",
    ),
    Code(
        "end-unknown", _W, "A relation joins an id that no entity has.",
        "Correct the id, or add the entity to entities.csv. Until then the relation is left out,"
        " or joined to a marked stub (--stubs).",
    ),
    Code(
        "end-type", _W, "A relation joins a type that it is not meant to join.",
        "Look whether source and target are the right way round, whether the relation is the right"
        " one, and whether the entity has the right type. The relation was kept.",
    ),
    Code(
        "relation-unknown", _W, "No vocabulary knows the relation.",
        "Correct the spelling, or add the relation to vocabulary.ttl, which"
        " `clustergraph vocabulary draft` begins for you. Until then it is kept as it is written.",
    ),
    Code(
        "relation-duplicate", _W, "Two relation rows are the same, cell for cell.",
        "Delete one of them. They were counted once.",
    ),
    Code(
        "relation-id-duplicate", _W, "Two different relation rows have one id.",
        "Give each its own id, or none.",
    ),
    Code(
        "relation-conflict", _W, "Two rows state one relation with different values.",
        "Correct the value that is wrong. If both are right, they are two facts: give each its"
        " dates or an id of its own. Both were kept.",
    ),
    Code(
        "relation-mirrored", _W, "A symmetric relation is stated in both directions.",
        "Delete one of the two rows: the relation holds in both directions anyway.",
    ),
    Code(
        "relation-inverse", _N, "A relation and its inverse are both stated.",
        "Nothing is wrong; one of the two rows is enough.",
    ),
    Code(
        "relation-loop", _W, "A relation joins an entity with itself.",
        "Correct one of the two ends. The relation was kept.",
    ),
    Code(
        "hierarchy-circle", _W, "A hierarchy runs in a circle.",
        "One of the rows named is wrong, or the wrong way round: nothing is a part of itself.",
    ),
    Code(
        "period-reversed", _W, "Something ends before it starts.",
        "Correct one of the two dates.",
    ),
    Code(
        "period-overlap", _W, "The periods of one relation overlap.",
        "Correct the dates, or make one row of the two.",
    ),
)  # fmt: skip

_VALUES = (
    Code(
        "value-invalid", _W, "A value does not fit the datatype of its column.",
        "Write it as the message says. Until then it is kept as text, and nobody can count with"
        " it.",
    ),
    Code(
        "date-ambiguous", _W, "A date can be read in two ways.",
        "Write the date as year-month-day: 2024-05-31. Until then it is kept as text.",
    ),
    Code(
        "address-invalid", _W, "A web address is not an http or https address.",
        "Write the whole address, with https:// before it. Until then it is kept as text.",
    ),
    Code(
        "evidence-unknown", _W, "The evidence is neither a known id nor a web address.",
        "Correct the id, add the document to entities.csv, or give its web address.",
    ),
    Code(
        "evidence-type", _W, "The evidence is an entity, but no document.",
        "Name the document that states the fact, not the thing that the fact is about.",
    ),
    Code(
        "evidence-missing", _N, "A relation has no evidence, where the table has a column for it.",
        "Fill in the id of a document or a web address.",
    ),
)  # fmt: skip

_POLICY = (
    Code(
        "shape-violated", _E, "The graph has what a shape of your own does not allow.",
        "Correct the cell, or the shape, in the file that --shapes names.",
    ),
    Code(
        "baseline-unused", _W, "An entry of the baseline matches no problem.",
        "The problem was mended: delete the entry, or write the baseline again"
        " (--write-baseline).",
    ),
)  # fmt: skip

CODES: dict[str, Code] = {
    code.code: code for code in (*_READING, *_ENTITIES, *_RELATIONS, *_VALUES, *_POLICY)
}
