/* Draw the cosine of two words over training, with the mean of all pairs. The colours are in exhibits.css. */

import { cosineText, element, number } from "./dom.js";

const WIDE = 340, HIGH = 150;
const LEFT = 34, RIGHT = 10, TOP = 10, BOTTOM = 24;
const NAMESPACE = "http://www.w3.org/2000/svg";

function drawn(tag, attributes, text = "") {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** Draw `values`, a cosine for each step, with `mean` dashed, and step number `at` marked. Returns a figure: the drawing,
    called `name`, and its numbers in a fold. */
export function curve({ steps, values, mean, at, name }) {
  const low = Math.floor(10 * Math.min(0, ...values, ...mean)) / 10;
  const last = steps.at(-1);
  const across = (step) => (LEFT + ((WIDE - LEFT - RIGHT) * (step - steps[0])) / Math.max(1, last - steps[0])).toFixed(1);
  const down = (value) => (TOP + ((HIGH - TOP - BOTTOM) * (1 - value)) / (1 - low)).toFixed(1);
  const line = (numbers) => numbers.map((value, index) => `${index ? "L" : "M"}${across(steps[index])} ${down(value)}`).join("");
  const spoken = `${name}: ${values.map((value, index) => `${cosineText(value)} at step ${number(steps[index])}`).join(", ")}.`;
  const levels = low < 0 ? [low, 0, 1] : [0, 1];
  const picture = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": spoken });
  picture.append(
    ...levels.flatMap((level) => [
      drawn("line", { class: "ex-curve-grid", x1: LEFT, x2: WIDE - RIGHT, y1: down(level), y2: down(level) }),
      drawn("text", { x: LEFT - 6, y: down(level), dy: 4, "text-anchor": "end" }, cosineText(level).replace(/\.?0+$/, "")),
    ]),
    drawn("text", { x: LEFT, y: HIGH - 6 }, `step ${number(steps[0])}`),
    drawn("text", { x: WIDE - RIGHT, y: HIGH - 6, "text-anchor": "end" }, number(last)),
    drawn("line", { class: "ex-curve-now", x1: across(steps[at]), x2: across(steps[at]), y1: TOP, y2: HIGH - BOTTOM }),
    drawn("path", { class: "ex-curve-mean", d: line(mean) }),
    drawn("path", { class: "ex-curve-line", d: line(values) }),
    ...values.map((value, index) => drawn("circle", { class: index === at ? "ex-curve-dot ex-curve-here" : "ex-curve-dot", cx: across(steps[index]), cy: down(value), r: index === at ? 4 : 2 })),
  );
  const rows = steps.map((step, index) => element("tr", {},
    ...[number(step), cosineText(values[index]), cosineText(mean[index])].map((textContent) => element("td", { className: "ex-right", textContent }))));
  const header = element("tr", {}, ...["step", "cosine", "all pairs"].map((textContent) => element("th", { className: "ex-right", textContent, scope: "col" })));
  const numbers = element("details", {}, element("summary", { textContent: "The curve in numbers" }),
    element("table", { className: "ex-table" }, element("thead", {}, header), element("tbody", {}, ...rows)));
  const caption = element("figcaption", {}, element("span", { className: "ex-swatch ex-swatch-line ex-curve-own" }), "their cosine ",
    element("span", { className: "ex-swatch ex-swatch-dash ex-curve-all" }), "mean of all pairs");
  return element("figure", { className: "ex-curve" }, picture, caption, numbers);
}
