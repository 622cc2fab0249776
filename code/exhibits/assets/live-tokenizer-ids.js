/* Show ids in a row, as one piece of text: an element for each of 600 ids took a third of the layout after every key. What
   is marked is a range of that text (the CSS Custom Highlight API); a browser without it marks the chip alone. */

import { element } from "./dom.js";

const LINKED = "ex-linked";
const SAME = "ex-same";
const MARKS = "highlights" in CSS;
if (MARKS) for (const name of [LINKED, SAME]) CSS.highlights.set(name, new Highlight());

export class IdRow {
  /** row: an element with ids, "ids 464 262"; point: called with the index of the id that is pointed at, or -1; pin: with
      that of the one that is tapped. */
  constructor(row, { point, pin }) {
    this.row = row;
    this.text = new Text(` ${row.textContent.match(/\d+/g).join(" ")}`);
    row.replaceChildren(element("b", { textContent: "ids" }), this.text);
    this.ranges = []; // [name of the highlight, range]
    row.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(this.indexAt(event)));
    row.addEventListener("pointerleave", () => point(-1));
    row.addEventListener("click", (event) => pin(this.indexAt(event)));
  }

  /** The ids that are drawn, as texts. */
  get ids() {
    return this.text.data.split(" ").filter(Boolean);
  }

  /** Draw other ids. Only what differs is replaced: the browser then lays out less. */
  show(ids) {
    const [old, now] = [this.text.data, ` ${ids.join(" ")}`];
    const shorter = Math.min(old.length, now.length);
    let from = 0;
    while (from < shorter && old[from] === now[from]) from += 1;
    if (from === old.length && from === now.length) return;
    let kept = 0;
    while (kept < shorter - from && old[old.length - 1 - kept] === now[now.length - 1 - kept]) kept += 1;
    this.text.replaceData(from, old.length - kept - from, now.slice(from, now.length - kept));
  }

  /** The index of the id under the pointer, or -1. */
  indexAt({ clientX: x, clientY: y }) {
    const [node, offset] = caretAt(x, y);
    if (node !== this.text) return -1;
    const spans = this.spans();
    const index = spans.findIndex(([start, end]) => start <= offset && offset <= end);
    const inside = (box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
    return index >= 0 && [...this.range(spans[index]).getClientRects()].some(inside) ? index : -1;
  }

  /** Mark the id at an index, and faintly the equal ones; none for -1. Returns the indices of all of them. */
  mark(index) {
    for (const [name, range] of this.ranges) CSS.highlights.get(name).delete(range);
    this.ranges = [];
    if (index < 0) return [];
    const all = this.ids;
    const same = [...all.keys()].filter((other) => all[other] === all[index]);
    const spans = this.spans();
    if (MARKS) this.ranges = same.map((other) => [other === index ? LINKED : SAME, this.range(spans[other])]);
    for (const [name, range] of this.ranges) CSS.highlights.get(name).add(range);
    return same;
  }

  /** Where each id starts and ends in the text. */
  spans() {
    return Array.from(this.text.data.matchAll(/\d+/g), ({ index, 0: id }) => [index, index + id.length]);
  }

  range([start, end]) {
    const range = new Range();
    range.setStart(this.text, start);
    range.setEnd(this.text, end);
    return range;
  }
}

/** The node at a point of the window and the offset in its text; Safari and older Chromium have the second way alone. */
function caretAt(x, y) {
  const spot = document.caretPositionFromPoint?.(x, y);
  if (spot) return [spot.offsetNode, spot.offset];
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : [null, -1];
}
