/** Ties the network page to the rest of the server: links in its head, and entities' own pages. */
import { follow } from "./changes";

interface Site {
  base: string;
  root: string;
  live: boolean;
}

const site = JSON.parse(document.currentScript?.dataset.site ?? "{}") as Site;
const LINKS: [string, string][] = [
  ["/ask", "Questions"],
  ["/query", "SPARQL"],
];

/** Put the links into the head of the page, once it is there. */
function tie(): boolean {
  const tools = document.querySelector("header .tools");
  if (!tools) return false;
  const nav = document.createElement("nav");
  nav.className = "tools";
  for (const [href, text] of LINKS) {
    const link = document.createElement("a");
    link.className = "button";
    link.href = href;
    link.textContent = text;
    link.style.textDecoration = "none";
    link.style.color = "inherit";
    nav.append(link);
  }
  const wide = matchMedia("(min-width: 900px)");
  const fit = (): void => {
    nav.hidden = !wide.matches;
  };
  wide.addEventListener("change", fit);
  fit();
  tools.before(nav);
  return true;
}

if (!tie()) {
  const observer = new MutationObserver(() => {
    if (tie()) observer.disconnect();
  });
  observer.observe(document.body, { childList: true, subtree: true });
}

// The dataset's own addresses lead to their pages here.
document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const href = link?.getAttribute("href");
    if (!link || !href?.startsWith(site.base) || href.includes("#")) return;
    link.href = site.root + href.slice(site.base.length);
  },
  true,
);

if (site.live) follow();
