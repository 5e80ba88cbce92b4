/** vis-network, which stands in the page as inert text until the first picture is on the screen. */
import type { Vis } from "./engine-pyvis";
import { onScreen } from "./onscreen";

declare global {
  interface Window {
    vis?: Vis;
  }
}

export async function visNetwork(): Promise<Vis> {
  await onScreen();
  // The panels are made ready first.
  await onScreen();
  await parsed();
  const script = document.createElement("script");
  // The page's policy names this text by its hash; anything else would not run.
  script.textContent = document.getElementById("script-vis")?.textContent ?? "";
  document.head.append(script);
  script.remove();
  if (!window.vis) throw new Error("vis-network did not start.");
  return window.vis;
}

function parsed(): Promise<void> {
  return new Promise((done) => {
    if (document.readyState !== "loading") done();
    else document.addEventListener("DOMContentLoaded", () => done(), { once: true });
  });
}
