/** Which names are wanted on the drawing now: of what is shown or lit, and of the selection's relations. */
import type { View } from "./camera";
import { markScale, toScreen } from "./camera";
import { onGround } from "./colour";
import type { Rectangle, Wish } from "./labels";
import { font, paintLabels, paintPlate, place, Ruler } from "./labels";
import type { Model } from "./model";
import type { Pen } from "./pen";
import type { Look, Part, Scene } from "./scene";
import { along, via } from "./scene";
import type { State } from "./state";
import { kindText, nameOf } from "./words";

/** So many of the weightiest in sight have their names shown where there is any room at all. */
const WEIGHTY = 16;
/** So many of the weightiest in sight have them in bold. */
const STRONG = 12;
/** One name is wanted for each so many square pixels. */
const AREA = 5500;
/** A mark of a smaller radius, in pixels, is grain, whose name would tell nothing. */
const GRAIN = 1.5;
/** With more of the selection's relations than this, their plates would cover the drawing. */
const PLATES = 60;

/** What is to be seen: what the filters leave, and what of it is lit. */
export interface Seen {
  look: Look;
  shown: Part;
  lit: Part | null;
  state: State;
}

export class Names {
  constructor(
    private model: Model,
    private scene: Scene,
    private ruler: Ruler,
  ) {}

  /** Draws the names, none of them where something else is to stand. */
  paint(pen: Pen, seen: Seen, view: View, kept: Rectangle[] = []): void {
    const marks = { scene: this.scene, entities: (seen.lit ?? seen.shown).entities };
    const wishes = this.wishes(seen, view);
    const put = (must: boolean, taken: Rectangle[]) =>
      place(
        wishes.filter((wish) => wish.must === must),
        marks,
        view,
        this.ruler,
        taken,
      );
    const first = put(true, kept);
    const taken = [...kept, ...first.map(({ box }) => box)];
    const plates = seen.lit ? this.plates(pen, seen, seen.lit, { ...view, taken }) : [];
    paintLabels(pen, [...put(false, [...taken, ...plates]), ...first], seen.look.ink);
  }

  private wishes({ look, lit, state }: Seen, { camera, size }: View): Wish[] {
    const { language, selected, hover } = state;
    const marks = markScale(camera);
    const left = camera.x - size.width / 2 / camera.scale;
    const top = camera.y - size.height / 2 / camera.scale;
    const [right, bottom] = [left + size.width / camera.scale, top + size.height / camera.scale];
    const most = Math.max(24, (size.width * size.height) / AREA);
    const inside = (i: number) => {
      const [x, y] = [this.scene.x[i], this.scene.y[i]];
      return x >= left && x <= right && y >= top && y <= bottom;
    };
    const first = [selected, hover].filter(
      (i): i is number => i !== null && look.entities[i] > 0 && inside(i),
    );
    const wanted = new Set(first);
    for (const i of lit ? this.byWeight(lit.entities) : this.model.byDegree()) {
      if (wanted.size >= most) break;
      if (!look.entities[i]) continue;
      if (wanted.size >= WEIGHTY && this.scene.radius[i] * marks < GRAIN) break;
      if (inside(i)) wanted.add(i);
    }
    return [...wanted].map((i, rank) => {
      const must = first.includes(i);
      return {
        entity: i,
        weight: this.weight(i) + (must ? 1e6 : 0),
        name: nameOf(this.model.entities[i], language),
        full: must || lit !== null || this.scene.radius[i] * marks > 9 || camera.scale > 1.3,
        strong: must || (rank < STRONG && this.scene.radius[i] >= 9.5 && lit === null && size.width > 600),
        weighty: rank < WEIGHTY || lit !== null,
        must,
      };
    });
  }

  private byWeight(entities: Int32Array): number[] {
    return Array.from(entities).sort((a, b) => this.weight(b) - this.weight(a) || a - b);
  }

  private weight(entity: number): number {
    return this.model.degree[entity] + this.scene.radius[entity] / 100;
  }

  /** Names the relations of the selection, on their lines, and returns where. */
  private plates(
    pen: Pen,
    { look, state }: Seen,
    lit: Part,
    view: View & { taken: Rectangle[] },
  ): Rectangle[] {
    if (state.selected === null && !state.path) return [];
    const { source, target, bend } = this.scene.links;
    const boxes: Rectangle[] = [];
    for (const i of Array.from(lit.links)) {
      if (source[i] === target[i] || boxes.length > PLATES) continue;
      const [x1, y1] = toScreen(view.camera, view.size, this.scene.x[source[i]], this.scene.y[source[i]]);
      const [x2, y2] = toScreen(view.camera, view.size, this.scene.x[target[i]], this.scene.y[target[i]]);
      const kind = this.model.relations[this.model.links[i].relation];
      const text = kindText(kind, state.language === "both" ? "zh" : state.language);
      const half = this.ruler.width(text, font(true, false)) / 2 + 8;
      if (Math.hypot(x2 - x1, y2 - y1) < 2 * half + 26) continue;
      const bow = via(bend[i], x1, y1, x2, y2);
      const spot = [0.5, 0.62, 0.4, 0.72]
        .map((t) => along(x1, y1, bow, x2, y2, t))
        .find(
          ([x, y]) =>
            x > half &&
            y > 9 &&
            x < view.size.width - half &&
            y < view.size.height - 9 &&
            ![...view.taken, ...boxes].some(
              (b) => x + half > b.left && x - half < b.right && y + 9 > b.top && y - 9 < b.bottom,
            ),
        );
      const colour = onGround(this.scene.links.kinds[this.scene.links.kind[i]].colour, look.ink.dark);
      if (spot) boxes.push(paintPlate(pen, { text, spot, colour }, look.ink, this.ruler));
    }
    return boxes;
  }
}
