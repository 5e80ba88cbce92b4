r"""The graph as a table, a row a triple, for data frames and databases (Parquet).

| column | |
| --- | --- |
| `subject`, `predicate` | IRIs |
| `object` | an IRI, or the lexical form of a literal |
| `datatype` | the IRI of the literal's datatype; NULL where the object is an IRI |
| `language` | the literal's language tag, or NULL; its datatype is `rdf:langString` then |

It is taken from N-Triples, of which each term has one form: IRIs as they are, and of the literals'
escapes `\\`, `\"`, `\n` and `\r` only.
"""

from clustergraph.iris import sql_text
from clustergraph.vocabulary import RDF, XSD

OPTIONS = "FORMAT parquet, COMPRESSION zstd"
"""How DuckDB is to write such a table."""

# The text of a literal goes to its last quotation mark: behind it there is none.
_LITERAL = r'(?s)"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<(.*)>)?'


def sql_rows(texts: str) -> str:
    """Return SQL for the table, of SQL that selects `text`: lines of N-Triples."""
    lines = f"SELECT unnest(string_split(text, chr(10))) AS line FROM ({texts})"
    terms = (
        "SELECT split_part(line, ' ', 1) AS s, split_part(line, ' ', 2) AS p,"
        f" line[length(s) + length(p) + 3 : -3] AS o FROM ({lines}) WHERE line <> ''"
    )
    parts = f"regexp_extract(o, {sql_text(_LITERAL)}, ['text', 'language', 'datatype'])"
    literals = f"SELECT s, p, o, CASE WHEN o[1] = '\"' THEN {parts} END AS l FROM ({terms})"
    return (
        "SELECT s[2:-2] AS subject, p[2:-2] AS predicate,"
        f" CASE WHEN l IS NULL THEN o[2:-2] ELSE {_unescaped('l.text')} END AS object,"
        f" CASE WHEN l.language <> '' THEN {sql_text(RDF + 'langString')}"
        f" WHEN l.datatype = '' THEN {sql_text(XSD + 'string')} ELSE l.datatype END AS datatype,"
        f" nullif(l.language, '') AS language FROM ({literals})"
    )


def _unescaped(text: str) -> str:
    r"""Return SQL for a literal's text without escapes; between `\\` and `\\` the others stand."""
    piece = "p"
    for escape, character in ((r"\n", "\n"), (r"\r", "\r"), (r"\"", '"')):
        piece = f"replace({piece}, {sql_text(escape)}, {sql_text(character)})"
    pieces = rf"list_transform(string_split({text}, '\\'), lambda p: {piece})"
    return rf"CASE WHEN contains({text}, '\') THEN array_to_string({pieces}, '\') ELSE {text} END"
