/* Find words by a search box: those that begin with the text, contain it, or differ from it by a slip or two. */

import { element, many, number } from "./dom.js";

const MOST = 8;
const NAMED = 3; // words that are near in spelling, named where Enter finds no match
const LONGEST = 40; // letters of a word in which slips are looked for
const LONGEST_TYPED = 100;
const rows = [0, 1, 2].map(() => new Uint8Array(LONGEST + 1));
let boxes = 0;

/** A word as it is compared: small, and without accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Words that may be meant, the likeliest first. Returns a function from a text to numbers of words. */
export function finder(words, counts) {
  const plain = words.map(folded);
  return (text) => {
    const wanted = folded(text.trim());
    if (!wanted) return [];
    const slips = wanted.length < 4 ? 1 : 2;
    const found = [];
    plain.forEach((word, index) => {
      let rank = word === wanted ? (words[index] === text.trim() ? 0 : 1) : word.startsWith(wanted) ? 2 : word.includes(wanted) ? 3 : 9;
      if (rank === 9 && wanted.length > 2) {
        const away = apart(word, wanted, slips);
        if (away <= slips) rank = 3 + away;
      }
      if (rank < 9) found.push([rank, -counts[index], index]);
    });
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).slice(0, MOST).map(([, , index]) => index);
  };
}

/** Whether a word is the text that was typed, or goes on from it; case and accents do not count. */
export const begins = (word, text) => Boolean(text.trim()) && folded(word).startsWith(folded(text.trim()));

/** How many slips lie between two words: a letter more, less, another, or two neighbours swapped; `most` + 1 for more.
    Source: Damerau 1964, as optimal string alignment. */
export function apart(one, other, most) {
  const wide = other.length + 1;
  if (Math.abs(one.length - other.length) > most || wide > rows[0].length) return most + 1;
  let [last, before, row] = rows; // of the letters up to two back, one back, and this one
  for (let j = 0; j < wide; j++) before[j] = j;
  for (let i = 1; i <= one.length; i++) {
    let least = (row[0] = i);
    for (let j = 1; j < wide; j++) {
      let slips = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) slips = Math.min(slips, last[j - 2] + 1);
      row[j] = slips;
      if (slips < least) least = slips;
    }
    if (least > most) return most + 1;
    [last, before, row] = [before, row, last];
  }
  return before[wide - 1];
}

/** The box: an input with a list below it. choose: called with the word's number; tell: with a text to speak. Enter takes a word that
    the arrows marked, else one that the text is or begins; a word that is only like it is named, not taken. */
export function wordBox({ label, placeholder, words, counts, find, choose, tell }) {
  const id = `ex-found-${(boxes += 1)}`;
  const input = element("input", {
    type: "text", placeholder, maxLength: LONGEST_TYPED, autocomplete: "off", autocapitalize: "off", spellcheck: false, enterKeyHint: "search",
    attributes: { role: "combobox", "aria-label": label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id },
  });
  const list = element("ul", { id, className: "ex-found", hidden: true, attributes: { role: "listbox", "aria-label": "Words" } });
  const none = element("p", { className: "ex-found", hidden: true });
  let found = [];
  let at = -1;

  function show(open) {
    list.hidden = !open || !found.length;
    none.hidden = !open || found.length > 0 || !input.value.trim();
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (!open) mark(-1);
  }

  function mark(place) {
    at = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function take(word) {
    input.value = words[word];
    show(false);
    choose(word);
  }

  /** Enter: take what is meant, or say what is near and leave the text as it is. */
  function enter() {
    const meant = at >= 0 ? found[at] : found.find((word) => begins(words[word], input.value));
    if (meant !== undefined) return take(meant);
    if (!found.length) return;
    const near = found.slice(0, NAMED).map((word) => words[word]).join(", ");
    none.textContent = `“${input.value.trim()}” is not on this map; near in spelling: ${near}.`;
    list.hidden = true;
    none.hidden = false;
    input.setAttribute("aria-expanded", "false");
    tell(none.textContent);
  }

  function seek() {
    found = find(input.value);
    list.replaceChildren(...found.map((word, index) => {
      const item = element("li", { id: `${id}-${index}`, attributes: { role: "option", "aria-selected": "false" } },
        element("span", { textContent: words[word] }), " ", element("span", { textContent: counts[word] ? `×\u202f${number(counts[word])}` : "" }));
      item.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
      item.addEventListener("click", () => take(word));
      return item;
    }));
    none.textContent = `No word like “${input.value.trim()}” is on the map.`;
    mark(-1);
    show(true);
    if (input.value.trim()) tell(found.length ? `${many(found.length, "word")}, first ${words[found[0]]}` : none.textContent);
  }

  input.addEventListener("input", seek);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) { seek(); if (!found.length) return; }
      const way = event.key === "ArrowDown" ? 1 : -1;
      mark(at < 0 ? (way > 0 ? 0 : found.length - 1) : (at + way + found.length) % found.length);
    } else if (event.key === "Enter") {
      if (list.hidden) seek();
      enter();
    } else if (event.key === "Escape" && !(list.hidden && none.hidden)) show(false);
    else return;
    event.preventDefault();
  });
  const box = element("span", { className: "ex-find" }, input, list, none);
  return { box, input };
}
