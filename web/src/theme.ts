/** Light, dark, or as the reader's system is set. */
import type { State } from "./state";

const system = window.matchMedia("(prefers-color-scheme: dark)");

export function isDark(theme: State["theme"]): boolean {
  return theme === "auto" ? system.matches : theme === "dark";
}

export function applyTheme(theme: State["theme"]): void {
  document.documentElement.dataset.theme = isDark(theme) ? "dark" : "light";
}

export function onSystemTheme(changed: () => void): void {
  system.addEventListener("change", changed);
}
