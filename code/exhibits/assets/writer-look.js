/* Show one step of the writer: the candidates with their probabilities, and the attention weights on earlier tokens, on a
   map of all heads and in a list of one. */

import { plain, spoken } from "./chips.js";
import { element, number } from "./dom.js";

const MOST = 8; // tokens listed on each side
const GAP = 4; // px of a canvas between two blocks

export class Look {
  /** host: an empty element of the exhibit; changed: is called when the reader has chosen another block or head; onTheme:
      calls back after each change of theme. */
  constructor(host, changed, onTheme) {
    this.host = host;
    this.changed = changed;
    this.onTheme = onTheme;
    this.step = null;
  }

  /** Make the panels; model: {blocks, heads}. */
  shape({ blocks, heads }) {
    this.heads = heads;
    const choice = (name, entries) => {
      const made = element("select", {}, ...entries.map(([value, text]) => element("option", { value: String(value), textContent: text })));
      made.addEventListener("change", () => {
        this.chosen = true;
        this.changed();
      });
      return [made, element("label", {}, `${name} `, made)];
    };
    const numbered = (count) => Array.from({ length: count }, (_, at) => [at, String(at + 1)]);
    const [block, blockLabel] = choice("block", numbered(blocks));
    const [head, headLabel] = choice("head", [[-1, "all, on average"], ...numbered(heads)]);
    this.block = block;
    this.head = head;
    block.value = String(blocks - 1);
    this.chosen = false; // whether the reader has chosen a head
    this.came = panel("What could have come", "token", "probability", "drawn with");
    this.looked = panel("What the model looked at", "token", "position", "weight");
    this.map = element("canvas", { className: "ex-writer-map", attributes: { "aria-hidden": "true" } }); // the list says it in words
    this.map.style.setProperty("--rows", String(blocks * heads));
    this.map.addEventListener("click", (event) => this.choose(event));
    new ResizeObserver(() => this.draw()).observe(this.map);
    this.onTheme(() => this.draw());
    const key = element("p", { className: "ex-rest", textContent: "A row for each head, a column for each token that was read. The frame is the head listed below; tap another row." });
    this.looked.part.children[0].after(element("div", { className: "ex-row" }, blockLabel, headLabel), key, this.map);
    this.host.replaceChildren(element("div", { className: "ex-sides" }, this.came.part, this.looked.part));
    this.none();
  }

  none() {
    this.step = null;
    this.draw();
    this.came.about.textContent = this.looked.about.textContent = "this token was given";
    for (const side of [this.came, this.looked]) side.rows.replaceChildren();
  }

  /** Show a step. token: makes {id, bytes} of an id; tokens: the drawn ones, the first at position `first` of the text.
      Returns the attention weights, from position step.from of the text on. */
  show(step, at, token, tokens, first) {
    const { rows } = this.came;
    const chosen = token(step.id);
    this.came.about.textContent = `${plain(chosen)} came${step.rank > 1 ? `: rank ${number(step.rank)}` : ": the best"}`;
    rows.replaceChildren(...step.top.map(([id, own, drawn]) => row(token(id), own / step.top[0][1], [percent(own), percent(drawn)], id === step.id)));
    const weights = this.weights(step);
    const order = Array.from(weights.keys()).sort((one, other) => weights[other] - weights[one] || other - one).slice(0, MOST);
    this.step = step;
    this.draw();
    this.looked.about.textContent = `to write ${plain(chosen)}, token ${number(first + at + 1)}`;
    this.looked.rows.replaceChildren(...order.map((at) => {
      const drawn = tokens[at + step.from - first];
      return row(drawn ?? null, weights[at] / weights[order[0]], [number(at + step.from + 1), percent(weights[at])], false);
    }));
    return weights;
  }

  /** The top of a head's row on the map, and its height; there is a gap between two blocks. */
  rowBox(row) {
    const [rows, gaps] = [this.block.length * this.heads, this.block.length - 1];
    const high = (this.map.height - gaps * GAP) / rows;
    return [row * high + Math.floor(row / this.heads) * GAP, high];
  }

  /** Draw all heads: a row each, a column for each token that was read. */
  draw() {
    const { map, step } = this;
    const scale = devicePixelRatio || 1;
    map.width = Math.round(map.clientWidth * scale);
    map.height = Math.round(map.clientHeight * scale);
    if (!step || !map.width || !map.height) return;
    const pen = map.getContext("2d");
    const style = getComputedStyle(map);
    const rows = this.block.length * this.heads;
    const length = step.attention.length / rows;
    pen.fillStyle = style.color; // exhibits.css gives the map the colour of the largest weight
    for (let row = 0; row < rows; row++) {
      const [top, high] = this.rowBox(row);
      const weights = step.attention.subarray(row * length, (row + 1) * length);
      const most = Math.max(...weights);
      for (let at = 0; at < length; at++) {
        pen.globalAlpha = 0.08 + 0.92 * (weights[at] / most);
        const left = Math.round((at * map.width) / length);
        pen.fillRect(left, top, Math.max(1, Math.round(((at + 1) * map.width) / length) - left - (length < 60 ? 1 : 0)), Math.max(1, high - 1));
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = style.outlineColor;
    pen.lineWidth = 2 * scale;
    const head = Number(this.head.value);
    const first = Number(this.block.value) * this.heads + Math.max(0, head);
    const [top] = this.rowBox(first);
    const [bottom, high] = this.rowBox(head < 0 ? first + this.heads - 1 : first);
    pen.strokeRect(scale, Math.max(scale, top - scale / 2), map.width - 2 * scale, Math.min(map.height - scale, bottom + high) - Math.max(scale, top - scale / 2));
  }

  /** Choose the head that was pointed at. */
  choose(event) {
    const at = (event.offsetY / this.map.clientHeight) * this.map.height;
    const rows = this.block.length * this.heads;
    let row = 0;
    while (row + 1 < rows && this.rowBox(row + 1)[0] <= at) row += 1;
    this.block.value = String(Math.floor(row / this.heads));
    this.head.value = String(row % this.heads);
    this.chosen = true;
    this.changed();
  }

  /** Choose the head with the sharpest look at a token within the text, unless the reader has chosen one: the first token,
      where most heads rest, and the last one do not count. */
  sharpest({ attention }) {
    if (this.chosen) return;
    const length = attention.length / (this.block.length * this.heads);
    let [best, most] = [0, -1];
    attention.forEach((weight, place) => {
      const at = place % length;
      if (weight > most && (length < 4 || (at > 0 && at < length - 1))) [best, most] = [Math.floor(place / length), weight];
    });
    this.block.value = String(Math.floor(best / this.heads));
    this.head.value = String(best % this.heads);
  }

  /** The attention weights of the chosen block and head, or the mean of its heads. */
  weights({ attention }) {
    const length = attention.length / (this.block.length * this.heads);
    const row = (head) => attention.subarray((Number(this.block.value) * this.heads + head) * length, (Number(this.block.value) * this.heads + head + 1) * length);
    const head = Number(this.head.value);
    if (head >= 0) return row(head);
    const mean = new Float32Array(length);
    for (let each = 0; each < this.heads; each++) row(each).forEach((weight, at) => { mean[at] += weight / this.heads; });
    return mean;
  }
}

const percent = (share) => (share === 0 ? "–" : share < 0.001 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`);

/** A side with a head, a line about it, and a table. */
function panel(name, ...columns) {
  const about = element("span", {});
  const rows = element("tbody", {});
  const head = element("thead", {}, element("tr", {}, ...columns.map((text, at) => element("th", { scope: "col", textContent: text, className: at ? "ex-right" : "" }))));
  const part = element("div", { className: "ex-side" }, element("p", { className: "ex-head" }, element("b", { textContent: name }), " ", about),
    element("table", { className: "ex-table ex-writer-table", attributes: { "aria-label": name } }, head, rows));
  return { part, about, rows };
}

/** A row: a token (null: one that is not drawn) with a bar as long as its share of the largest, and numbers. */
function row(token, share, cells, now) {
  const name = token ? element("bdi", { textContent: plain(token), attributes: { "aria-hidden": "true" } }) : "earlier";
  const made = element("tr", { className: now ? "ex-now" : "" },
    element("th", { scope: "row" }, ...(token ? [element("span", { className: "ex-sr", textContent: spoken(token) + (now ? ", which came" : "") })] : []), name),
    ...cells.map((text) => element("td", { className: "ex-right", textContent: text })));
  made.firstElementChild.style.setProperty("--share", `${(100 * share).toFixed(1)}%`);
  return made;
}
