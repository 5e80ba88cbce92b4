/** When what was asked for until now is on the screen, and there is time for more. */
export function onScreen(): Promise<void> {
  return new Promise((done) => {
    const idle = () => {
      // Safari knows no idle time.
      if ("requestIdleCallback" in window) window.requestIdleCallback(() => done(), { timeout: 300 });
      else setTimeout(done);
    };
    // In a hidden window nothing is ever drawn.
    if (document.hidden) done();
    else window.requestAnimationFrame(() => window.requestAnimationFrame(idle));
  });
}
