/** The marks of the drawing, for the screen, for PNG and for SVG alike. */
import type { Line, Shape } from "./data";

/** As much of a canvas context as the drawing uses; the SVG writer speaks it too. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "quadraticCurveTo"
  | "arc"
  | "rect"
  | "closePath"
  | "fill"
  | "stroke"
  | "setLineDash"
  | "fillText"
  | "strokeText"
  | "measureText"
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineJoin"
  | "lineCap"
  | "globalAlpha"
  | "font"
  | "textAlign"
  | "textBaseline"
>;

const corners = (count: number, turn: number, reach = 1): [number, number][] =>
  Array.from({ length: count }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / count;
    return [Math.cos(angle) * reach, Math.sin(angle) * reach];
  });

const UP = -Math.PI / 2;
const STAR = Array.from({ length: 10 }, (_, i): [number, number] => {
  const angle = UP + (i * Math.PI) / 5;
  const reach = i % 2 ? 0.5 : 1.25;
  return [Math.cos(angle) * reach, Math.sin(angle) * reach];
});

const OUTLINES: Record<Exclude<Shape, "dot">, [number, number][]> = {
  square: corners(4, UP / 2, 1.25),
  diamond: corners(4, UP, 1.25),
  triangle: corners(3, UP, 1.3),
  triangleDown: corners(3, -UP, 1.3),
  hexagon: corners(6, 0, 1.1),
  star: STAR,
};

/** Adds a shape's outline to the path. */
export function outline(pen: Pen, shape: Shape, x: number, y: number, radius: number): void {
  const points = shape === "dot" ? undefined : (OUTLINES[shape] as [number, number][] | undefined);
  if (!points) {
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  points.forEach(([dx, dy], i) => {
    if (i) pen.lineTo(x + dx * radius, y + dy * radius);
    else pen.moveTo(x + dx * radius, y + dy * radius);
  });
  pen.closePath();
}

export const DASHES: Record<Line, number[]> = { solid: [], dashed: [6, 4], dotted: [1.5, 3] };
