/** The drawing on paper: a picture made for it, because a canvas does not fit itself to another page. */
import { ink } from "./colour";
import { picture } from "./download";
import type { Page } from "./page";

export function paper(page: Page): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = "paper";
  window.addEventListener("beforeprint", () => {
    const { width, height } = page.stage.extent;
    [canvas.width, canvas.height] = [width * 2, height * 2];
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.scale(2, 2);
    // Paper is white, whatever the screen is.
    picture(page, pen, { width, height }, ink(false));
  });
  return canvas;
}
