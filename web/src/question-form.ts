/** The form of a named question: a field for each thing that it leaves open. */
import type { Choice, Parameter, Question } from "./asked";
import { choices, chosen, given, named } from "./asked";
import { el, saidAll } from "./dom";
import type { Page } from "./page";
import { say, sayPlain } from "./page";
import type { Word } from "./words";
import { kindName, known } from "./words";

/** Up to so many choices stand in a list to open; more are found by typing. */
const LISTED = 40;

/** A control's attributes, and what to do with what is put in. */
interface Control {
  attributes: Record<string, string | undefined>;
  keep: (text: string) => void;
}

export class QuestionForm {
  private values = new Map<string, Map<string, string>>();
  private wrong = new Map<string, Word>();

  constructor(private page: Page) {}

  /** Whether the defaults, or what was put in before, say enough for an answer. */
  isReady(question: Question): boolean {
    return question.parameters.every((one) => this.value(question, one) || !one.required);
  }

  get isWrong(): boolean {
    return this.wrong.size > 0;
  }

  forgive(): void {
    this.wrong.clear();
  }

  /** Returns the term of each parameter that has a value, or null where one is wrong. */
  terms(question: Question): Map<string, string> | null {
    const terms = new Map<string, string>();
    this.wrong.clear();
    for (const parameter of question.parameters) {
      const options = choices(this.page.model, parameter, this.page.store.state.language);
      const said = given(this.page.model, parameter, this.value(question, parameter), options);
      if ("wrong" in said) this.wrong.set(parameter.name, said.wrong);
      else if (said.term !== null) terms.set(parameter.name, said.term);
    }
    return this.wrong.size ? null : terms;
  }

  fields(question: Question): HTMLElement[] {
    return question.parameters.map((parameter) => this.field(question, parameter));
  }

  private value(question: Question, parameter: Parameter): string {
    const known = this.values.get(question.name)?.get(parameter.name);
    if (known !== undefined) return known;
    // A default that this data does not know is none.
    const options = choices(this.page.model, parameter, this.page.store.state.language);
    return !options || chosen(this.page.model, options, parameter.default) ? parameter.default : "";
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
        ? this.list(parameter, options, choice, { attributes, keep })
        : this.typed(parameter, options, choice ? choice.text : value, { attributes, keep });
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
    { attributes, keep }: Control,
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
    { attributes, keep }: Control,
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
}
