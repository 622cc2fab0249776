/* Show one tokenizer's part of the live box: its chips, with the ids in a row, and the summary. Chip and id belong
   together: pointing at one marks both. After a key only what differs is made anew or written: each part that is written
   has to be laid out again. */

import { beginning, chip, direction, legend } from "./chips.js";
import { copy } from "./clipboard.js";
import { element, hex, many, number } from "./dom.js";
import { IdRow } from "./live-tokenizer-ids.js";
import { Listbox, option } from "./listbox.js";
import { part, parts } from "./parts.js";

const CHARACTERS = 4_000; // of a token that are written out
const BYTES = 160; // of its bytes; more would fill the screen
const entries = new Map(); // the bytes of the GPT-2 ids that answers have had

export class Panel {
  constructor(side, given, tell) {
    this.given = given;
    this.most = given.most;
    this.bytes = entries;
    this.counted = side.dataset.side === "words" && given.counts !== null;
    [this.list, this.total, this.detail, this.tools] = ["chips-list", "chips-total", "side-detail", "side-tools"].map((name) => part(side, name));
    this.name = this.list.getAttribute("aria-label");
    this.row = new IdRow(part(side, "side-ids"), { point: (index) => this.point(index), pin: (index) => this.box.pin(index) });
    this.rest = element("p", { className: "ex-rest", hidden: true });
    this.key = parts(side, "chips-key")[0] ?? element("p", { className: "ex-key" }); // printed where there is something to explain
    this.list.after(this.rest, this.key);
    this.tokens = null; // what is drawn; null: what the printer drew
    this.ids = null;
    this.marks = []; // the chips that are marked
    this.hint = "Tap a chip: its bytes.";
    write(this.detail, this.hint);
    this.box = new Listbox(this.list, (index) => this.mark(index));
    const copyIds = element("button", { type: "button", textContent: "Copy ids" });
    side.setAttribute("role", "group");
    side.setAttribute("aria-label", this.name);
    this.tools.append(copyIds);
    copyIds.addEventListener("click", () => {
      const ids = this.ids ?? this.row.ids;
      copy(`[${ids.join(", ")}]`, copyIds, `Copied ${many(ids.length, "id")}`, tell);
    });
  }

  /** Mark what is pointed at in the row of ids, else what is held. */
  point(index) {
    this.mark(index < 0 ? this.box.pinned : index);
  }

  /** Mark what is drawn as that of an earlier text, while the tokenizer is loading. */
  wait(waits = true) {
    for (const part of [this.list, this.row.row]) part.classList.toggle("ex-waiting", waits);
  }

  /** Draw an answer of live-tokenizer-answers.js; equal chips at the start and at the end are left alone. */
  show({ ids, distinct, unknown, shown, bytes = [] }) {
    bytes.forEach(([id, its]) => this.bytes.set(id, its));
    const old = this.tokens ?? [];
    const drawn = Math.min(ids.length, this.most);
    const same = (token, index) => token.id === ids[index] && (!shown || token.text === shown[index]);
    if (this.tokens === null) this.list.replaceChildren();
    this.wait(false);
    let from = 0;
    while (from < Math.min(old.length, drawn) && same(old[from], from)) from += 1;
    let tail = 0;
    while (tail < Math.min(old.length, drawn) - from && same(old[old.length - 1 - tail], drawn - 1 - tail)) tail += 1;
    for (let index = from; index < old.length - tail; index++) this.list.children[from].remove();
    const made = Array.from({ length: drawn - tail - from }, (_, index) => this.token(ids[from + index], shown?.[from + index]));
    const parts = document.createDocumentFragment();
    parts.append(...made.map((token) => option(chip(token))));
    this.list.insertBefore(parts, this.list.children[from] ?? null);
    this.row.show(ids.subarray(0, drawn));
    this.row.row.closest("details").hidden = drawn === 0; // no ids: nothing to show or to copy
    this.tokens = [...old.slice(0, from), ...made, ...old.slice(old.length - tail)];
    this.ids = ids;
    this.distinct = distinct;
    this.unknown = unknown;
    const [tokens, others] = this.summaryParts();
    write(this.total, [tokens, ...others].join(", "));
    this.rest.hidden = ids.length <= drawn;
    if (!this.rest.hidden) write(this.rest, `The first ${number(drawn)} are drawn, ${number(ids.length - drawn)} more are not. The counts are of all, and so are the copied ids.`);
    const towards = direction(this.tokens);
    if (this.list.dir !== towards) this.list.dir = towards;
    const key = legend(this.tokens, this.counted && drawn > 0);
    if (key.map((line) => line.textContent).join() !== [...this.key.children].map((line) => line.textContent).join()) this.key.replaceChildren(...key);
    this.box.hold(-1);
    this.box.reach(Math.min(this.box.at, drawn - 1));
  }

  /** The token of a chip; text: for the simple tokenizer alone. */
  token(id, text) {
    if (text === undefined) return { id, bytes: this.bytes.get(id) };
    const unknown = this.given.words[id] !== text;
    return { id, text, unknown, count: this.counted ? (unknown ? 0 : this.given.counts[id]) : undefined };
  }

  summaryParts() {
    return [many(this.ids.length, "token"), [`${number(this.distinct)} distinct`, ...(this.unknown ? [`${number(this.unknown)} unknown`] : [])]];
  }

  summary() {
    if (this.ids === null) return "";
    const [tokens, others] = this.summaryParts();
    return `${this.name}: ${[tokens, ...others].join(", ")}.`;
  }

  /** Mark a chip and its id, and faintly those with the same id; -1 for none. */
  mark(index) {
    this.marks.forEach((part) => part.classList.remove("ex-linked", "ex-same"));
    const equal = this.row.mark(index);
    this.marks = equal.map((other) => this.list.children[other]);
    this.marks.forEach((part) => part.classList.add(part === this.list.children[index] ? "ex-linked" : "ex-same"));
    write(this.detail, index >= 0 ? this.about(index, equal.length) : this.tokens?.length === 0 ? "" : this.hint);
  }

  about(index, times) {
    const token = this.tokens?.[index];
    const ids = this.row.ids;
    const parts = [`token ${number(index + 1)} of ${number(this.ids?.length ?? ids.length)}`, `id ${ids[index]}`];
    if (token) parts.push(beginning(token, CHARACTERS), bytesText(token.bytes ?? new TextEncoder().encode(token.text)));
    if (times > 1) parts.push(`${times} times here`);
    return parts.join(" · ");
  }
}

/** The bytes of a token; of a very long one only the first. */
function bytesText(bytes) {
  const shown = Array.from(bytes.slice(0, BYTES), hex).join(" ");
  return bytes.length > BYTES ? `bytes ${shown} … (${number(bytes.length)} in all)` : `bytes ${shown}`;
}

function write(part, text) {
  if (part.textContent !== text) part.textContent = text;
}
