/** Mouse, pen, fingers and wheel on the drawing: pan, pinch, drag, click, hover. */

export interface Handlers {
  pan: (dx: number, dy: number) => void;
  zoom: (factor: number, x: number, y: number) => void;
  settle: () => void;
  hover: (x: number, y: number) => void;
  leave: () => void;
  click: (x: number, y: number, again: boolean) => void;
  /** Returns true when there is something at the point that is dragged from now on. */
  grab: (x: number, y: number) => boolean;
  drag: (x: number, y: number) => void;
}

const SLOP = 4;

export function listen(element: HTMLElement, to: Handlers): void {
  const down = new Map<number, [number, number]>();
  let travelled = 0;
  let dragging = false;
  let spread = 0;
  let wheel = 0;
  const at = (event: MouseEvent): [number, number] => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const reach = () => {
    const [a, b] = [...down.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, at(event));
    travelled = down.size > 1 ? Infinity : 0;
    if (down.size === 2) spread = reach();
    dragging = down.size === 1 && event.pointerType === "mouse" && to.grab(...at(event));
  });

  element.addEventListener("pointermove", (event) => {
    const now = at(event);
    const last = down.get(event.pointerId);
    if (!last) {
      to.hover(...now);
      return;
    }
    const [dx, dy] = [now[0] - last[0], now[1] - last[1]];
    if (down.size === 1) {
      const began = travelled > SLOP;
      travelled += Math.hypot(dx, dy);
      // The little that a click trembles moves nothing, but counts as the way of a drag.
      if (!began && travelled <= SLOP) return;
      down.set(event.pointerId, now);
      if (dragging) to.drag(...now);
      else to.pan(dx, dy);
      return;
    }
    down.set(event.pointerId, now);
    to.pan(dx / 2, dy / 2);
    const wider = reach();
    const [a, b] = [...down.values()];
    if (spread > 0) to.zoom(wider / spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    spread = wider;
  });

  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type === "pointerup" && travelled <= SLOP && down.size === 0)
      to.click(...at(event), event.detail > 1);
    if (down.size === 0) {
      dragging = false;
      to.settle();
    }
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => {
    if (!down.size) to.leave();
  });

  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const turn = Math.max(-120, Math.min(120, event.deltaY * lines));
      to.zoom(Math.exp(-turn * (event.ctrlKey ? 0.008 : 0.002)), ...at(event));
      window.clearTimeout(wheel);
      wheel = window.setTimeout(to.settle, 160);
    },
    { passive: false },
  );
}
