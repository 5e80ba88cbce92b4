/** Calm motion: something changes over a part of a second, unless the reader's system asks for less. */

/** Whether motion would be seen, and is welcome. */
export function isWelcome(): boolean {
  return !document.hidden && !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Returns how far a motion has come that sets off and arrives gently. */
export function eased(share: number): number {
  return share < 0.5 ? 4 * share ** 3 : 1 - (-2 * share + 2) ** 3 / 2;
}

/** One motion at a time: another takes its place. */
export class Motion {
  private frame = 0;

  stop(): void {
    window.cancelAnimationFrame(this.frame);
  }

  /** Calls `step` once a frame, with the share of the time that has passed: the last time with 1. */
  run(milliseconds: number, step: (share: number) => void): void {
    this.stop();
    const began = performance.now();
    const next = (now: number) => {
      const share = Math.min(1, Math.max(0, (now - began) / milliseconds));
      if (share < 1) this.frame = window.requestAnimationFrame(next);
      step(share);
    };
    this.frame = window.requestAnimationFrame(next);
  }
}
