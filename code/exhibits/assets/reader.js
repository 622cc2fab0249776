/* The live box: a reader's own text through both tokenizers. exhibits.js imports this where such an exhibit, or a replay
   of merges, comes near the view. GPT-2's file is unpacked in a worker, which also encodes long texts; here only chips that changed are made anew. */

import { chip, direction, element, hex, legend, many, number, plain } from "./chips.js";
import { copy, flash } from "./clipboard.js";
import { addressWith, keep, setting } from "./fragment.js";
import { Listbox, option } from "./listbox.js";
import { startReplay } from "./replay.js";
import { ask, giveList, loadGpt2 } from "./tokenizers-client.js";

const LONGEST_LINK = 4000; // characters of an address; beyond, programs that pass it on begin to cut it
const QUIET = 700; // ms after the last key until a screen reader is told
const entries = new Map(); // the bytes of GPT-2's ids, as far as the worker has sent them: each once
let boxes = 0;

/** Bring an exhibit of the page to life, once. */
export function start(host) {
  if (host.dataset.live) return;
  host.dataset.live = "yes";
  if (host.matches(".ex-replay")) startReplay(host);
  else startReader(host);
}

function startReader(host) {
  const given = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  const box = (boxes += 1);
  const still = host.querySelector(".ex-reader-text");
  const heading = host.querySelector(".ex-head b");
  const note = host.querySelector(".ex-reader-note");
  const sides = host.querySelector(".ex-sides");
  const said = element("p", { className: "ex-sr", attributes: { role: "status" } });
  const area = element("textarea", {
    className: "ex-reader-text", value: given.text, spellcheck: false, autocapitalize: "off", autocomplete: "off", dir: "auto",
    attributes: { "aria-labelledby": (heading.id = `ex-box-${box}`) },
  });
  const link = element("button", { type: "button", textContent: "Copy a link to this text" });
  const back = element("button", { type: "button", textContent: "Back to the example", disabled: true });
  still.replaceWith(area);
  host.querySelector(".ex-reader-tools").append(link, back);
  host.append(said);
  const idle = "Type or paste: both tokenizers follow. Nothing leaves this page.";
  note.textContent = `${idle} GPT-2’s merges are loaded when you enter the box.`;

  const tell = (text) => { said.textContent = text; };
  const panels = new Map([...sides.querySelectorAll(".ex-side")].map((side) => [side.dataset.side, new Panel(side, given, tell)]));

  // One question at a time: what is typed meanwhile waits, and only its last state is asked for.
  let begun = false;
  let busy = false;
  let again = false;
  let quiet = 0;

  async function update() {
    again = busy;
    if (busy) return;
    busy = true;
    sides.setAttribute("aria-busy", "true");
    const text = area.value;
    const answer = await ask({ box, text, most: given.most });
    for (const [name, panel] of panels) {
      if (answer[name]) panel.show(answer[name]);
      else panel.wait();
    }
    host.querySelector(".ex-head span").textContent = many([...text].length, "character");
    back.disabled = text === given.text;
    busy = false;
    if (again) return update();
    sides.setAttribute("aria-busy", "false");
    clearTimeout(quiet);
    quiet = setTimeout(() => tell([...panels.values()].map((panel) => panel.summary()).join(" ")), QUIET);
  }

  function begin() {
    if (!begun) giveList(box, given);
    begun = true;
    loadGpt2(given.file, ({ loaded, of }) => {
      note.textContent = `Loading GPT-2’s merges: ${kilobytes(loaded)}${of ? ` of ${kilobytes(of)}` : ""} kB.`;
    }).then(() => {
      note.textContent = idle;
      area.removeEventListener("focus", begin);
      return update();
    }).catch((error) => {
      note.textContent = `GPT-2’s merges could not be loaded (${error.message}); enter the box again to try once more.`;
    });
  }

  function set(text) {
    area.value = text;
    begin();
    update();
  }

  area.addEventListener("focus", begin);
  area.addEventListener("input", () => {
    if (!begun) begin();
    update();
  });
  back.addEventListener("click", () => {
    set(given.text);
    if (setting("text") !== null) keep({ text: null });
    area.focus();
  });
  link.addEventListener("click", () => {
    const address = addressWith({ text: area.value });
    if (address.length > LONGEST_LINK) {
      flash(link, "Too long for a link", `the address would have ${number(address.length)} characters; ${number(LONGEST_LINK)} are safe`, tell);
      return;
    }
    keep({ text: area.value });
    copy(address, link, "Copied", tell);
  });
  const arrive = () => {
    const text = setting("text");
    if (text !== null && text !== area.value) {
      set(text);
      host.scrollIntoView({ block: "start" });
    }
  };
  addEventListener("hashchange", arrive);
  arrive();
}

const kilobytes = (bytes) => number(Math.round(bytes / 1000));

/** One tokenizer's chips, with the ids in a row. Chip and id belong together: pointing at one marks both. */
class Panel {
  constructor(side, given, tell) {
    this.given = given;
    this.most = given.most;
    this.bytes = entries;
    this.counted = side.dataset.side === "words" && given.counts !== null;
    this.list = side.querySelector(".ex-chip-list");
    this.name = this.list.getAttribute("aria-label");
    this.total = side.querySelector(".ex-head span");
    this.row = side.querySelector(".ex-ids");
    this.detail = side.querySelector(".ex-detail");
    this.key = side.querySelector(".ex-key") ?? this.list.after(element("p", { className: "ex-key" })) ?? this.list.nextElementSibling;
    this.rest = element("p", { className: "ex-rest", hidden: true });
    this.list.after(this.rest);
    this.tokens = null; // what is drawn; null: what the printer drew
    this.ids = null;
    this.marks = []; // the parts that are marked
    this.hint = "Point at a chip or tap it: its id is marked.";
    this.detail.textContent = this.hint;
    this.box = new Listbox(this.list, (place) => this.mark(place));
    const copyIds = element("button", { type: "button", textContent: "Copy ids" });
    side.setAttribute("role", "group");
    side.setAttribute("aria-label", this.name);
    side.querySelector(".ex-side-tools").append(copyIds);
    copyIds.addEventListener("click", () => {
      const ids = this.ids ?? this.spans().map((span) => span.textContent);
      copy(`[${ids.join(", ")}]`, copyIds, `Copied ${many(ids.length, "id")}`, tell);
    });
    this.row.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.mark(this.placeOf(event.target)));
    this.row.addEventListener("pointerleave", () => this.mark(this.box.pinned));
    this.row.addEventListener("click", (event) => this.box.pin(this.placeOf(event.target)));
  }

  /** What is drawn belongs to an earlier text: the tokenizer is not there yet. */
  wait() {
    this.list.classList.add("ex-waiting");
    this.row.classList.add("ex-waiting");
  }

  spans() {
    return [...this.row.querySelectorAll("span")];
  }

  placeOf(target) {
    return this.spans().indexOf(target.closest(".ex-ids > span"));
  }

  /** Draw an answer of the worker: what stood at the start and at the end stays as it is. */
  show({ ids, distinct, unknown, shown, bytes = [] }) {
    bytes.forEach(([id, its]) => this.bytes.set(id, its));
    const old = this.tokens ?? [];
    const drawn = Math.min(ids.length, this.most);
    const same = (token, place) => token.id === ids[place] && (!shown || token.text === shown[place]);
    if (this.tokens === null) this.clear();
    for (const part of [this.list, this.row]) part.classList.remove("ex-waiting");
    let from = 0;
    while (from < Math.min(old.length, drawn) && same(old[from], from)) from += 1;
    let kept = 0;
    while (kept < Math.min(old.length, drawn) - from && same(old[old.length - 1 - kept], drawn - 1 - kept)) kept += 1;
    const spans = this.spans();
    for (let place = from; place < old.length - kept; place++) {
      this.list.children[from].remove();
      spans[place].previousSibling.remove();
      spans[place].remove();
    }
    const made = Array.from({ length: drawn - kept - from }, (_, place) => this.token(ids[from + place], shown?.[from + place]));
    this.list.insertBefore(fragment(made.map((token) => option(chip(token)))), this.list.children[from] ?? null);
    const next = spans[old.length - kept]?.previousSibling ?? null;
    this.row.insertBefore(fragment(made.flatMap((token) => [" ", element("span", { textContent: token.id })])), next);
    this.tokens = [...old.slice(0, from), ...made, ...old.slice(old.length - kept)];
    this.ids = ids;
    this.distinct = distinct;
    this.unknown = unknown;
    const [tokens, others] = this.summaryParts();
    this.total.textContent = [tokens, ...others].join(", ");
    this.rest.hidden = ids.length <= drawn;
    this.rest.textContent = `The first ${number(drawn)} are drawn, ${number(ids.length - drawn)} more are not. The counts are of all, and so are the copied ids.`;
    const towards = direction(this.tokens);
    if (this.list.dir !== towards) this.list.dir = towards;
    this.key.replaceChildren(...legend(this.tokens, this.counted && drawn > 0));
    this.box.hold(-1);
    this.box.reach(Math.min(this.box.at, drawn - 1));
  }

  /** What a chip needs; `text` only where the tokenizer is the simple one. */
  token(id, text) {
    if (text === undefined) return { id, bytes: this.bytes.get(id) };
    const unknown = this.given.words[id] !== text;
    return { id, text, unknown, count: this.counted ? (unknown ? 0 : this.given.counts[id]) : undefined };
  }

  clear() {
    this.list.replaceChildren();
    this.row.replaceChildren(this.row.firstElementChild);
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
  mark(place) {
    this.marks.forEach((part) => part.classList.remove("ex-linked", "ex-same"));
    this.marks = [];
    if (place < 0) {
      this.detail.textContent = this.hint;
      return;
    }
    const spans = this.spans();
    const id = spans[place].textContent;
    spans.forEach((span, other) => {
      if (span.textContent !== id) return;
      for (const part of [span, this.list.children[other]]) {
        part.classList.add(other === place ? "ex-linked" : "ex-same");
        this.marks.push(part);
      }
    });
    this.detail.textContent = this.about(place, id, spans);
  }

  about(place, id, spans) {
    const token = this.tokens?.[place];
    const times = spans.filter((span) => span.textContent === id).length;
    const parts = [`token ${number(place + 1)} of ${number(this.ids?.length ?? spans.length)}`, `id ${id}`];
    if (token) parts.push(plain(token), `bytes ${(token.bytes ?? [...new TextEncoder().encode(token.text)]).map(hex).join(" ")}`);
    if (times > 1) parts.push(`${times} times here`);
    return parts.join(" · ");
  }
}

function fragment(parts) {
  const made = document.createDocumentFragment();
  made.append(...parts);
  return made;
}
