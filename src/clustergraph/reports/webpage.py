"""The report as a page: one HTML file, with no script in it and no address outside of it."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from clustergraph.codes import CODES, Severity
from clustergraph.errors import Problem
from clustergraph.reports import Findings, counted

SHOWN = 1_000  # problems of one kind in the page; the table of all of them is CSV's

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --error: #B3261E;
  --warning: #8A5A00; --note: #2B5C9E; }
@media (prefers-color-scheme: dark) {
  :root { --error: #F2948C; --warning: #E5B567; --note: #8FB8F0; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
header p { margin: .25rem 0 1rem; }
fieldset { border: 0; display: flex; gap: 1.5rem; margin: 0 0 1rem; padding: 0; }
nav ul { columns: 24rem; list-style: none; margin: 0 0 1rem; padding: 0; }
nav li { break-inside: avoid; display: flex; gap: .75rem; padding: .1rem 0; }
nav span { flex: 0 0 4.5rem; font-variant-numeric: tabular-nums; text-align: right; }
nav a { color: inherit; }
details { border-top: 1px solid var(--line); padding: .5rem 0; }
summary { cursor: pointer; }
summary b { font-weight: 600; }
code { font: .9em ui-monospace, monospace; }
table { border-collapse: collapse; margin: .5rem 0; table-layout: fixed; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; unicode-bidi: plaintext; }
th { font-weight: 600; white-space: nowrap; }
th:nth-child(1) { width: 12rem; }
th.row { width: 6rem; }
th:nth-child(3) { width: 10rem; }
.row { text-align: right; font-variant-numeric: tabular-nums; }
.row small { display: block; opacity: .75; }
.mend { background: var(--soft); padding: .5rem .75rem; margin: .5rem 0; }
.error > summary b, .error > span { color: var(--error); }
.warning > summary b, .warning > span { color: var(--warning); }
.note > summary b, .note > span { color: var(--note); }
body:has(#show-error:not(:checked)) :is(details, li).error,
body:has(#show-warning:not(:checked)) :is(details, li).warning,
body:has(#show-note:not(:checked)) :is(details, li).note { display: none; }
@media (max-width: 48rem) {
  thead { display: none; }
  table, tbody, tr { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; display: block; padding: 0; }
  td:nth-child(-n+3) { display: inline; font-size: .9em; margin-right: .5rem; opacity: .75; }
  td.row:not(:empty)::before { content: "row "; }
  .row small { display: inline; } }
@media print { fieldset { display: none; } }
"""


def report(findings: Findings) -> str:
    """Return all problems as a page, by kind, errors first; the reader hides kinds at will."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"Problems in {findings.source}"
    groups = findings.groups()
    read = " and ".join(f"{file} ({counted(n, 'row')})" for file, n in findings.rows.items())
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f"<header><h1>{escape(title)}</h1>",
        f"<p>{escape(findings.verdict())}{escape(f' Read: {read}.') if read else ''}</p></header>",
        *_filters(findings),
        *_overview(groups),
        "<main>",
        *(line for code, found in groups.items() for line in _group(code, found)),
        "</main>",
        "</html>",
        "",
    ]
    return "\n".join(parts)


def _filters(findings: Findings) -> Iterator[str]:
    weights = [severity for severity in Severity if findings.count(severity)]
    if len(weights) > 1:
        yield "<fieldset>"
        for weight in weights:
            number = counted(findings.count(weight), weight.value)
            yield f'<label><input type="checkbox" id="show-{weight}" checked> {number}</label>'
        yield "</fieldset>"


def _overview(groups: Mapping[str, Sequence[Problem]]) -> Iterator[str]:
    """Yield the kinds of problems, each with its number, which lead to where they are told."""
    if len(groups) > 1:
        yield "<nav><ul>"
        for code, problems in groups.items():
            number = sum(p.count for p in problems)
            yield (
                f'<li class="{problems[0].severity}"><span>{number:,}</span>'
                f' <a href="#{code}">{escape(CODES[code].meaning)}</a></li>'
            )
        yield "</ul></nav>"


def _group(code: str, problems: Sequence[Problem]) -> Iterator[str]:
    weight = problems[0].severity.value
    number = sum(p.count for p in problems)
    yield f'<details class="{weight}" id="{code}" open>'
    yield (
        f"<summary><b>{weight}</b> <code>{code}</code> {escape(CODES[code].meaning)}"
        f" ({number:,})</summary>"
    )
    yield f'<p class="mend">{escape(CODES[code].mend)}</p>'
    yield '<table><thead><tr><th>file</th><th class="row">row</th><th>column</th><th>what</th>'
    yield "</tr></thead>"
    yield "<tbody>"
    for found in problems[:SHOWN]:
        place = "" if found.row is None else f"{found.row}"
        if found.line is not None and found.line != found.row:
            place += f" <small>line {found.line}</small>"
        yield (
            f'<tr><td>{escape(found.file)}</td><td class="row">{place}</td>'
            f"<td>{escape(found.column or '')}</td>"
            f"<td>{escape(found.text)}</td></tr>"
        )
    yield "</tbody></table>"
    if rest := sum(p.count for p in problems[SHOWN:]):
        yield f"<p>and {rest:,} more</p>"
    yield "</details>"
