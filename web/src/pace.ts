/** How often the drawing can follow while the view moves; in between, a bitmap of it is moved. */

/** A frame that takes no longer, in milliseconds, is drawn whenever the view moves. */
const QUICK = 5;
/** One that takes longer than this is not drawn before the view rests. */
const SLOW = 40;
/** The others take this share of the time at most. */
const SHARE = 1 / 8;

export class Pace {
  private took = 0;
  private at = 0;

  /** Whether another drawing may be made in this frame. */
  allows(now: number): boolean {
    return this.took < QUICK || (this.took < SLOW && (now - this.at) * SHARE > this.took);
  }

  /** Takes the time of this frame until all of it is on the screen. */
  measure(): void {
    const began = Number(document.timeline.currentTime ?? performance.now());
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      [this.took, this.at] = [performance.now() - began, began];
      port1.close();
    };
    port2.postMessage(null);
  }
}
