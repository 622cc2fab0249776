/* Show byte-pair merges one by one: a slider goes through the states of a word (GPT-2's merges, from the worker) or of a
   passage (merges learned from the page's text, which the page carries). The table grows with the steps. In a long list most
   merges leave the passage as it is: the slider goes through all of them, the buttons to those that change it. */

import { chip, plain } from "./chips.js";
import { element, many, number } from "./dom.js";
import { given as carried, part } from "./parts.js";
import { ask, loadGpt2 } from "./tokenizers-client.js";
import { bytesOf } from "./tokenizers.js";

let replays = 0;

export function startReplay(host) {
  const given = carried(host, "replay-data");
  const own = (replays += 1);
  const [list, total, note, rows, tools] = ["chips-list", "chips-total", "note", "table-rows", "replay-tools"].map((name) => part(host, name));
  const said = element("p", { className: "ex-sr", attributes: { role: "status" } });
  const first = element("button", { type: "button", textContent: "Bytes" });
  const less = element("button", { type: "button", textContent: "Back" });
  const more = element("button", { type: "button", textContent: "Next" });
  const slider = element("input", { type: "range", min: 0, step: 1, attributes: { "aria-label": "Merges done" } });
  const shown = element("output");
  const controls = element("div", { className: "ex-row" }, first, less, more, slider, shown);
  let shownOf = null; // {most, at(step), rows(step), beside(step, way)}: the states that are stepped through; null: not loaded
  let at = 0;
  let rowed = null; // the word that the table shows; null: the printer's

  /** Draw the state after `step` merges. */
  function go(step, aloud = true) {
    const { most } = shownOf;
    at = Math.max(0, Math.min(most, step));
    slider.max = most;
    slider.value = at;
    first.disabled = less.disabled = at === 0;
    more.disabled = at === most;
    const state = shownOf.at(at);
    const pieces = state.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    shown.textContent = `${number(at)} of ${many(most, "merge")}`;
    slider.setAttribute("aria-valuetext", `${number(at)} of ${many(most, "merge")}: ${state.text}`);
    total.textContent = many(pieces, "piece");
    list.style.minHeight = at ? `${Math.max(list.offsetHeight, parseFloat(list.style.minHeight) || 0)}px` : ""; // fewer lines move nothing below
    list.replaceChildren(...state.chunks.flatMap((chunk, index) => [...(index && state.ranked ? [edge()] : []), ...drawn(state, chunk, index)]));
    note.textContent = state.text;
    const done = shownOf.rows(at);
    [...rows.children].forEach((row, index) => {
      const now = index === done - 1 && !state.idle;
      row.classList.toggle("ex-done", index < done);
      row.classList.toggle("ex-now", now);
      if (now) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    });
    if (aloud) said.textContent = `${state.text} ${many(pieces, "piece")}.`;
  }

  const edge = () => element("li", { className: "ex-gap", textContent: "|", attributes: { "aria-hidden": "true" } });

  function drawn(state, chunk, index) {
    const items = chunk.flatMap((piece, place) => {
      const made = chip({ id: piece.id, bytes: piece.bytes });
      made.classList.toggle("ex-linked", Boolean(piece.fresh));
      const coming = state.next?.[0] === index ? place - state.next[1] : -1; // 0 and 1: the pair that is merged next
      made.classList.toggle("ex-coming", coming === 0 || coming === 1);
      if (!state.ranked || place === chunk.length - 1) return [made];
      const text = piece.rank < 0 ? "–" : number(piece.rank);
      const next = coming === 0;
      return [made, element("li", { className: next ? "ex-gap ex-next" : "ex-gap", textContent: text, attributes: { "aria-hidden": "true" } })];
    });
    const from = state.next?.[0] === index ? 2 * state.next[1] : -1;
    if (from >= 0) items.splice(from, 3, element("li", { className: "ex-coming-pair" }, element("ul", {}, ...items.slice(from, from + 3)))); // on one line
    return items;
  }

  controls.addEventListener("click", (event) => {
    const way = new Map([[first, 0], [less, -1], [more, 1]]).get(event.target);
    if (way === undefined) return;
    needed(() => {
      go(way && shownOf.beside(at, way));
      if (event.target.disabled) (event.target === more ? less : more).focus(); // a disabled button would drop the focus
    });
  });
  slider.addEventListener("input", () => needed(() => go(Number(slider.value), false)));
  host.append(said);

  let needed = (then) => then();
  if (given.kind === "learned") {
    shownOf = learnedSteps(given);
    tools.append(controls);
    go(0, false);
    return;
  }

  // GPT-2's merges: the states of the printed word come from the worker too, when they are first needed.
  const word = element("input", { type: "text", value: given.word, spellcheck: false, autocomplete: "off", autocapitalize: "off", maxLength: given.most, id: `ex-word-${own}` });
  const space = element("input", { type: "checkbox" });
  tools.append(
    element("div", { className: "ex-row" }, element("label", { htmlFor: word.id, textContent: "A word" }), word,
      element("label", {}, space, "with a space before it")), controls);
  const printed = rows.children.length;
  slider.max = printed;
  slider.value = 0;
  first.disabled = less.disabled = true;
  shown.textContent = `0 of ${many(printed, "merge")}`;
  const idle = "Press Next: the pair with the lowest rank is merged. GPT-2’s list is loaded when you go on.";
  note.textContent = idle;
  let wanted = 0;

  async function replay() {
    wanted += 1;
    const mine = wanted;
    const spaced = space.checked && !word.value.startsWith(" ");
    const text = cropped(`${spaced ? " " : ""}${word.value}`, given.most);
    const answer = await ask({ replay: text });
    if (mine !== wanted) return false;
    const states = gpt2States(answer);
    shownOf = { most: states.length - 1, at: (step) => states[step], rows: (step) => step, beside: (step, way) => step + way };
    if (rowed !== text) table(rows, states);
    rowed = text;
    return true;
  }

  async function ready() {
    await loadGpt2(given.file, ({ loaded }) => { note.textContent = `Loading GPT-2’s merges: ${number(Math.round(loaded / 1000))} kB.`; });
  }

  needed = (then) => {
    if (shownOf) return then();
    const goal = Number(slider.value);
    ready().then(replay).then((done) => {
      if (!done) return;
      slider.max = shownOf.most;
      slider.value = goal;
      then();
    }).catch((error) => { note.textContent = `GPT-2’s merges could not be loaded: ${error.message}.`; });
  };
  word.addEventListener("focus", () => ready().then(() => { if (!shownOf) note.textContent = idle; }).catch((error) => { note.textContent = `GPT-2’s merges could not be loaded: ${error.message}.`; }));
  const again = () => ready().then(replay).then((done) => done && go(0));
  word.addEventListener("input", again);
  space.addEventListener("change", again);
}

/** As many characters as fit into a number of bytes. */
function cropped(text, most) {
  let kept = "";
  const encoder = new TextEncoder();
  for (const char of text) {
    if (encoder.encode(kept + char).length > most) break;
    kept += char;
  }
  return kept;
}

/** What BytePairs.replay answered, with bytes and a sentence for each state. */
function gpt2States({ states, bytes }) {
  return states.map((state, step) => {
    const after = states[step + 1];
    const chunks = state.chunks.map((chunk, index) => chunk.map((piece, place) => ({
      ...piece, bytes: bytes[piece.id], fresh: state.place?.[0] === index && state.place[1] === place,
    })));
    const pair = after && chunks[after.place[0]].slice(after.place[1], after.place[1] + 2).map(plain);
    const text = after
      ? `Of the ranks between two pieces, ${number(after.merged)} is the lowest${chunks.length > 1 ? " of its chunk" : ""}: ${pair.join(" + ")} comes next.`
      : "No two neighbours have a merge any more: these are the tokens.";
    return { chunks, ranked: true, next: after?.place, text: states.length === 1 && !chunks.length ? "Nothing to merge yet." : text, merged: state.merged, pair };
  });
}

/** The table of the steps, for a word of the reader's. */
function table(rows, states) {
  rows.replaceChildren(...states.slice(1).map((state, step) => element("tr", {},
    element("td", { textContent: step + 1 }),
    element("td", { className: "ex-right", textContent: number(state.merged) }),
    element("td", { textContent: states[step].pair.join(" + ") }),
    element("td", { className: "ex-long", textContent: state.chunks.map((chunk) => chunk.map(plain).join(" · ")).join(" | ") }))));
}

/** The states of a passage under merges that were learned in this order; long: whether most of them leave it as it is. */
function learnedSteps({ chunks, merges, long }) {
  const lefts = merges.map(([left]) => left);
  const rights = merges.map(([, right]) => right);
  const piece = (id, fresh) => ({ id, fresh, bytes: bytesOf(id, lefts, rights) });
  const name = (id) => plain(piece(id));
  const changes = [{ step: 0, chunks }]; // what the passage is from each step on that changes it
  merges.forEach(([left, right], rank) => {
    const before = changes.at(-1).chunks;
    const after = before.map((ids) => merged(ids, left, right, 256 + rank));
    if (after.some((ids, index) => ids.length < before[index].length)) changes.push({ step: rank + 1, chunks: after });
  });
  const last = (step) => changes.findLastIndex((change) => change.step <= step);

  function at(step) {
    const change = changes[last(step)];
    const made = 255 + step;
    const idle = step > 0 && change.step !== step;
    const said = change.chunks.map((ids) => ids.map((id) => piece(id, step > 0 && id === made)));
    if (step === 0) return { chunks: said, text: `The bytes of the passage, before the first merge.${long ? " Next goes to the first one that changes it." : ""}` };
    if (idle && step === merges.length) return { chunks: said, idle, text: `That was the last merge. ${inParts(said)}` };
    const [left, right, times] = merges[step - 1];
    const pair = `Merge ${number(step)} makes ${name(left)} + ${name(right)} into “${name(made)}”.`;
    const count = `The text has this pair ${times === 1 ? "once" : `${number(times)} times`}, and no other more often.`;
    return { chunks: said, idle, text: `${pair} ${count}${idle ? " Here it changes nothing." : ""}` };
  }

  function beside(step, way) {
    if (!long) return step + way;
    if (way < 0) return changes[last(step - 1)].step;
    return changes[last(step) + 1]?.step ?? merges.length;
  }
  return { most: merges.length, at, rows: (step) => (long ? last(step) : step), beside };
}

/** Say which words and marks are still more than one piece. */
function inParts(chunks) {
  const parts = chunks.filter((pieces) => pieces.length > 1).map((pieces) => `“${pieces.map(plain).join("")}”`);
  if (!parts.length) return "Each word and mark is one piece.";
  const more = parts.length - 4;
  return `Still in parts: ${parts.slice(0, 4).join(", ")}${more > 0 ? `, and ${number(more)} more` : ""}.`;
}

function merged(ids, left, right, made) {
  const found = [];
  for (let place = 0; place < ids.length; place++) {
    if (ids[place] === left && ids[place + 1] === right) {
      found.push(made);
      place += 1;
    } else found.push(ids[place]);
  }
  return found;
}
