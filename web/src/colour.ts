/** Colours of data, made to read on a light or a dark ground. */

type Rgb = readonly [number, number, number];

const GROUND: Record<"light" | "dark", Rgb> = { light: [252, 252, 250], dark: [20, 23, 28] };

function parse(colour: string): Rgb {
  const found = /^#([0-9a-f]{6})$/i.exec(colour.trim());
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour.trim());
  const hex =
    found?.[1] ??
    (short
      ? short
          .slice(1)
          .map((c) => c + c)
          .join("")
      : "6b7280");
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Returns the colour with another lightness (HSL), so that a dark red grows bright and not pale. */
function lightened(rgb: Rgb, by: number): Rgb {
  const [r, g, b] = rgb.map((channel) => channel / 255);
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  const light = (most + least) / 2;
  const spread = most - least;
  const saturation = spread ? spread / (1 - Math.abs(2 * light - 1)) : 0;
  const turn = !spread
    ? 0
    : most === r
      ? ((g - b) / spread + 6) % 6
      : most === g
        ? (b - r) / spread + 2
        : (r - g) / spread + 4;
  const next = Math.min(1, Math.max(0, light + by));
  const chroma = Math.min(saturation, 0.82) * (1 - Math.abs(2 * next - 1));
  const other = chroma * (1 - Math.abs((turn % 2) - 1));
  const six: [number, number, number][] = [
    [chroma, other, 0],
    [other, chroma, 0],
    [0, chroma, other],
    [0, other, chroma],
    [other, 0, chroma],
    [chroma, 0, other],
  ];
  return six[Math.floor(turn) % 6].map((channel) =>
    Math.round((channel + next - chroma / 2) * 255),
  ) as unknown as Rgb;
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

const cache = new Map<string, string>();

/** Returns the colour, made lighter (or darker) by as little as gives it 4:1 on the dark (or 3:1 on the light) ground. */
export function onGround(colour: string, dark: boolean): string {
  const key = `${colour}${String(dark)}`;
  let found = cache.get(key);
  if (found === undefined) {
    const ground = hex(GROUND[dark ? "dark" : "light"]);
    const wanted = dark ? 5 : 3;
    const step = dark ? 0.03 : -0.03;
    let by = 0;
    found = hex(parse(colour));
    while (Math.abs(by) < 1 && contrast(found, ground) < wanted) {
      by += step;
      found = hex(lightened(parse(colour), by));
    }
    cache.set(key, found);
  }
  return found;
}

/** The colours of a drawing that are not data. */
export interface Ink {
  dark: boolean;
  ground: string;
  text: string;
  faint: string;
  halo: string;
  accent: string;
}

export function ink(dark: boolean): Ink {
  return dark
    ? {
        dark,
        ground: "#14171c",
        text: "#eceff3",
        faint: "#a3acb8",
        halo: "rgba(20,23,28,0.86)",
        accent: "#8ab4f8",
      }
    : {
        dark,
        ground: "#fcfcfa",
        text: "#14181f",
        faint: "#5b6472",
        halo: "rgba(252,252,250,0.88)",
        accent: "#1f54b5",
      };
}
