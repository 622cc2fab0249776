/* Make chips in the page, with the markup, marks and colours of exhibits.tokens.chips.
   A token is {id, text} or {id, bytes}; it may have `count` (times in the journal's text), `unknown`, `notes` (lines beneath
   it), and `shade`, 0 to 1, in place of the id's colour. */

import { element, hex, number } from "./dom.js";

const MARKS = { " ": ["␣", "space"], "\n": ["↵", "line end"], "\t": ["⇥", "tab"] };
const SPOKEN = Object.fromEntries(Object.values(MARKS));
const LONGEST = 256; // characters of a token that a chip shows: without a space a whole book is one word
const GOLDEN_ANGLE = 137.508; // as in exhibits.tokens.chips
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The colour of an id, an angle in degrees: Python's round takes the even neighbour of a half, Math.round the upper. */
export function hue(id) {
  const angle = id * GOLDEN_ANGLE;
  const whole = Math.floor(angle);
  const rest = angle - whole;
  return (whole + (rest > 0.5 || (rest === 0.5 && whole % 2) ? 1 : 0)) % 360;
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The first characters of a token, `most` and one more; a byte that is part of no whole character is a number. */
function characters(token, most) {
  if (token.bytes === undefined) return [...token.text.slice(0, 2 * most + 2)];
  const bytes = token.bytes.slice(0, 4 * most + 4);
  if (bytes.every((byte) => byte < 0x80)) return Array.from(bytes, (byte) => String.fromCharCode(byte));
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    try {
      if (!length || at + length > bytes.length) throw new RangeError("no whole character");
      found.push(strict.decode(Uint8Array.from(bytes.slice(at, at + length))));
      at += length;
    } catch {
      found.push(bytes[at]);
      at += 1;
    }
  }
  return found;
}

/** The visible pieces of a token, as exhibits.tokens.glyphs: [kind, shown] with kind text, mark, hex or code; cached in it. */
export function pieces(token) {
  token.pieces ??= cut(token, LONGEST);
  return token.pieces;
}

function cut(token, most) {
  const found = [];
  const all = characters(token, most);
  const code = (place) => (typeof all[place] === "string" ? all[place].codePointAt(0) : -1);
  all.slice(0, most).forEach((char, place) => {
    const last = found.at(-1);
    const point = code(place);
    let kind = "text";
    let shown = char;
    if (point > 0x20 && point < 0x7f) kind = "text"; // most of all
    else if (MARKS[char]) [kind, shown] = ["mark", MARKS[char][0]];
    else if (typeof char === "number") [kind, shown] = ["hex", hex(char)];
    else if (point < 0x20 || point === 0x7f) [kind, shown] = ["mark", String.fromCodePoint(point === 0x7f ? 0x2421 : 0x2400 + point)];
    else if (joins(code, place, all.length)) kind = "text";
    else if (/[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u.test(char)) [kind, shown] = ["code", `U+${point.toString(16).toUpperCase().padStart(4, "0")}`];
    else if (/\p{M}/u.test(char) && last?.[0] !== "text") shown = `◌${char}`;
    if ((kind === "text" || kind === "hex") && last?.[0] === kind) last[1] += (kind === "hex" ? " " : "") + shown;
    else found.push([kind, shown]);
  });
  if (all.length > most) found.push(["text", "…"]);
  return found;
}

/** Whether a character joins its neighbours, as inside an emoji, and belongs to them. */
function joins(code, place, length) {
  const inside = place > 0 && place < length - 1 && (code(place - 1) > 0x7f || code(place - 1) < 0);
  const point = code(place);
  return ((point === 0x200c || point === 0x200d) && inside) || (point >= 0xe0020 && point <= 0xe007f && place > 0);
}

/** A token as a screen reader should say it. */
export function spoken(token) {
  return pieces(token).flatMap(([kind, shown]) => (kind === "hex" ? ["bytes", shown] : [kind === "mark" ? SPOKEN[shown] ?? shown : shown]))
    .join(" ") || "nothing";
}

/** A token in a line of text. */
export const plain = (token) => joined(pieces(token));

/** The first `most` characters of a token in a line of text. */
export const beginning = (token, most) => joined(cut(token, most));

const joined = (found) => found.map(([kind, shown]) => (kind === "hex" || kind === "code" ? `<${shown}>` : shown)).join("");

/** The token of a chip, its marks set apart. */
export function marked(token) {
  const parts = pieces(token).map(([kind, shown]) => (kind === "text" ? shown : element("span", { className: `ex-${kind}`, textContent: shown })));
  return element("bdi", { className: "ex-token", attributes: { "aria-hidden": "true" } }, ...(parts.length ? parts : ["∅"]));
}

/** One chip. */
export function chip(token) {
  const below = [String(token.id)];
  if (token.unknown) below.push("unknown");
  else if (token.count !== undefined && token.count !== null) below.push(`×${number(token.count)}`);
  below.push(...(token.notes ?? []));
  const name = [`token ${token.id}, ${spoken(token)}`, ...below.slice(1).map((line) => line.replace("×", "count "))].join(", ");
  const made = element("li", { className: token.unknown ? "ex-chip ex-unknown" : "ex-chip" },
    element("span", { className: "ex-sr", textContent: name }), marked(token),
    ...below.map((line) => element("span", { className: "ex-sub", textContent: line, attributes: { "aria-hidden": "true" } })));
  if (token.shade === undefined) made.style.setProperty("--h", hue(token.id));
  else {
    made.classList.add("ex-shaded");
    made.style.setProperty("--s", `${Math.round(100 * token.shade)}%`);
  }
  return made;
}

/** The marks that occur, explained. */
export function legend(tokens, counted) {
  const shown = tokens.flatMap(pieces);
  const line = (kind, mark, name) => element("span", {}, element("span", { className: `ex-${kind}`, textContent: mark }), ` ${name}`);
  const lines = Object.values(MARKS).filter(([mark]) => shown.some((piece) => piece[0] === "mark" && piece[1] === mark)).map(([mark, name]) => line("mark", mark, name));
  if (shown.some(([kind]) => kind === "hex")) lines.push(line("hex", "E2", "a byte of a character cut in two"));
  if (shown.some(([kind]) => kind === "code")) lines.push(line("code", "U+00A0", "an invisible character"));
  if (counted) lines.push(element("span", { textContent: "×\u202fhow often in the text" }));
  return lines;
}

/** The direction of a list of tokens: that of their first letter. */
export function direction(tokens) {
  for (const token of tokens) {
    for (const [kind, shown] of pieces(token)) {
      const letter = kind === "text" && /\p{L}/u.exec(shown);
      if (letter) return RIGHT_TO_LEFT.test(letter[0]) ? "rtl" : "ltr";
    }
  }
  return "ltr";
}
