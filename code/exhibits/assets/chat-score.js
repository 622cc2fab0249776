/* Show a scored sentence: a chip for each token, shaded by its surprisal in bits, as exhibits.tokens.surprisal prints it. */

import { chip, legend } from "./chips.js";
import { element, many } from "./dom.js";
import { Listbox, option } from "./listbox.js";

export class Score {
  /** host: an empty element; bytesOf: the bytes of an id; full: bits of a full shade; mark: is told the step that is looked at. */
  constructor(host, bytesOf, full, mark) {
    this.bytesOf = bytesOf;
    this.full = full;
    this.total = element("span", { textContent: "bits of surprise of each token, once you choose a sentence" });
    this.list = element("ol", { className: "ex-chip-list", attributes: { "aria-label": "Tokens and their bits", "aria-busy": "true" } });
    this.key = element("p", { className: "ex-key" });
    host.replaceChildren(element("p", { className: "ex-head" }, element("b", { textContent: "Surprisal" }), " ", this.total), this.list, this.key);
    this.steps = [];
    this.box = new Listbox(this.list, (place, passing) => mark(this.steps[place] ?? null, passing));
  }

  clear(text) {
    this.text = text;
    this.steps = [];
    this.tokens = [];
    this.box.hold(-1);
    this.list.replaceChildren();
    this.list.setAttribute("aria-busy", "true");
    this.total.textContent = "";
  }

  append(step) {
    const bits = -Math.log2(step.p);
    const token = { id: step.id, bytes: this.bytesOf(step.id), notes: [bits.toFixed(1)], shade: Math.min(1, bits / this.full) };
    this.steps.push(step);
    this.tokens.push(token);
    const made = chip(token);
    made.querySelector(".ex-sub").remove(); // its id, which tells nothing here
    made.dataset.id = step.id;
    this.list.append(option(made));
    this.box.reach(0);
    this.total.textContent = this.summary();
  }

  summary() {
    const bits = this.steps.reduce((sum, { p }) => sum - Math.log2(p), 0);
    return `${bits.toFixed(1)} bits: ${many(this.steps.length, "token")}, ${(bits / this.steps.length).toFixed(2)} bits a token`;
  }

  settle() {
    this.list.setAttribute("aria-busy", String(!this.tokens.length));
    this.key.replaceChildren(...legend(this.tokens, false), element("span", {}, element("span", { className: "ex-ramp", attributes: { "aria-hidden": "true" } }), ` under a token: its bits of surprise; full at ${this.full}`));
    const characters = [...this.text].length;
    const bits = this.steps.reduce((sum, { p }) => sum - Math.log2(p), 0);
    if (this.tokens.length) this.total.textContent = `${this.summary()}, ${(bits / characters).toFixed(2)} bits a character`;
  }
}
