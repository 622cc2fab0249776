/* Show the ten likeliest tokens at one place of an answer, with their probabilities; a tap on one goes on from there. */

import { plain, spoken } from "./chips.js";
import { element, number } from "./dom.js";

export const percent = (p) => (p < 0.001 ? "<0.1 %" : `${(100 * p).toFixed(1)} %`);

export class Panel {
  /** host: an empty element of the exhibit; bytesOf: the bytes of an id; chosen: is told (step, id) of a tap. */
  constructor(host, bytesOf, chosen) {
    this.host = host;
    this.bytesOf = bytesOf;
    this.chosen = chosen;
    this.about = element("span", {});
    this.rows = element("tbody", {});
    const columns = ["token", "probability"].map((text, at) => element("th", { scope: "col", textContent: text, className: at ? "ex-right" : "" }));
    host.replaceChildren(
      element("p", { className: "ex-head" }, element("b", { textContent: "What could have come" }), " ", this.about),
      element("table", { className: "ex-table ex-writer-table", attributes: { "aria-label": "The ten likeliest tokens" } },
        element("thead", {}, element("tr", {}, ...columns)), this.rows),
    );
    this.clear();
  }

  clear() {
    this.shown = null;
    this.about.textContent = "tap a token, or point at it";
    this.rows.replaceChildren();
    this.host.classList.remove("ex-open");
  }

  /** Take the room of the ten rows, from the first look on. */
  open() {
    this.host.classList.add("ex-open");
  }

  token(id) {
    return { id, bytes: this.bytesOf(id) };
  }

  /** Show a step: {id, p, rank, top}; open: whether another token may be taken; passing: a mouse only passes over it, and
      where the room of the rows is not open yet, nothing moves for that. */
  show(step, open, passing = false) {
    if (!passing) this.open();
    if (this.shown === step && this.may === open) return;
    this.shown = step;
    this.may = open;
    this.about.textContent = `${plain(this.token(step.id))} came: ${percent(step.p)}, rank ${number(step.rank)}`;
    const listed = step.top.some(([id]) => id === step.id) ? step.top : [...step.top, [step.id, step.p]];
    this.rows.replaceChildren(...listed.map(([id, p]) => this.#row(step, id, p, open)));
  }

  #row(step, id, p, open) {
    const token = this.token(id);
    const now = id === step.id;
    const shown = element("bdi", { textContent: plain(token), attributes: { "aria-hidden": "true" } });
    const name = now ? `${spoken(token)}, which came` : spoken(token);
    const inside = open && !now
      ? element("button", { type: "button", attributes: { "aria-label": `Go on with ${spoken(token)}` } }, shown)
      : element("span", {}, element("span", { className: "ex-sr", textContent: name }), shown);
    if (open && !now) inside.addEventListener("click", () => this.chosen(step, id));
    const row = element("tr", { className: now ? "ex-now" : "" }, element("th", { scope: "row" }, inside), element("td", { className: "ex-right", textContent: percent(p) }));
    row.firstElementChild.style.setProperty("--share", `${(100 * p).toFixed(1)}%`);
    return row;
  }
}
