// Reload a page of the preview when it was printed anew, keeping its place; show what is wrong until mended.
(() => {
  const { page, mark } = document.currentScript.dataset;
  const place = "preview-scroll:" + location.pathname;
  const kept = sessionStorage.getItem(place);
  if (kept !== null) {
    sessionStorage.removeItem(place);
    addEventListener("load", () => scrollTo(0, Number(kept)));
  }
  const board = document.createElement("div");
  board.id = "preview-problems";
  board.setAttribute("role", "alert");
  board.hidden = true;
  Object.assign(board.style, {
    position: "fixed", inset: "auto 0 0 0", maxHeight: "40vh", overflow: "auto", zIndex: "100", padding: "0.5rem 1rem",
    background: "var(--paper)", color: "var(--bad)", borderTop: "3px solid var(--bad)", font: "0.85rem/1.4 var(--voice-machine)",
  });
  document.body.append(board);
  const progress = document.createElement("p");
  progress.id = "preview-progress";
  progress.setAttribute("role", "status");
  Object.assign(progress.style, {
    position: "fixed", inset: "auto auto 0 0", zIndex: "99", margin: "0", padding: "0.25rem 0.75rem", pointerEvents: "none",
    background: "var(--paper)", color: "var(--ink)", border: "1px solid var(--ink)", font: "0.8rem/1.4 var(--voice-machine)",
  });
  document.body.append(progress);
  new EventSource("/_preview/events?page=" + encodeURIComponent(page)).onmessage = (event) => {
    const state = JSON.parse(event.data);
    board.hidden = state.problems.length === 0;
    board.style.display = board.hidden ? "none" : "block";
    board.replaceChildren(...state.problems.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
    const { ready, total } = state.progress;
    progress.hidden = total === undefined;
    progress.textContent = progress.hidden ? "" : `${ready} of ${total} pages are ready`;
    if (page in state.printings && state.printings[page] !== mark) {
      sessionStorage.setItem(place, String(scrollY));
      location.reload();
    }
  };
})();
