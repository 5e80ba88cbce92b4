/** The address carries what the reader sees, so that a link opens the same view. */
import type { Camera } from "./camera";
import type { Kind } from "./data";
import type { Model } from "./model";
import type { Change, Pins, State } from "./state";

export function write(model: Model, state: State, opening: State, camera: Camera | null): string {
  const said = new URLSearchParams();
  const put = (key: string, value: string | null) => {
    if (value !== null && value !== "") said.set(key, value);
  };
  const words = (kinds: Kind[], hidden: ReadonlySet<number>, before: ReadonlySet<number>) =>
    same(hidden, before)
      ? null
      : [...hidden]
          .sort((a, b) => a - b)
          .map((i) => encodeURIComponent(kinds[i].word))
          .join(",") || "-";
  put("entity", state.selected === null ? null : model.entities[state.selected].id);
  if (state.path)
    put(
      "path",
      `${encodeURIComponent(model.entities[state.path.from].id)},${state.path.to === null ? "" : encodeURIComponent(model.entities[state.path.to].id)}`,
    );
  if (state.compared)
    put(
      "compare",
      `${encodeURIComponent(model.entities[state.compared.from].id)},${state.compared.to === null ? "" : encodeURIComponent(model.entities[state.compared.to].id)}`,
    );
  if (state.arrangement !== opening.arrangement) put("arrange", state.arrangement);
  put(
    "pins",
    [...state.pins].map(([i, [x, y]]) => `${encodeURIComponent(model.entities[i].id)}@${x}@${y}`).join(","),
  );
  if (state.zone !== null) put("zone", String(state.zone));
  if (state.focus) put("focus", String(state.focus));
  put("types", words(model.types, state.hiddenTypes, opening.hiddenTypes));
  put("relations", words(model.relations, state.hiddenRelations, opening.hiddenRelations));
  put("confidence", [...state.hiddenConfidences].map((text) => encodeURIComponent(text) || "-").join(","));
  put("evidence", [...state.hiddenEvidence].join(","));
  put("hidden", [...state.hiddenEntities].map((i) => encodeURIComponent(model.entities[i].id)).join(","));
  put("period", state.period?.join("–") ?? null);
  if (!state.undated) put("undated", "no");
  if (state.language !== opening.language) put("language", state.language);
  if (state.theme !== "auto") put("theme", state.theme);
  if (state.view !== opening.view) put("view", state.view);
  if (camera) put("at", [camera.x.toFixed(0), camera.y.toFixed(0), camera.scale.toPrecision(3)].join(","));
  return said.toString();
}

export function read(model: Model, hash: string): { change: Change; camera: Camera | null } {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const change: Change = {};
  const parts = (key: string) => (said.get(key) ?? "").split(",").filter(Boolean).map(decoded);
  const hidden = (kinds: Kind[], key: string) => {
    const wanted = new Set(parts(key));
    return new Set(kinds.map((_, i) => i).filter((i) => wanted.has(kinds[i].word)));
  };
  const id = said.get("entity");
  const entity = id === null ? undefined : model.byId().get(id);
  if (entity !== undefined) change.selected = entity;
  if (said.has("path")) {
    const [from, to] = parts("path").map((id) => model.byId().get(id));
    if (from !== undefined) change.path = { from, to: to ?? null };
  }
  if (said.has("compare")) {
    const [from, to] = parts("compare").map((id) => model.byId().get(id));
    if (from !== undefined) change.compared = { from, to: to ?? null };
  }
  const picture = model.pictures.find(({ name }) => name === said.get("arrange"));
  if (picture) change.arrangement = picture.name;
  if (said.has("pins")) change.pins = pinsOf(model, said.get("pins") ?? "");
  const focus = Number(said.get("focus"));
  if (focus === 1 || focus === 2 || focus === 3) change.focus = focus;
  if (said.has("types")) change.hiddenTypes = hidden(model.types, "types");
  if (said.has("relations")) change.hiddenRelations = hidden(model.relations, "relations");
  if (said.has("confidence"))
    change.hiddenConfidences = new Set(parts("confidence").map((text) => (text === "-" ? "" : text)));
  if (said.has("evidence"))
    change.hiddenEvidence = new Set(
      parts("evidence").filter((text) => text === "with" || text === "without"),
    );
  if (said.has("hidden"))
    change.hiddenEntities = new Set(
      parts("hidden")
        .map((id) => model.byId().get(id))
        .filter((i) => i !== undefined),
    );
  const period = /^(-?\d{1,4})–(-?\d{1,4})$/.exec(said.get("period") ?? "");
  if (period) change.period = [Number(period[1]), Number(period[2])];
  if (said.get("undated") === "no") change.undated = false;
  const language = said.get("language");
  if (language === "en" || language === "zh" || language === "both") change.language = language;
  const theme = said.get("theme");
  if (theme === "light" || theme === "dark") change.theme = theme;
  const view = said.get("view");
  if (view === "table" || view === "questions" || view === "network") change.view = view;
  const { overview } = model.columns;
  const zone = said.has("zone") ? Number(said.get("zone")) : NaN;
  if (overview && Number.isInteger(zone) && zone >= 0 && zone < overview.count.length)
    [change.zone, change.view] = [zone, change.view ?? "network"];
  if (view === "compare" && change.compared && change.compared.to !== null) change.view = view;
  const [x, y, scale] = (said.get("at") ?? "").split(",").map(Number);
  const camera = Number.isFinite(x) && Number.isFinite(y) && scale > 0 ? { x, y, scale } : null;
  return { change, camera };
}

function pinsOf(model: Model, text: string): Pins {
  const pins = new Map<number, readonly [number, number]>();
  for (const part of text.split(",")) {
    const [id, ...place] = part.split("@");
    const entity = model.byId().get(decoded(id));
    const [x, y] = place.map(Number);
    if (entity !== undefined && Number.isFinite(x) && Number.isFinite(y)) pins.set(entity, [x, y]);
  }
  return pins;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function same(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
