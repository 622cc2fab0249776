/* Steer the map of word vectors: its state, the walk over steps of training, when to draw. exhibits.js imports this when
   one comes near the view. It fetches the map's file, lays a canvas over the still drawing, and keeps in the address's
   fragment what is seen: #word=cat&with=dog&step=400. */

import { copy } from "./clipboard.js";
import { cosineText, element, number } from "./dom.js";
import { addressWith, keep, setting } from "./fragment.js";
import { readMap } from "./wordmap-data.js";
import { listenToPointers, pressed } from "./wordmap-input.js";
import { cameraFrom, cameraText, MapView, START } from "./wordmap-view.js";
import { button, groupSwitches, moreRows, pairParts, scope, showTip, spokenWords, wordParts } from "./wordmap-panel.js";
import { given as carried, part, parts } from "./parts.js";
import { finder, wordBox } from "./wordmap-search.js";

const STRIDE = 900; // ms from one step to the next while playing
const REST = 300; // ms without a change until the address is written
const SETTINGS = ["word", "with", "step", "view"];
const KEYS = "Arrow keys go to the next word that way, N to the nearest neighbour, Backspace back. C holds the word, to compare it. Shift and arrows move the map, plus and minus zoom, 0 resets.";
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Bring a map to life, once. tools: colour(css, element) and onTheme(call), of exhibits.js. */
export async function start(host, tools) {
  if (host.dataset.live) return;
  host.dataset.live = "yes";
  const given = carried(host, "map-data");
  const note = part(host, "note");
  note.textContent = `Loading the vectors (${given.size}).`;
  try {
    const data = await readMap(new URL(given.file, document.baseURI).href, given.mark);
    new Explorer(host, tools, given, data);
  } catch (error) {
    delete host.dataset.live;
    const again = element("button", { type: "button", textContent: "Try again" });
    again.addEventListener("click", () => start(host, tools));
    note.replaceChildren(`A still of the last step: the vectors could not be loaded (${error.message}). `, again);
  }
}

class Explorer {
  constructor(host, tools, given, data) {
    Object.assign(this, { host, given, data, last: data.steps.length - 1, scoped: data.grouped });
    this.field = part(host, "map-field");
    this.panel = part(host, "map-panel");
    this.rank = [...document.querySelectorAll(".ex-explorer")].indexOf(host);
    this.chosen = given.first;
    this.second = given.second ?? -1;
    this.hovered = -1;
    this.trail = []; // words chosen before
    this.pace = 0; // the animation's handle while it plays
    this.frame = 0;
    this.rest = 0;
    this.fold = false; // whether the curve's numbers are shown
    this.status = element("p", { className: "ex-sr", attributes: { role: "status" } });
    this.build();
    this.view = new MapView(this.canvas, data);
    const recolour = () => {
      const names = ["paper", "ink", "ink-soft", "machine", ...data.groups.map((_, group) => `hue-${group + 1}`)];
      this.view.ink = { ...Object.fromEntries(names.map((name) => [name, tools.colour(`var(--${name})`, host)])), font: `12px ${getComputedStyle(host).fontFamily}` };
      this.redraw();
    };
    this.listen();
    groupSwitches(this);
    recolour();
    tools.onTheme(recolour);
    new ResizeObserver(() => this.redraw()).observe(this.field);
    this.update();
    host.classList.add("ex-drawn");
    const arrive = () => { if (this.shared()) host.scrollIntoView({ block: "start" }); };
    addEventListener("hashchange", arrive);
    arrive();
  }

  // Parts

  build() {
    const { data, host, last } = this;
    const id = `ex-keys-${this.rank}`;
    this.canvas = element("canvas", { tabIndex: 0, attributes: { role: "application", "aria-label": this.given.alt, "aria-describedby": id } });
    this.tip = element("div", { className: "ex-tip", hidden: true });
    part(host, "map-still").setAttribute("aria-hidden", "true"); // the canvas has its name
    this.field.append(this.canvas, this.tip, element("p", { className: "ex-keys", id, textContent: KEYS }));
    this.play = button("Play", {}, "ex-play");
    this.slider = element("input", { type: "range", min: 0, max: last, step: 1, value: last, attributes: { "aria-label": "Step of training" } });
    this.shown = element("output", { className: "ex-step" });
    this.flat = button("2-D");
    this.deep = button("3-D");
    this.smaller = button("−", { "aria-label": "Zoom out" });
    this.larger = button("+", { "aria-label": "Zoom in" });
    this.resetButton = button("Reset");
    this.link = button("Copy a link");
    const find = finder(data.words, data.counts);
    const tell = (text) => this.say(text);
    const common = { words: data.words, counts: data.counts, find, tell };
    this.search = wordBox({ ...common, label: "Find a word", placeholder: "find a word", choose: (word) => this.choose(word) });
    this.between = element("output", { className: "ex-between" });
    this.other = wordBox({ ...common, label: "Compare with", placeholder: "compare with", choose: (word) => this.compare(word) });
    part(host, "map-controls").replaceChildren(
      element("div", { className: "ex-row", hidden: last === 0 }, this.play, this.slider, this.shown),
      element("div", { className: "ex-row" }, element("span", { className: "ex-joined" }, this.flat, this.deep),
        element("span", { className: "ex-joined" }, this.smaller, this.larger, this.resetButton), this.link),
      element("div", { className: "ex-row" }, this.search.box, this.other.box, this.between));
    [this.pair] = parts(host, "map-pair"); // printed where the map opens on two words
    if (!this.pair) {
      this.pair = element("div", { className: "ex-pair", hidden: true, attributes: { role: "group", "aria-label": "Two words compared" } });
      part(host, "map-body").after(this.pair);
    }
    host.append(this.status);
    moreRows(this);
  }

  // Words

  say(text) { this.status.textContent = text; }
  get step() { return Math.round(this.view.time); }
  get stepText() { return `step ${number(this.data.steps[this.step])}`; }

  /** Bring all words and numbers up to date with what is chosen. */
  update() {
    const { data, panel, chosen, second } = this;
    const focused = panel.contains(document.activeElement) ? [...panel.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    const near = (word) => new Set(word < 0 ? [] : data.near(this.step, word).map((one) => one.word));
    const hold = button(second < 0 ? "Compare" : `Show ${data.words[second]} here`);
    hold.addEventListener("click", () => (second < 0 ? this.hold() : this.swap()));
    panel.replaceChildren(...wordParts(this, chosen, near(second)), element("div", { className: "ex-row" }, hold, ...scope(this)));
    this.updatePair(near(chosen));
    this.shown.textContent = this.stepText;
    this.slider.value = this.step;
    this.slider.setAttribute("aria-valuetext", this.stepText);
    for (const [made, on] of [[this.flat, !this.view.camera.deep], [this.deep, this.view.camera.deep]]) made.setAttribute("aria-pressed", String(on));
    if (focused >= 0) (panel.querySelectorAll("button")[focused] ?? panel.querySelector("button")).focus();
    this.redraw();
  }

  updatePair(nearChosen) {
    const { pair, data } = this;
    this.between.textContent = this.second < 0 ? "" : `cosine ${cosineText(data.cosine(this.step, this.chosen, this.second))}`;
    const focused = pair.contains(document.activeElement) ? [...pair.querySelectorAll("button, summary")].indexOf(document.activeElement) : -1;
    pair.hidden = this.second < 0;
    pair.replaceChildren(...(pair.hidden ? [] : pairParts(this, nearChosen)));
    if (focused >= 0) pair.querySelectorAll("button, summary")[focused]?.focus();
  }

  // Actions

  choose(word, back = false) {
    if (word !== this.chosen && !back) this.trail.push(this.chosen);
    this.chosen = word;
    this.view.reveal(word);
    this.changed();
  }

  compare(word) {
    this.second = word;
    if (word < 0) this.other.input.value = "";
    this.changed();
  }

  hold() {
    this.second = this.chosen;
    this.changed();
    this.say(`${this.data.words[this.chosen]} is held. Choose another word, to compare the two.`);
  }

  swap() {
    [this.chosen, this.second] = [this.second, this.chosen];
    this.changed();
  }

  changed() {
    this.update();
    this.say(spokenWords(this));
    this.keep();
  }

  walk(right, up) {
    const word = this.view.towards(this.chosen, right, up);
    if (word < 0) this.say("No word lies further that way.");
    else this.choose(word);
  }

  /** To the nearest neighbour that this walk has not been to. */
  onward() {
    const been = new Set(this.trail);
    const next = this.data.near(this.step, this.chosen).find((one) => !been.has(one.word));
    if (next) this.choose(next.word);
    else this.say("You have been to all of the nearest.");
  }

  backward() {
    if (this.trail.length) this.choose(this.trail.pop(), true);
    else this.say("This is the first word.");
  }

  // The address

  named(name) { return this.rank ? `${name}.${this.rank + 1}` : name; }

  settings() {
    const values = [
      this.data.words[this.chosen], this.second < 0 ? null : this.data.words[this.second],
      this.step === this.last ? null : String(this.data.steps[this.step]),
      cameraText(this.view.camera),
    ];
    return Object.fromEntries(SETTINGS.map((name, at) => [this.named(name), values[at]]));
  }

  /** Write what is seen into the address, when it has come to rest. */
  keep() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => keep(this.settings()), REST);
  }

  /** Show what the address says. Returns whether it says something of this map. */
  shared() {
    const [word, other, step, seen] = SETTINGS.map((name) => setting(this.named(name)));
    if ([word, other, step, seen].every((one) => one === null)) return false;
    const { data, view } = this;
    this.stop();
    this.chosen = data.number.get(word) ?? this.given.first;
    this.second = data.number.get(other) ?? -1;
    const at = data.steps.indexOf(Number(step ?? data.steps[this.last]));
    view.time = at < 0 ? this.last : at;
    view.camera = cameraFrom(seen);
    this.update();
    const missing = [word, other].filter((one) => one !== null && !data.number.has(one));
    if (missing.length) this.say(`${missing.join(" and ")}: not on this map.`);
    return true;
  }

  // Time

  stop() {
    cancelAnimationFrame(this.pace);
    this.pace = 0;
    this.play.textContent = "Play";
  }

  run() {
    if (this.view.time >= this.last) this.view.time = 0;
    const began = performance.now();
    const from = this.view.time;
    let drawn = -1; // the step whose words are shown
    this.play.textContent = "Pause";
    const frame = (now) => {
      const reached = from + Math.max(0, now - began) / STRIDE;
      this.view.time = Math.min(this.last, calm.matches ? Math.floor(reached) : reached);
      if (this.step !== drawn) { drawn = this.step; this.update(); } else if (!calm.matches) this.redraw();
      if (this.view.time < this.last) this.pace = requestAnimationFrame(frame);
      else { this.stop(); this.changed(); }
    };
    this.pace = requestAnimationFrame(frame);
  }

  // The drawing

  redraw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.field.clientWidth) return; // in a closed tab or fold: the observer calls again
      const near = this.data.near(this.step, this.chosen).map((one) => one.word);
      this.view.draw({ chosen: this.chosen, second: this.second === this.chosen ? -1 : this.second, hovered: this.hovered, near });
    });
  }

  moved() {
    this.redraw();
    this.keep();
  }

  zoom(by, x, y) { this.view.zoom(by, x, y); this.moved(); }
  turn(deep) { this.view.camera.deep = deep; this.update(); this.keep(); }
  reset() { this.view.camera = { ...START, deep: this.view.camera.deep }; this.moved(); }

  hover(word) {
    if (word === this.hovered) return;
    this.hovered = word;
    showTip(this, word);
    this.redraw();
  }

  // Input

  listen() {
    this.play.addEventListener("click", () => (this.pace ? (this.stop(), this.keep()) : this.run()));
    this.slider.addEventListener("input", () => { this.stop(); this.view.time = Number(this.slider.value); this.update(); this.keep(); });
    this.flat.addEventListener("click", () => this.turn(false));
    this.deep.addEventListener("click", () => this.turn(true));
    this.larger.addEventListener("click", () => this.zoom(1.4));
    this.smaller.addEventListener("click", () => this.zoom(1 / 1.4));
    this.resetButton.addEventListener("click", () => this.reset());
    this.link.addEventListener("click", () => copy(addressWith(this.settings()), this.link, "Copied", (text) => this.say(text)));
    listenToPointers(this);
    this.canvas.addEventListener("keydown", (event) => pressed(this, event));
  }
}
