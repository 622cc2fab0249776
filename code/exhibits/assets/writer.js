/* Let the journal's own model continue a beginning in the page: box, buttons, tokens as they come, the link. exhibits.js
   imports this where such an exhibit comes near the view; the model is loaded when the reader asks. A worker reads it, and
   what it looked at is shown in writer-look.js. */

import { chip, direction, legend } from "./chips.js";
import { copy, flash } from "./clipboard.js";
import { element, many, number } from "./dom.js";
import { Listbox, option } from "./listbox.js";
import { given, part, parts } from "./parts.js";
import { Look } from "./writer-look.js";

const LONGEST = 4000; // characters of a beginning; a model of some hundred tokens reads its end alone
const LONGEST_LINK = 4000; // characters of an address; beyond, programs that pass it on begin to cut it
const MOST = 160; // chips drawn of a long beginning, its last ones
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Bring an exhibit of the page to life, once. */
export function start(host, { onTheme }) {
  if (host.dataset.live) return;
  host.dataset.live = "yes";
  new Writer(host, onTheme).begin();
}

/** What the address's fragment says, as in #write=The%20archive&t=0.8&k=40&seed=1, or null. */
function shared() {
  const parts = new URLSearchParams(location.hash.slice(1));
  if (!parts.has("write")) return null;
  const within = (name, low, high) => {
    const value = Number(parts.get(name) ?? NaN);
    return value >= low && value <= high ? value : undefined;
  };
  return { text: parts.get("write").slice(0, LONGEST), temperature: within("t", 0, 2), topK: within("k", 0, 1e6), seed: within("seed", 0, 2 ** 32 - 1) };
}

/** A text as exhibits.base.exhibit prints it: pictures in the place of control characters, U+FFFD for what is no character. */
function seen(text) {
  return text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (char) => String.fromCharCode(char === "\x7f" ? 0x2421 : 0x2400 + char.charCodeAt(0)))
    .replace(/[\x80-\x9f\p{Noncharacter_Code_Point}]/gu, "\ufffd");
}

class Writer {
  constructor(host, onTheme) {
    const all = (names) => names.map((name) => part(host, name));
    this.host = host;
    this.given = given(host, "writer-data");
    this.choices = parts(host, "writer-choice");
    [this.note, this.main, this.more, this.link] = all(["note", "writer-main", "writer-more", "writer-link"]);
    [this.temperature, this.warmth, this.topK, this.seed] = all(["writer-temperature", "writer-warmth", "writer-top-k", "writer-seed"]);
    [this.still, this.beginning, this.rest] = all(["writer-text", "writer-beginning", "writer-rest"]);
    [this.list, this.total, this.key, this.ramp] = all(["chips-list", "chips-total", "chips-key", "chips-shade"]); // the ramp: what a full shade means
    this.full = new Text();
    this.bar = element("span", {}, element("span", { className: "ex-writer-key", attributes: { "aria-hidden": "true" } }), this.full); // and a bar
    this.look = new Look(part(host, "writer-look"), () => this.mark(this.marked), onTheme);
    this.status = element("p", { className: "ex-sr", attributes: { role: "status" } });
    this.area = element("textarea", {
      className: "ex-reader-text", value: this.still.textContent, maxLength: LONGEST, spellcheck: false, autocapitalize: "off",
      autocomplete: "off", dir: "auto", attributes: { "aria-label": "A beginning" },
    });
    this.worker = null;
    this.model = null; // what the worker said of it
    this.run = 0;
    this.writing = false;
    this.tokens = []; // drawn: {id, bytes}; with `step` those that the model wrote
    this.marked = -1;
  }

  begin() {
    this.still.replaceWith(this.area);
    this.host.append(this.status);
    this.box = new Listbox(this.list, (place) => this.mark(place));
    this.note.textContent = `Type a beginning, or choose one. The model (${this.given.size}) loads when you ask.`;
    this.main.addEventListener("click", () => (this.writing ? this.stop() : this.write()));
    this.more.addEventListener("click", () => this.write(true));
    this.link.addEventListener("click", () => this.share());
    this.temperature.addEventListener("input", () => this.settled());
    for (const choice of this.choices) {
      choice.addEventListener("click", () => {
        this.area.value = choice.textContent;
        if (this.model) this.write();
      });
    }
    for (const part of [this.main, this.link, this.temperature, ...this.choices]) part.disabled = false;
    this.set(this.given);
    const arrive = () => {
      const found = shared();
      if (found === null) return;
      this.area.value = found.text;
      this.set(found);
      this.host.scrollIntoView({ block: "start" });
    };
    addEventListener("hashchange", arrive);
    arrive();
  }

  set({ temperature = this.given.temperature, topK = this.given.topK, seed = this.given.seed }) {
    this.temperature.value = String(temperature);
    if (![...this.topK.options].some((one) => Number(one.value) === topK)) this.topK.append(element("option", { value: String(topK), textContent: number(topK) }));
    this.topK.value = String(topK);
    this.seed.value = String(seed);
    this.settled();
  }

  /** Temperature 0 takes the best token: nothing is drawn, so top-k and seed have nothing to say. */
  settled() {
    const warm = Number(this.temperature.value);
    this.warmth.textContent = warm ? String(warm) : "0: the likeliest";
    this.topK.disabled = this.seed.disabled = !warm;
  }

  settings() {
    const seed = Math.trunc(Number(this.seed.value));
    const kept = seed >= 0 && seed < 2 ** 32 ? seed : this.given.seed;
    this.seed.value = String(kept);
    return { temperature: Number(this.temperature.value), topK: Number(this.topK.value), seed: kept };
  }

  // The worker

  /** Start the worker and load the model. Returns a promise; after a failure it may be called again. */
  load() {
    this.loading ??= new Promise((done, failed) => {
      this.worker = new Worker(new URL("writer-worker.js", import.meta.url), { type: "module" });
      this.worker.addEventListener("error", () => {
        failed(new Error("the worker could not be started"));
        if (this.model) this.lost();
      });
      this.worker.addEventListener("message", ({ data }) => {
        if ("loaded" in data) this.note.textContent = `Loading the model: ${number(Math.round(data.loaded / 1000))}${data.of ? ` of ${number(Math.round(data.of / 1000))}` : ""} kB.`;
        else if (data.failed) failed(new Error(data.failed));
        else if (data.ready) {
          this.model = data.ready;
          this.look.shape(data.ready);
          done();
        } else this.heard(data);
      });
      this.worker.postMessage({ load: new URL(this.given.file, document.baseURI).href });
    }).catch((error) => {
      this.worker?.terminate();
      this.worker = this.loading = null;
      throw error;
    });
    return this.loading;
  }

  /** The worker has broken down, for want of memory perhaps. */
  lost() {
    this.worker.terminate();
    this.worker = this.loading = this.model = null;
    this.busy(false);
    this.more.disabled = true; // the text was in the worker
    this.note.textContent = "The model broke down. Press the button to load it again.";
  }

  async write(on = false) {
    if (!this.model) {
      if (this.main.ariaDisabled === "true") return;
      this.main.ariaDisabled = "true"; // not disabled, which would lose the focus
      try {
        await this.load();
      } catch (error) {
        this.note.textContent = `The model could not be loaded: ${error.message}. Press the button to try once more.`;
        return;
      } finally {
        this.main.ariaDisabled = "false";
      }
    }
    this.run += 1;
    this.busy(true);
    this.note.textContent = "";
    this.worker.postMessage({ write: this.run, on, text: this.area.value, count: this.given.length, ...this.settings() });
  }

  stop() {
    this.worker.postMessage({ stop: true });
  }

  busy(writing) {
    this.writing = writing;
    this.main.textContent = writing ? "Stop" : "Write";
    this.more.disabled = writing || !this.tokens.length;
    this.list.setAttribute("aria-busy", String(writing));
  }

  /** What the worker says of a run; of one that is over, nothing is heard. */
  heard(data) {
    if (data.run !== this.run) return;
    if (data.prompt) this.clear(data.prompt);
    else if (data.done) this.ended(data.done);
    else this.append(data);
  }

  clear(prompt) {
    this.first = Math.max(0, prompt.length - MOST); // the position in the text of the first chip
    this.tokens = prompt.slice(this.first).map((id) => ({ id, bytes: this.model.entries[id], notes: ["given"], shade: 0 }));
    this.box.hold(-1);
    this.list.replaceChildren(...this.tokens.map((token) => option(chip(token))));
    this.beginning.textContent = this.first ? `… ${this.textOf(this.tokens)}` : seen(this.area.value);
    this.rest.textContent = "";
    this.box.reach(0);
    this.count();
  }

  append(step) {
    const bits = -Math.log2(step.probability);
    const token = { id: step.id, bytes: this.model.entries[step.id], notes: [bits.toFixed(1)], shade: Math.min(1, bits / this.given.full), step };
    this.tokens.push(token);
    this.list.append(option(chip(token)));
    this.rest.textContent = this.textOf(this.written());
    this.count();
    if (this.box.pinned < 0 && !still.matches) this.mark(this.tokens.length - 1);
  }

  written() {
    return this.tokens.filter((token) => token.step);
  }

  textOf(tokens) {
    return seen(new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(tokens.flatMap((token) => token.bytes))));
  }

  count() {
    const written = this.written().length;
    const left = this.first ? `the last ${number(this.tokens.length - written)} of ` : "";
    this.total.textContent = `${left}${many(this.first + this.tokens.length - written, "token")} given, ${number(written)} written`;
  }

  ended(why) {
    this.busy(false);
    const written = this.written();
    const beyond = this.first + this.tokens.length > this.model.context
      ? ` The model reads ${number(this.model.context)} tokens: what stands before them is forgotten, and each further token takes longer.` : "";
    this.note.textContent = {
      nothing: "Type a beginning first: the model writes on after one token or more.",
      stopped: `Stopped. Point at a token or tap it, to see what else could have come.${beyond}`,
      end: "The model ended the text here.",
      length: `Point at a token or tap it, to see what else could have come, and what the model looked at.${beyond}`,
    }[why];
    this.list.dir = direction(this.tokens);
    this.key.replaceChildren(...legend(this.tokens, false), this.ramp, this.bar);
    this.status.textContent = why === "nothing" ? this.note.textContent : `${many(written.length, "token")} written: ${this.textOf(written)}`;
    if (written.length) this.look.sharpest(written.at(-1).step);
    if (written.length) this.mark(this.box.pinned < 0 ? this.tokens.length - 1 : this.box.pinned);
  }

  // Attention

  /** Show the step that wrote a chip's token: the candidates beside the text, and the attention weights on its chips. */
  mark(place) {
    const chips = this.list.children;
    const shown = place < 0 ? this.tokens.length - 1 : place; // with nothing to point at, the newest
    this.marked = place;
    const step = this.tokens[shown]?.step;
    const weights = step ? this.look.show(step, shown, (id) => ({ id, bytes: this.model.entries[id] }), this.tokens, this.first) : null;
    if (!step && this.model) this.look.none();
    const most = weights ? Math.max(...weights) : 1;
    this.full.data = `attention weight, full at ${Math.round(100 * most)} %`;
    for (let at = 0; at < chips.length; at++) {
      chips[at].classList.toggle("ex-linked", at === shown && step !== undefined);
      const weight = weights?.[at + this.first - step.from];
      chips[at].classList.toggle("ex-looked", weight !== undefined);
      chips[at].style.setProperty("--look", weight === undefined ? "0%" : `${Math.round((100 * weight) / most)}%`);
    }
  }

  share() {
    const { temperature, topK, seed } = this.settings();
    const address = new URL(location.href);
    address.hash = `write=${encodeURIComponent(this.area.value.replace(/\p{Surrogate}/gu, "\ufffd"))}&t=${temperature}&k=${topK}&seed=${seed}`;
    const tell = (text) => { this.status.textContent = text; };
    if (address.href.length > LONGEST_LINK) {
      flash(this.link, "Too long for a link", `the address would have ${number(address.href.length)} characters; ${number(LONGEST_LINK)} are safe`, tell);
      return;
    }
    history.replaceState(null, "", address);
    copy(address.href, this.link, "Copied", tell);
  }
}
