/* Write the panel beside a map: a word with its neighbours, two words compared, the tip, the legend, the table. Each
   function takes the Explorer, whose state it reads and whose actions its buttons call. */

import { curve } from "./wordmap-curve.js";
import { cosineText, element, number } from "./dom.js";
import { part, parts } from "./parts.js";

const IN_TIP = 5; // neighbours
const ROWS = 120; // more of the table at a time

export const button = (textContent, attributes = {}, className = "") => element("button", { type: "button", textContent, className, attributes });

/** A word's count and group. */
export function about({ data }, word) {
  const group = data.member[word];
  const times = data.counts[word];
  return [times > 1 ? `${number(times)} times` : times ? "once" : "", data.groups[group] ?? ""].filter(Boolean).join(", ");
}

/** A word, and the list of its neighbours at the step; those in `both` are marked as the other word's neighbours, too. */
export function wordParts(map, word, both) {
  const { data } = map;
  const items = data.near(map.step, word).map(({ word: near, cosine }) => {
    const name = data.words[near];
    const choose = button(name);
    choose.addEventListener("click", () => map.choose(near));
    const shared = both.has(near) ? [element("span", { className: "ex-both", title: "near both words", textContent: "both" }), " "] : [];
    const compare = button(cosineText(cosine), { "aria-label": `${cosineText(cosine)}: compare ${data.words[word]} and ${name} over training`, title: "over training" }, "ex-cosine");
    compare.addEventListener("click", () => { if (word !== map.chosen) map.choose(word); map.compare(near); });
    return element("li", {}, choose, element("span", {}, ...shared, compare));
  });
  return [
    element("p", { className: "ex-chosen" }, element("b", { textContent: data.words[word] }), " ", element("span", { textContent: about(map, word) })),
    element("ol", { attributes: { "aria-label": `Nearest to ${data.words[word]} at ${map.stepText}, with cosine` } }, ...items),
  ];
}

/** The comparison of the two chosen words; nearChosen: the neighbours of the first. */
export function pairParts(map, nearChosen) {
  const { data, chosen, second } = map;
  const [one, other] = [data.words[chosen], data.words[second]];
  const end = button("End the comparison");
  end.addEventListener("click", () => { map.compare(-1); map.canvas.focus({ preventScroll: true }); });
  if (chosen === second) {
    const how = `“${one}” is held. Now choose another word, on the map, in a list or by search, to compare the two.`;
    return [element("p", { textContent: how }), element("div", { className: "ex-row" }, end)];
  }
  const values = data.steps.map((_, step) => data.cosine(step, chosen, second));
  const figure = data.steps.length < 2 ? element("p", { className: "ex-curve", textContent: `The mean of all pairs is ${cosineText(data.pairs[0])}.` })
    : curve({ steps: data.steps, values, mean: data.pairs, at: map.step, name: `Cosine of ${one} and ${other}` });
  const fold = figure.querySelector("details");
  if (fold) fold.open = map.fold;
  fold?.addEventListener("toggle", () => { map.fold = fold.open; });
  const now = element("p", { className: "ex-between" }, `${one} and ${other}: `, element("b", { textContent: cosineText(values[map.step]) }), data.steps.length < 2 ? "." : ` at ${map.stepText}`);
  return [
    element("div", {}, now, figure, element("div", { className: "ex-row" }, end)),
    element("div", { className: "ex-panel" }, ...wordParts(map, second, nearChosen)),
  ];
}

/** The button that changes among which words neighbours are looked for; none on a map where they are always all. */
export function scope(map) {
  const { data } = map;
  if (!map.scoped) return [];
  const change = button(data.grouped ? "Among all words" : "Among grouped words");
  change.addEventListener("click", () => { data.grouped = !data.grouped; map.changed(); });
  return [change];
}

/** What a screen reader hears of the chosen words. */
export function spokenWords(map) {
  const { data, chosen, second, step } = map;
  const near = data.near(step, chosen).slice(0, 3).map(({ word, cosine }) => `${data.words[word]} ${cosineText(cosine)}`);
  const pair = second >= 0 && second !== chosen ? [`Cosine with ${data.words[second]} ${cosineText(data.cosine(step, chosen, second))}.`] : [];
  return [`${[data.words[chosen], about(map, chosen)].filter(Boolean).join(", ")}.`, ...pair, `Nearest: ${near.join(", ")}.`].join(" ");
}

/** Show a word beside the pointer, with its neighbours; none for -1. */
export function showTip(map, word) {
  const { tip, data, view } = map;
  tip.hidden = word < 0;
  if (word < 0) return;
  const near = data.near(map.step, word).slice(0, IN_TIP).map((one) => data.words[one.word]);
  tip.replaceChildren(element("b", { textContent: data.words[word] }), ` ${about(map, word)}`, element("br"), `near: ${near.join(", ")}`);
  const [x, y, side] = [view.spots[3 * word], view.spots[3 * word + 1], view.side];
  const [left, low] = [x > side / 2, y > side / 2];
  tip.style.left = left ? "auto" : `${x + 12}px`;
  tip.style.right = left ? `${side - x + 12}px` : "auto";
  tip.style.top = low ? "auto" : `${y + 12}px`;
  tip.style.bottom = low ? `${side - y + 12}px` : "auto";
}

/** Make the legend's groups switches. */
export function groupSwitches(map) {
  for (const entry of parts(map.host, "map-group")) {
    const group = Number(entry.dataset.group);
    const made = element("button", { type: "button", attributes: { "aria-pressed": "true" } }, ...entry.childNodes);
    entry.append(made);
    made.addEventListener("click", () => {
      if (!map.view.hidden.delete(group)) map.view.hidden.add(group);
      made.setAttribute("aria-pressed", String(!map.view.hidden.has(group)));
      map.redraw();
    });
  }
}

/** Make the button that adds rows to the printed table, at the last step. */
export function moreRows(map) {
  const { data, last } = map;
  const [rows, note, room] = ["table-rows", "map-rows", "map-more"].map((name) => part(map.host, name));
  const printed = new Set(map.given.rows);
  const rest = data.words.map((_, word) => word).filter((word) => !printed.has(word)).sort((a, b) => data.counts[b] - data.counts[a]);
  const more = button("More rows");
  room.append(more);
  room.hidden = !rest.length;
  more.addEventListener("click", () => {
    for (const word of rest.splice(0, ROWS)) {
      const near = data.near(last, word).map((one) => data.words[one.word]).join(", ");
      const cells = [[data.words[word], ""], [data.groups[data.member[word]] ?? "", ""], [number(data.counts[word]), "ex-right"], [near, "ex-long"]];
      if (!data.counts.some(Boolean)) cells.splice(2, 1);
      rows.append(element("tr", {}, ...cells.map(([textContent, className]) => element("td", { textContent, className }))));
    }
    room.hidden = !rest.length;
    note.textContent = `${number(data.count - rest.length)} of ${number(data.count)} words${last ? ` at step ${number(data.steps[last])}` : ""}.`;
    map.say(note.textContent);
  });
}
