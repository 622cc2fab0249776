/* Draw the turns of a conversation: a question as text, an answer token by token, each token an option that can be pointed
   at. A turn is {role, text} or {role, ids, steps, ended}. */

import { spoken } from "./chips.js";
import { percent } from "./chat-panel.js";
import { element } from "./dom.js";
import { Listbox, option } from "./listbox.js";

/** A reader's turn. */
export function question(text) {
  return element("div", { className: "ex-chat-turn ex-chat-you" }, element("p", { className: "ex-chat-who", textContent: "You" }), element("p", { className: "ex-chat-said", textContent: text, dir: "auto" }));
}

export class Answer {
  /** turn: the model's; bytesOf: the bytes of an id; mark: is told the step that is looked at, or null; number: of the answer. */
  constructor(turn, bytesOf, mark, number) {
    this.turn = turn;
    this.bytesOf = bytesOf;
    this.list = element("ol", { className: "ex-chat-said ex-chat-tokens", dir: "auto", attributes: { "aria-label": `Answer ${number}, token by token`, "aria-busy": "true" } });
    this.whole = element("p", { className: "ex-sr" });
    this.host = element("div", { className: "ex-chat-turn" }, element("p", { className: "ex-chat-who", textContent: "SmolLM2" }), this.whole, this.list);
    this.box = new Listbox(this.list, (place, passing) => mark(this.turn.steps[place] ?? null, passing));
    this.draw();
  }

  /** Draw all tokens anew: after some were taken back. */
  draw() {
    this.decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    this.list.replaceChildren();
    this.box.hold(-1);
    this.turn.steps.forEach((step) => this.append(step));
  }

  append(step) {
    const bytes = this.bytesOf(step.id);
    const text = step.end ? "" : this.decoder.decode(Uint8Array.from(bytes), { stream: true });
    const name = `${step.end ? "the end" : spoken({ id: step.id, bytes })}, ${percent(step.p)}`;
    const shown = step.end ? element("span", { className: "ex-mark", textContent: "end" }) : text;
    const item = element("li", { className: step.chosen ? "ex-chat-token ex-chat-chosen" : "ex-chat-token" }, element("span", { className: "ex-sr", textContent: name }), shown);
    item.style.setProperty("--s", `${Math.round(100 * Math.min(1, -Math.log2(step.p) / 12))}%`);
    this.list.append(option(item));
    if (this.list.children.length === 1) this.box.reach(0);
  }

  /** The answer as text. */
  text() {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(this.turn.ids.flatMap((id) => this.bytesOf(id))));
  }

  settle() {
    this.list.setAttribute("aria-busy", "false");
    if (!this.list.children.length) this.list.setAttribute("aria-busy", "true"); // an empty list box has nothing to offer yet
    this.whole.textContent = this.text();
  }
}

