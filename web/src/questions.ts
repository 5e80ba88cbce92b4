/** Questions: a list of them, a form for what each leaves open, a box for one's own, and the answer. */
import type { Answerer, Found } from "./answers";
import { mistake, NoAnswer, placeIn } from "./answers";
import type { Choice, Parameter, Question } from "./asked";
import { choices, chosen, filled, given, named } from "./asked";
import type { Carried } from "./carried";
import { el, replace, saidAll } from "./dom";
import { foundElements } from "./found";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Meanings } from "./results";
import { meanings } from "./results";
import type { Word } from "./words";
import { kindName, known } from "./words";

/** Up to so many choices stand in a list to open; more are found by typing. */
const LISTED = 40;
const FIRST_QUERY = `SELECT ?type (COUNT(*) AS ?count)
WHERE { ?entity a ?type }
GROUP BY ?type
ORDER BY DESC(?count)`;

/** What became of the last question. */
type Outcome =
  | { kind: "none" }
  | { kind: "waiting"; word: "starting" | "looking" }
  | { kind: "found"; found: Found }
  | { kind: "failed"; words: Word; error: NoAnswer };

export function questions(page: Page): { element: HTMLElement; render: () => void } {
  const element = el("div", { class: "questions-view", hidden: true });
  const { carried } = page;
  if (!carried) return { element, render: () => undefined };
  let desk: Desk | null = null;
  const render = () => {
    element.hidden = page.store.state.view !== "questions";
    if (element.hidden) return;
    // What answers stands at the end of the file, so that the first picture need not wait for it.
    if (document.readyState === "loading")
      document.addEventListener("DOMContentLoaded", render, { once: true });
    else (desk ??= new Desk(page, carried, element)).render();
  };
  return { element, render };
}

class Desk {
  private readonly questions: Question[];
  private readonly answerer: Answerer;
  private readonly meaning: Meanings;
  /** The question that is open; null is the box for one's own query. */
  private chosen: Question | null = null;
  /** Whether one is open: on a narrow page the list gives way to it. */
  private opened = false;
  private values = new Map<string, Map<string, string>>();
  private wrong = new Map<string, Word>();
  private own = FIRST_QUERY;
  private outcome: Outcome = { kind: "none" };
  private turn = 0;
  private started = false;
  private readonly place = el("section", { class: "asked" });
  private readonly answer = el("div", { class: "answer" });
  private readonly live = el("p", { class: "live", role: "status" });

  constructor(
    private page: Page,
    private carried: Carried,
    private element: HTMLElement,
  ) {
    this.questions = carried.asked().questions;
    this.answerer = carried.answerer();
    this.meaning = meanings(page.model);
    this.chosen = this.questions.at(0) ?? null;
  }

  render(): void {
    const { language } = this.page.store.state;
    const item = (question: Question | null, ...text: (Node | string)[]) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            class: "question",
            "aria-current": question === this.chosen ? "true" : undefined,
            on: { click: () => this.open(question) },
          },
          ...text,
        ),
      );
    replace(
      this.element,
      el(
        "nav",
        { class: "question-list", "aria-label": sayPlain(this.page, "questions") },
        el(
          "ul",
          {},
          this.questions.map((question) =>
            item(question, ...saidAll(kindName(named(question.titles, question.name), language))),
          ),
          item(null, ...say(this.page, "ownQuery")),
        ),
      ),
      this.place,
    );
    this.element.dataset.opened = this.opened ? "yes" : "no";
    this.show();
  }

  private open(question: Question | null): void {
    this.chosen = question;
    this.opened = true;
    this.outcome = { kind: "none" };
    this.wrong.clear();
    this.halt();
    this.render();
    this.place.querySelector<HTMLElement>("h2")?.focus();
    // Where the defaults say enough, the answer comes with the question.
    if (question?.parameters.every((one) => this.value(question, one) || !one.required)) this.ask();
  }

  private show(): void {
    const { page, chosen: question } = this;
    const { language } = page.store.state;
    const title = question ? kindName(named(question.titles, question.name), language) : null;
    const texts = (labels: Record<string, string>, name: string) =>
      Object.keys(labels).length
        ? [el("p", { class: name }, ...saidAll(kindName(named(labels), language)))]
        : [];
    replace(
      this.place,
      el(
        "button",
        { type: "button", class: "quiet all-questions", on: { click: () => this.leave() } },
        "← ",
        ...say(page, "allQuestions"),
      ),
      el("h2", { tabindex: -1 }, ...(title ? saidAll(title) : say(page, "ownQuery"))),
      question && texts(question.wordings, "wording"),
      question && texts(question.notes, "hint"),
      question ? this.form(question) : this.box(),
      this.live,
      this.answer,
    );
    this.showOutcome();
  }

  private leave(): void {
    this.opened = false;
    this.render();
  }

  // The form of a named question

  private value(question: Question, parameter: Parameter): string {
    const known = this.values.get(question.name)?.get(parameter.name);
    if (known !== undefined) return known;
    // A default that this data does not know is none.
    const options = choices(this.page.model, parameter, this.page.store.state.language);
    return !options || chosen(this.page.model, options, parameter.default) ? parameter.default : "";
  }

  private form(question: Question): HTMLElement {
    const fields = question.parameters.map((parameter) => this.field(question, parameter));
    return el(
      "form",
      {
        on: {
          submit: (event) => {
            event.preventDefault();
            this.ask();
          },
        },
      },
      fields.length > 0 && el("div", { class: "fields" }, fields),
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "submit", class: "button main" }, ...say(this.page, "ask")),
        this.stopper(),
        el(
          "button",
          { type: "button", class: "quiet", on: { click: () => this.rewrite(question) } },
          ...say(this.page, "asSparql"),
        ),
      ),
    );
  }

  private field(question: Question, parameter: Parameter): HTMLElement {
    const { page } = this;
    const { language } = page.store.state;
    const id = `field-${parameter.name}`;
    const options = choices(page.model, parameter, language);
    const value = this.value(question, parameter);
    const keep = (text: string) => {
      const kept = this.values.get(question.name) ?? new Map<string, string>();
      const choice = options && chosen(page.model, options, text.trim());
      this.values.set(question.name, kept.set(parameter.name, choice ? choice.key : text));
    };
    const wrong = this.wrong.get(parameter.name);
    const attributes = {
      id,
      "aria-invalid": wrong ? "true" : undefined,
      "aria-describedby": wrong ? `${id}-wrong` : undefined,
      "aria-required": parameter.required ? "true" : undefined,
    };
    const choice = options && chosen(page.model, options, value);
    const control =
      options && options.length <= LISTED
        ? this.list(parameter, options, choice, attributes, keep)
        : this.typed(parameter, options, choice ? choice.text : value, attributes, keep);
    return el(
      "div",
      { class: "field" },
      el("label", { for: id }, ...saidAll(kindName(named(parameter.labels, parameter.name), language))),
      control,
      wrong && el("p", { class: "warning", id: `${id}-wrong` }, ...say(page, wrong)),
    );
  }

  private list(
    parameter: Parameter,
    options: Choice[],
    choice: Choice | null,
    attributes: Record<string, string | undefined>,
    keep: (text: string) => void,
  ): HTMLElement {
    const { language } = this.page.store.state;
    const select = el(
      "select",
      { ...attributes, on: { change: () => keep(select.value) } },
      !parameter.required && el("option", { value: "" }, sayPlain(this.page, "any")),
      options.map(({ key, text }) =>
        el(
          "option",
          { value: key, selected: key === choice?.key },
          parameter.kind === "choice"
            ? known(text, language)
                .map((part) => part.text)
                .join(" ")
            : text,
        ),
      ),
    );
    return select;
  }

  private typed(
    parameter: Parameter,
    options: Choice[] | null,
    text: string,
    attributes: Record<string, string | undefined>,
    keep: (text: string) => void,
  ): HTMLElement {
    const list = `list-${parameter.name}`;
    const input = el("input", {
      ...attributes,
      type: "text",
      value: text,
      list: options ? list : undefined,
      inputmode: parameter.kind === "year" ? "numeric" : undefined,
      placeholder: parameter.required ? undefined : sayPlain(this.page, "any"),
      autocomplete: "off",
      spellcheck: "false",
      on: { input: () => keep(input.value) },
    });
    return el(
      "span",
      { class: "typed" },
      input,
      options &&
        el(
          "datalist",
          { id: list },
          options.map((choice) => el("option", { value: choice.text })),
        ),
    );
  }

  // The box for a query of one's own

  private box(): HTMLElement {
    const { page } = this;
    const text = el("textarea", {
      id: "own-query",
      rows: 9,
      spellcheck: "false",
      autocapitalize: "off",
      "aria-label": "SPARQL",
      "aria-describedby": "own-query-hint",
      on: {
        input: () => (this.own = text.value),
        keydown: (event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            this.ask();
          }
        },
      },
    });
    text.value = this.own;
    const { prefixes } = this.carried.asked();
    return el(
      "form",
      {
        on: {
          submit: (event) => {
            event.preventDefault();
            this.ask();
          },
        },
      },
      el("p", { class: "hint", id: "own-query-hint" }, ...say(page, "ownQueryHint")),
      text,
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "submit", class: "button main" }, ...say(page, "run")),
        this.stopper(),
      ),
      el(
        "details",
        { class: "prefixes" },
        el("summary", {}, ...say(page, "prefixes")),
        el(
          "dl",
          { class: "facts" },
          Object.entries(prefixes).flatMap(([name, iri]) => [
            el("dt", {}, `${name}:`),
            el("dd", {}, el("bdi", {}, iri)),
          ]),
        ),
      ),
    );
  }

  private rewrite(question: Question): void {
    const terms = this.terms(question);
    if (!terms) return;
    this.own = filled(question.parts, terms);
    this.open(null);
  }

  private stopper(): HTMLElement {
    return el(
      "button",
      { type: "button", class: "button stopper", hidden: true, on: { click: () => this.answerer.stop() } },
      ...say(this.page, "stop"),
    );
  }

  // Asking

  /** Returns the term of each parameter that has a value, or null where one is wrong. */
  private terms(question: Question): Map<string, string> | null {
    const terms = new Map<string, string>();
    this.wrong.clear();
    for (const parameter of question.parameters) {
      const options = choices(this.page.model, parameter, this.page.store.state.language);
      const said = given(this.page.model, parameter, this.value(question, parameter), options);
      if ("wrong" in said) this.wrong.set(parameter.name, said.wrong);
      else if (said.term !== null) terms.set(parameter.name, said.term);
    }
    if (!this.wrong.size) return terms;
    this.show();
    this.place.querySelector<HTMLElement>("[aria-invalid]")?.focus();
    return null;
  }

  private ask(): void {
    const wrongBefore = this.wrong.size > 0;
    const terms = this.chosen ? this.terms(this.chosen) : null;
    if (this.chosen && !terms) return;
    if (wrongBefore) this.show();
    const sparql = this.chosen && terms ? filled(this.chosen.parts, terms) : this.own;
    this.halt();
    const turn = ++this.turn;
    this.settle({ kind: "waiting", word: this.started ? "looking" : "starting" });
    this.answerer.ask(sparql).then(
      (found) => {
        this.started = true;
        if (turn === this.turn) this.settle({ kind: "found", found });
      },
      (error: unknown) => {
        if (!(error instanceof NoAnswer)) throw error;
        if (turn === this.turn) this.settle({ kind: "failed", words: REASONS[error.trouble], error });
      },
    );
  }

  private halt(): void {
    this.turn++;
    if (this.outcome.kind === "waiting") this.answerer.stop();
  }

  private settle(outcome: Outcome): void {
    this.outcome = outcome;
    this.showOutcome();
  }

  private showOutcome(): void {
    const { page, outcome } = this;
    const stopper = this.place.querySelector<HTMLElement>(".stopper");
    if (stopper) stopper.hidden = outcome.kind !== "waiting";
    replace(this.live, ...(outcome.kind === "waiting" ? say(page, outcome.word) : []));
    switch (outcome.kind) {
      case "found":
        replace(
          this.answer,
          ...foundElements(
            { page, meaning: this.meaning, prefixes: this.carried.asked().prefixes, question: this.chosen },
            outcome.found,
          ),
        );
        break;
      case "failed":
        replace(this.answer, this.failure(outcome.words, outcome.error));
        break;
      default:
        replace(this.answer);
    }
  }

  private failure(words: Word, error: NoAnswer): HTMLElement {
    const { page } = this;
    if (error.trouble !== "query") return el("p", { class: "trouble", role: "alert" }, ...say(page, words));
    const place = error.at === null || this.chosen ? null : placeIn(this.own, error.at);
    const wrong = mistake(error.message, (error.at ?? 0) >= this.own.trimEnd().length);
    return el(
      "div",
      { class: "trouble", role: "alert" },
      place && [
        el("p", {}, ...say(page, "line"), ` ${place.line}, `, ...say(page, "column"), ` ${place.column}`),
        el("pre", {}, `${place.shown}\n${place.pad}^`),
      ],
      el("p", {}, ...("word" in wrong ? say(page, wrong.word) : [el("bdi", { lang: "en" }, wrong.text)])),
    );
  }
}

const REASONS = {
  query: "query",
  time: "tooSlow",
  size: "tooLarge",
  broken: "tooMuch",
  stopped: "stopped",
} as const satisfies Record<NoAnswer["trouble"], Word>;
