interface State {
  version: number;
  failure: string;
}

/** Follow the graph: a later one reloads the page, a broken edit shows over it. */
export function follow(): void {
  let shown: number | undefined;
  const box = document.createElement("div");
  box.className = "live";
  box.setAttribute("role", "alert");
  const source = new EventSource("/events");
  source.addEventListener("state", (event) => {
    const state = JSON.parse((event as MessageEvent<string>).data) as State;
    shown ??= state.version;
    if (state.version !== shown) {
      location.reload();
      return;
    }
    if (!state.failure) {
      box.remove();
      return;
    }
    const link = document.createElement("a");
    link.href = "/problems";
    link.textContent = "All problems";
    const text = document.createElement("pre");
    text.textContent = state.failure.split("\n").slice(0, 8).join("\n");
    box.replaceChildren(
      "The tables were changed and can’t be read as they are; this is the last good graph.",
      text,
      link,
    );
    document.body.append(box);
  });
}
