/** Questions: a list of them, a form for what each leaves open, a box for one's own, and the answer. */
import type { Answerer, Found } from "./answers";
import { mistake, NoAnswer, placeIn } from "./answers";
import type { Question } from "./asked";
import { filled, named } from "./asked";
import type { Carried } from "./carried";
import { el, replace, saidAll } from "./dom";
import { foundElements } from "./found";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import { QuestionForm } from "./question-form";
import type { Meanings } from "./results";
import { meanings } from "./results";
import type { Word } from "./words";
import { kindName } from "./words";

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
  private readonly form: QuestionForm;
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
    this.form = new QuestionForm(page);
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
    const list = () => this.element.querySelector(".question-list");
    const scrolled = list()?.scrollTop ?? 0;
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
    list()?.scrollTo(0, scrolled);
    this.element.dataset.opened = this.opened ? "yes" : "no";
    this.show();
  }

  private open(question: Question | null): void {
    this.chosen = question;
    this.opened = true;
    this.outcome = { kind: "none" };
    this.form.forgive();
    this.halt();
    this.render();
    this.place.querySelector<HTMLElement>("h2")?.focus();
    // Where the defaults say enough, the answer comes with the question.
    if (question && this.form.isReady(question)) this.ask();
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
      question ? this.askedBy(question) : this.box(),
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

  private askedBy(question: Question): HTMLElement {
    const fields = this.form.fields(question);
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

  /** Returns what stands for each parameter, or null where one is wrong; then the form says so. */
  private terms(question: Question): Map<string, string> | null {
    const terms = this.form.terms(question);
    if (terms) return terms;
    this.show();
    this.place.querySelector<HTMLElement>("[aria-invalid]")?.focus();
    return null;
  }

  private ask(): void {
    const wrongBefore = this.form.isWrong;
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
