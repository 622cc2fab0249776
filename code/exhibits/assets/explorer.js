/* The map of word vectors that moves: exhibits.js imports this when one comes near the view. It fetches the map's file,
   lays a canvas over the still drawing, and keeps in the address's fragment what is seen: #word=cat&with=dog&step=400. */

import { element, number } from "./chips.js";
import { copy } from "./clipboard.js";
import { curve } from "./curve.js";
import { addressWith, keep, setting } from "./fragment.js";
import { readMap } from "./mapdata.js";
import { MapView } from "./mapview.js";
import { given as carried, part, parts } from "./parts.js";
import { finder, wordBox } from "./wordsearch.js";

const IN_TIP = 5; // neighbours
const STRIDE = 900; // ms from one step to the next while playing
const STEP = 0.08; // of half the field, that a key moves the map
const ROWS = 120; // more of the table at a time
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

const button = (textContent, attributes = {}, className = "") => element("button", { type: "button", textContent, className, attributes });
const cosineText = (cosine) => cosine.toFixed(2).replace("-", "\u2212");

class Explorer {
  constructor(host, tools, given, data) {
    Object.assign(this, { host, given, data, last: data.steps.length - 1 });
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
    this.said = element("p", { className: "ex-sr", attributes: { role: "status" } });
    this.build();
    this.view = new MapView(this.canvas, data);
    const recolour = () => {
      const names = ["paper", "ink", "ink-soft", "machine", ...data.groups.map((_, group) => `hue-${group + 1}`)];
      this.view.ink = { ...Object.fromEntries(names.map((name) => [name, tools.colour(`var(--${name})`, host)])), font: `12px ${getComputedStyle(host).fontFamily}` };
      this.redraw();
    };
    this.listen();
    this.groups();
    recolour();
    tools.onTheme(recolour);
    new ResizeObserver(() => this.redraw()).observe(this.field);
    this.tell();
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
    this.reset = button("Reset");
    this.link = button("Copy a link");
    const find = finder(data.words, data.counts);
    const tell = (text) => this.say(text);
    const common = { words: data.words, counts: data.counts, find, tell };
    this.search = wordBox({ ...common, label: "Find a word", placeholder: "find a word", choose: (word) => this.choose(word) });
    this.other = wordBox({ ...common, label: "Compare with", placeholder: "compare with", choose: (word) => this.compare(word) });
    part(host, "map-controls").replaceChildren(
      element("div", { className: "ex-row", hidden: last === 0 }, this.play, this.slider, this.shown),
      element("div", { className: "ex-row" }, element("span", { className: "ex-joined" }, this.flat, this.deep),
        element("span", { className: "ex-joined" }, this.smaller, this.larger, this.reset), this.link),
      element("div", { className: "ex-row" }, this.search.box, this.other.box));
    [this.pair] = parts(host, "map-pair"); // printed where the map opens on two words
    if (!this.pair) {
      this.pair = element("div", { className: "ex-pair", hidden: true, attributes: { role: "group", "aria-label": "Two words compared" } });
      part(host, "map-body").after(this.pair);
    }
    host.append(this.said);
    this.moreRows();
  }

  /** The legend's groups become switches. */
  groups() {
    for (const entry of parts(this.host, "map-group")) {
      const group = Number(entry.dataset.group);
      const made = element("button", { type: "button", attributes: { "aria-pressed": "true" } }, ...entry.childNodes);
      entry.append(made);
      made.addEventListener("click", () => {
        if (!this.view.hidden.delete(group)) this.view.hidden.add(group);
        made.setAttribute("aria-pressed", String(!this.view.hidden.has(group)));
        this.redraw();
      });
    }
  }

  /** The table goes on beyond what was printed, at the last step. */
  moreRows() {
    const { data, last } = this;
    const { rows: printed } = this.given;
    const [rows, note, room] = ["table-rows", "map-rows", "map-more"].map((name) => part(this.host, name));
    const there = new Set(printed);
    const rest = data.words.map((_, word) => word).filter((word) => !there.has(word)).sort((a, b) => data.counts[b] - data.counts[a]);
    const more = button("More rows");
    room.append(more);
    room.hidden = !rest.length;
    more.addEventListener("click", () => {
      for (const word of rest.splice(0, ROWS)) {
        const near = data.near(last, word).map((found) => data.words[found.word]).join(", ");
        const cells = [data.words[word], data.groups[data.member[word]] ?? "", number(data.counts[word]), near];
        rows.append(element("tr", {}, ...cells.map((textContent, at) => element("td", { textContent, className: ["", "", "ex-right", "ex-long"][at] }))));
      }
      room.hidden = !rest.length;
      note.textContent = `${number(data.count - rest.length)} of ${number(data.count)} words at step ${number(data.steps[last])}.`;
      this.say(note.textContent);
    });
  }

  // What is said

  say(text) { this.said.textContent = text; }
  get step() { return Math.round(this.view.time); }
  get stepText() { return `step ${number(this.data.steps[this.step])}`; }

  about(word) {
    const group = this.data.member[word];
    const times = this.data.counts[word];
    return `${times === 1 ? "once" : `${number(times)} times`}${group >= 0 ? `, ${this.data.groups[group]}` : ""}`;
  }

  /** The list of a word's neighbours; those in `both` stand in the other word's list too. */
  list(word, both) {
    const { data } = this;
    const items = data.near(this.step, word).map((found) => {
      const name = data.words[found.word];
      const choose = button(name);
      choose.addEventListener("click", () => this.choose(found.word));
      const shared = both.has(found.word) ? [element("span", { className: "ex-both", title: "near both words", textContent: "both" }), " "] : [];
      const beside = button(cosineText(found.cosine), { "aria-label": `${cosineText(found.cosine)}: compare ${data.words[word]} and ${name} over training`, title: "over training" }, "ex-cosine");
      beside.addEventListener("click", () => { if (word !== this.chosen) this.choose(word); this.compare(found.word); });
      return element("li", {}, choose, element("span", {}, ...shared, beside));
    });
    return element("ol", { attributes: { "aria-label": `Nearest to ${data.words[word]} at ${this.stepText}, with cosine` } }, ...items);
  }

  /** Bring all words and numbers up to date with what is chosen. */
  tell() {
    const { data, panel, chosen, second } = this;
    const place = panel.contains(document.activeElement) ? [...panel.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    const near = (word) => new Set(word < 0 ? [] : data.near(this.step, word).map((found) => found.word));
    const hold = button(second < 0 ? "Compare" : "Swap");
    hold.addEventListener("click", () => (second < 0 ? this.hold() : this.swap()));
    panel.replaceChildren(
      element("p", { className: "ex-chosen" }, element("b", { textContent: data.words[chosen] }), " ", element("span", { textContent: this.about(chosen) })),
      this.list(chosen, near(second)), element("div", { className: "ex-row" }, hold));
    this.tellPair(near(chosen));
    this.shown.textContent = this.stepText;
    this.slider.value = this.step;
    this.slider.setAttribute("aria-valuetext", this.stepText);
    for (const [made, on] of [[this.flat, !this.view.camera.deep], [this.deep, this.view.camera.deep]]) made.setAttribute("aria-pressed", String(on));
    if (place >= 0) (panel.querySelectorAll("button")[place] ?? panel.querySelector("button")).focus();
    this.redraw();
  }

  tellPair(nearChosen) {
    const { data, pair, chosen, second } = this;
    const focused = pair.contains(document.activeElement) ? [...pair.querySelectorAll("button, summary")].indexOf(document.activeElement) : -1;
    pair.hidden = second < 0;
    if (second < 0) { pair.replaceChildren(); return; }
    const [one, other] = [data.words[chosen], data.words[second]];
    const end = button("End the comparison");
    end.addEventListener("click", () => { this.compare(-1); this.canvas.focus({ preventScroll: true }); });
    if (chosen === second) {
      const how = `“${one}” is held. Now choose another word, on the map, in a list or by search, to compare the two.`;
      pair.replaceChildren(element("p", { textContent: how }), element("div", { className: "ex-row" }, end));
    } else {
      const values = data.steps.map((_, step) => data.cosine(step, chosen, second));
      const figure = curve({ steps: data.steps, values, mean: data.pairs, at: this.step, name: `Cosine of ${one} and ${other}` });
      const fold = figure.querySelector("details");
      fold.open = this.fold;
      fold.addEventListener("toggle", () => { this.fold = fold.open; });
      const now = element("p", { className: "ex-between" }, `${one} and ${other}: `, element("b", { textContent: cosineText(values[this.step]) }), ` at ${this.stepText}`);
      const side = element("div", { className: "ex-panel" },
        element("p", { className: "ex-chosen" }, element("b", { textContent: other }), " ", element("span", { textContent: this.about(second) })), this.list(second, nearChosen));
      pair.replaceChildren(element("div", {}, now, figure, element("div", { className: "ex-row" }, end)), side);
    }
    if (focused >= 0) pair.querySelectorAll("button, summary")[focused]?.focus();
  }

  /** What a screen reader hears of the words chosen. */
  announce() {
    const { data, chosen, second } = this;
    const near = data.near(this.step, chosen).slice(0, 3).map((found) => `${data.words[found.word]} ${cosineText(found.cosine)}`);
    const pair = second >= 0 && second !== chosen ? [`Cosine with ${data.words[second]} ${cosineText(data.cosine(this.step, chosen, second))}.`] : [];
    this.say([`${data.words[chosen]}, ${this.about(chosen)}.`, ...pair, `Nearest: ${near.join(", ")}.`].join(" "));
  }

  // What is done

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
    this.tell();
    this.announce();
    this.keep();
  }

  walk(right, up) {
    const word = this.view.towards(this.chosen, right, up);
    if (word < 0) this.say("No word lies further that way.");
    else this.choose(word);
  }

  // The address

  named(name) { return this.rank ? `${name}.${this.rank + 1}` : name; }

  settings() {
    const { camera } = this.view;
    const still = !camera.deep && camera.zoom === 1 && !camera.across && !camera.down;
    const numbers = [camera.zoom, camera.across, camera.down, ...(camera.deep ? [camera.yaw, camera.pitch] : [])];
    const values = [
      this.data.words[this.chosen], this.second < 0 ? null : this.data.words[this.second],
      this.step === this.last ? null : String(this.data.steps[this.step]),
      still ? null : [camera.deep ? "3d" : "2d", ...numbers.map((one) => String(Math.round(one * 100) / 100))].join(","),
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
    const [kind, ...numbers] = (seen ?? "2d,1,0,0").split(",");
    const [zoom, across, down, yaw, pitch] = numbers.map(Number).map((one) => (Number.isFinite(one) ? one : 0));
    Object.assign(view.camera, { deep: kind === "3d", zoom: Math.min(12, Math.max(0.7, zoom || 1)), across: across ?? 0, down: down ?? 0, yaw: yaw ?? 0.6, pitch: pitch ?? 0.35 });
    this.tell();
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
    let told = -1;
    this.play.textContent = "Pause";
    const frame = (now) => {
      const reached = from + Math.max(0, now - began) / STRIDE;
      this.view.time = Math.min(this.last, calm.matches ? Math.floor(reached) : reached);
      if (this.step !== told) { told = this.step; this.tell(); } else if (!calm.matches) this.redraw();
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
      const near = this.data.near(this.step, this.chosen).map((found) => found.word);
      this.view.draw({ chosen: this.chosen, second: this.second === this.chosen ? -1 : this.second, hovered: this.hovered, near });
    });
  }

  seen() {
    this.redraw();
    this.keep();
  }

  zoom(by, x, y) { this.view.zoom(by, x, y); this.seen(); }
  turn(deep) { this.view.camera.deep = deep; this.tell(); this.keep(); }
  back() { Object.assign(this.view.camera, { zoom: 1, across: 0, down: 0, yaw: 0.6, pitch: 0.35 }); this.seen(); }

  hover(word) {
    if (word === this.hovered) return;
    this.hovered = word;
    const { tip, data, view } = this;
    tip.hidden = word < 0;
    if (word >= 0) {
      const near = data.near(this.step, word).slice(0, IN_TIP).map((found) => data.words[found.word]);
      tip.replaceChildren(element("b", { textContent: data.words[word] }), ` ${this.about(word)}`, element("br"), `near: ${near.join(", ")}`);
      const [x, y, side] = [view.spots[3 * word], view.spots[3 * word + 1], view.side];
      const [left, low] = [x > side / 2, y > side / 2];
      tip.style.left = left ? "auto" : `${x + 12}px`;
      tip.style.right = left ? `${side - x + 12}px` : "auto";
      tip.style.top = low ? "auto" : `${y + 12}px`;
      tip.style.bottom = low ? `${side - y + 12}px` : "auto";
    }
    this.redraw();
  }

  // Hands

  listen() {
    this.play.addEventListener("click", () => (this.pace ? (this.stop(), this.keep()) : this.run()));
    this.slider.addEventListener("input", () => { this.stop(); this.view.time = Number(this.slider.value); this.tell(); this.keep(); });
    this.flat.addEventListener("click", () => this.turn(false));
    this.deep.addEventListener("click", () => this.turn(true));
    this.larger.addEventListener("click", () => this.zoom(1.4));
    this.smaller.addEventListener("click", () => this.zoom(1 / 1.4));
    this.reset.addEventListener("click", () => this.back());
    this.link.addEventListener("click", () => copy(addressWith(this.settings()), this.link, "Copied", (text) => this.say(text)));
    this.pointers();
    this.canvas.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** One pointer moves the map or picks a word, two zoom. A finger that goes up or down scrolls the page. */
  pointers() {
    const { canvas } = this;
    const grips = new Map(); // pointer -> where it is
    let moved = false;
    const place = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const word = (event) => this.view.at(...place(event), event.pointerType === "touch" ? 24 : 12);
    const middle = () => { const all = [...grips.values()]; return [0, 1].map((axis) => all.reduce((sum, one) => sum + one[axis], 0) / all.length); };
    const spread = () => { const [[a, b], [c, d]] = [...grips.values()]; return Math.hypot(a - c, b - d); };
    canvas.addEventListener("pointerdown", (event) => {
      if (!grips.size) moved = false;
      grips.set(event.pointerId, place(event));
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!grips.has(event.pointerId)) { if (event.pointerType !== "touch") this.hover(word(event)); return; }
      const [before, wide] = [middle(), grips.size === 2 ? spread() : 0];
      const [x, y] = place(event);
      if (!moved && grips.size === 1 && Math.hypot(x - before[0], y - before[1]) < 4) return;
      moved = true;
      grips.set(event.pointerId, [x, y]);
      this.hover(-1);
      const now = middle();
      const half = this.view.side / 2;
      if (wide && !this.view.camera.deep) this.view.zoom(spread() / wide, ...now);
      else if (wide) this.view.zoom(spread() / wide);
      this.view.move((now[0] - before[0]) / half, (before[1] - now[1]) / half);
      this.seen();
    });
    canvas.addEventListener("pointerup", (event) => {
      const found = grips.has(event.pointerId) && !moved ? word(event) : -1;
      grips.delete(event.pointerId);
      if (found < 0) return;
      if (event.shiftKey) this.compare(found);
      else this.choose(found);
    });
    canvas.addEventListener("pointercancel", (event) => grips.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => this.hover(-1));
    canvas.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 200), ...place(event));
    }, { passive: false });
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = ways[event.key];
    if (way && event.shiftKey) { this.view.move(-way[0] * STEP, -way[1] * STEP); this.seen(); }
    else if (way) this.walk(...way);
    else if (event.key === "n" || event.key === "N") this.onward();
    else if (event.key === "Backspace") { if (this.trail.length) this.choose(this.trail.pop(), true); else this.say("This is the first word."); }
    else if (event.key === "c" || event.key === "C") this.hold();
    else if (event.key === "Escape" && this.second >= 0) this.compare(-1);
    else if (event.key === "+" || event.key === "=") this.zoom(1.4);
    else if (event.key === "-") this.zoom(1 / 1.4);
    else if (event.key === "0") this.back();
    else return;
    event.preventDefault();
  }

  /** To the nearest neighbour that this walk has not been to. */
  onward() {
    const been = new Set(this.trail);
    const next = this.data.near(this.step, this.chosen).find((found) => !been.has(found.word));
    if (next) this.choose(next.word);
    else this.say("You have been to all of the nearest.");
  }
}
