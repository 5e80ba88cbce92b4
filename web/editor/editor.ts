/** The SPARQL editor: it takes the place of the text field, which works without it. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  HighlightStyle,
  StreamLanguage,
  bracketMatching,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type Words, completing } from "./words";

const LONGEST_ADDRESS = 6000;

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "light-dark(#1f54b5, #8ab4f8)", fontWeight: "600" },
  { tag: [tags.string, tags.literal], color: "light-dark(#1c6e3a, #8fd6a5)" },
  { tag: [tags.number, tags.bool], color: "light-dark(#8a4b08, #ffc58a)" },
  { tag: tags.comment, color: "var(--faint)" },
  { tag: [tags.variableName, tags.standard(tags.variableName)], color: "light-dark(#7a3e9d, #d0b3ff)" },
]);

const theme = EditorView.theme({
  "&": {
    background: "var(--paper)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
  },
  "&.cm-focused": { outline: "2px solid var(--link)" },
  ".cm-scroller": {
    font: "13px/1.6 ui-monospace, Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace",
    minHeight: "14em",
  },
  ".cm-gutters": { background: "transparent", color: "var(--faint)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "transparent" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-tooltip": {
    background: "var(--paper)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--link)", color: "var(--ground)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.7", fontStyle: "normal", marginLeft: "1.5em" },
});

/** Show the server's error where it is. */
function mark(view: EditorView): void {
  const error = document.getElementById("error");
  const { line, column } = error?.dataset ?? {};
  if (!error || !line || !column || Number(line) > view.state.doc.lines) return;
  const found = view.state.doc.line(Number(line));
  // The server counts characters, the editor counts code units.
  const before = Array.from(found.text)
    .slice(0, Number(column) - 1)
    .join("").length;
  const from = Math.min(found.from + before, found.to);
  const word = /^[\w:.-]+/.exec(view.state.sliceDoc(from, found.to))?.[0] ?? "";
  const to = Math.min(from + Math.max(word.length, 1), view.state.doc.length);
  const message = error.textContent.trim().split("\n", 1).join("");
  view.dispatch(setDiagnostics(view.state, [{ from: Math.min(from, to), to, severity: "error", message }]));
}

function start(area: HTMLTextAreaElement): void {
  const form = area.form;
  if (!form) return;
  const submit = (): boolean => {
    form.requestSubmit();
    return true;
  };
  let words: Promise<Words> | undefined;
  const load = (): Promise<Words> =>
    (words ??= fetch(area.dataset.words ?? "").then((reply) => reply.json() as Promise<Words>));
  // In a shadow root the editor's styles need no exception from the page's policy.
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("  "),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Query" }),
        StreamLanguage.define(sparql),
        syntaxHighlighting(style),
        autocompletion({ override: [completing(load)], icons: false }),
        keymap.of([
          { key: "Mod-Enter", run: submit },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          // Escape first leaves Tab to the browser, so that no keyboard is caught here.
          indentWithTab,
        ]),
        theme,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) area.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  area.hidden = true;
  area.after(host);
  const keys = document.getElementById("keys");
  if (keys) keys.textContent = "Ctrl+Enter runs it, Ctrl+Space completes.";
  form.addEventListener("submit", () => {
    form.method = area.value.length > LONGEST_ADDRESS ? "post" : "get";
  });
  // A page that the back button brings up again has its old text in the field.
  window.addEventListener("pageshow", () => {
    const text = view.state.doc.toString();
    if (area.value !== text) view.dispatch({ changes: { from: 0, to: text.length, insert: area.value } });
  });
  mark(view);
}

const area = document.querySelector<HTMLTextAreaElement>("textarea#query");
if (area) start(area);
