/* Take a reader's own text in the live box: the typing, the length limit, what is drawn of a long text. exhibits.js imports
   this where such an exhibit, or a replay of merges, comes near the view. GPT-2's file is unpacked in a worker, which also
   encodes long texts; here only chips that changed are made anew. */

import { direction } from "./chips.js";
import { copy, flash } from "./clipboard.js";
import { element, many, number } from "./dom.js";
import { addressWith, keep, setting } from "./fragment.js";
import { Panel } from "./live-tokenizer-panel.js";
import { given as carried, part, parts } from "./parts.js";
import { startReplay } from "./merge-replay.js";
import { ask, giveList, loadGpt2 } from "./tokenizers-client.js";

const LONGEST_LINK = 4000; // characters of an address; beyond, programs that pass it on begin to cut it
const DRAWN = 10_000; // of a long text as a string: what the box shows of it
const LINES = 2_000; // of them: a browser takes half a minute to lay out 100,000
const TYPED = 100; // that come at once as if typed: beyond, a browser takes the square of their lines
const QUIET = 700; // ms after the last key until a screen reader is told
let boxes = 0;

/** Bring an exhibit of the page to life, once. */
export function start(host) {
  if (host.dataset.live) return;
  host.dataset.live = "yes";
  if (host.matches(".ex-replay")) startReplay(host);
  else startReader(host);
}

function startReader(host) {
  const given = carried(host, "reader-data");
  const box = (boxes += 1);
  const [heading, length, still, tools, sides] = ["name", "length", "text", "tools", "sides"].map((name) => part(host, `reader-${name}`));
  const note = part(host, "note");
  const said = element("p", { className: "ex-sr", attributes: { role: "status" } });
  const area = element("textarea", {
    className: "ex-reader-text", value: given.text, spellcheck: false, autocapitalize: "off", autocomplete: "off",
    attributes: { "aria-labelledby": (heading.id = `ex-box-${box}`) },
  });
  const link = element("button", { type: "button", textContent: "Copy a link" });
  const back = element("button", { type: "button", textContent: "Back to the example", disabled: true });
  still.replaceWith(area);
  tools.append(link, back);
  host.append(said);
  const compact = host.matches(".ex-compact");
  const idle = compact ? "Nothing that you type leaves this page." : "Type or paste: both tokenizers follow. Nothing leaves this page.";
  note.textContent = compact ? idle : `${idle} GPT-2’s merges are loaded when you enter the box.`;

  const tell = (text) => { said.textContent = text; };
  const panels = new Map(parts(sides, "reader-side").map((side) => [side.dataset.side, new Panel(side, given, tell)]));

  // One question at a time: what is typed meanwhile waits, and only its last state is asked for.
  let begun = false;
  let busy = false;
  let again = false;
  let quiet = 0;
  let loaded = false;
  let rest = ""; // of a long text, what follows on what the box shows

  const whole = () => area.value + rest;

  /** Put a text into the box, of a long one its beginning; no character is cut in two. */
  function put(all, caret) {
    const text = all.replace(/\r\n?/g, "\n"); // as a text box does
    let cut = text.length > DRAWN && text.codePointAt(DRAWN - 1) > 0xffff ? DRAWN - 1 : DRAWN;
    for (let at = text.indexOf("\n"), lines = 1; at >= 0 && at < cut; at = text.indexOf("\n", at + 1), lines += 1) if (lines === LINES) cut = at + 1;
    const shown = text.slice(0, cut);
    rest = text.slice(cut);
    if (shown === area.value) return;
    area.value = shown;
    area.setSelectionRange(caret, caret);
  }

  async function update() {
    again = busy;
    if (busy) return;
    busy = true;
    sides.setAttribute("aria-busy", "true");
    const text = whole();
    const towards = direction([{ text }]); // dir="auto" would take half a minute for what takes a second
    if (area.dir !== towards) area.dir = towards;
    const answer = await ask({ box, text, most: given.most });
    for (const [name, panel] of panels) {
      if (answer[name]) panel.show(answer[name]);
      else panel.wait();
    }
    length.textContent = many(answer.characters, "character");
    if (loaded) hint(answer.characters);
    back.disabled = text === given.text;
    busy = false;
    if (again) return update();
    sides.setAttribute("aria-busy", "false");
    clearTimeout(quiet);
    quiet = setTimeout(() => tell([...panels.values()].map((panel) => panel.summary()).join(" ")), QUIET);
  }

  /** Say what can be done, and of a long text how much of it is shown. */
  function hint(characters) {
    const beginning = `The box shows the first ${number([...area.value].length)} of ${number(characters)} characters; both tokenizers read all of them. Nothing leaves this page.`;
    const told = given.examples.find(([text]) => text === whole())?.[1];
    const said = rest ? beginning : characters ? told ?? idle : "Nothing to cut yet: type a word.";
    if (note.textContent !== said) note.textContent = said;
  }

  /** Load the words that a printed page leaves to a file; once. */
  async function words() {
    if (given.words) return;
    const answer = await fetch(new URL(given.words_file, import.meta.url));
    if (!answer.ok) throw new Error(`${given.words_file}: ${answer.status}`);
    given.words = await answer.json();
    giveList(box, given);
    update();
  }

  function begin() {
    if (!begun && given.words) giveList(box, given);
    begun = true;
    const merges = loadGpt2(given.file, ({ loaded, of }) => {
      note.textContent = `Loading GPT-2’s merges: ${kilobytes(loaded)}${of ? ` of ${kilobytes(of)}` : ""} kB.`;
    });
    Promise.all([merges, words()]).then(() => {
      loaded = true;
      area.removeEventListener("focus", begin);
      return update();
    }).catch((error) => {
      note.textContent = `GPT-2’s merges could not be loaded (${error.message}); enter the box again to try once more.`;
    });
  }

  function set(text) {
    put(text, 0);
    begin();
    update();
  }

  function changed() {
    if (!begun) begin();
    update();
  }

  area.addEventListener("focus", begin);
  area.addEventListener("beforeinput", (event) => {
    const [from, to, shown] = [area.selectionStart, area.selectionEnd, area.value];
    const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    if (from === 0 && to === shown.length) rest = ""; // all goes, also what is not shown
    if (text.length <= (event.inputType === "insertText" ? TYPED : DRAWN - shown.length)) return;
    event.preventDefault();
    put(shown.slice(0, from) + text + shown.slice(to) + rest, from + text.length);
    changed();
  });
  area.addEventListener("input", (event) => {
    if (!event.inputType) rest = ""; // a program has put in another text
    put(whole(), area.selectionStart);
    changed();
  });
  const buttons = [...(parts(host, "reader-examples")[0]?.children ?? [])];
  buttons.forEach((button, place) => button.addEventListener("click", () => set(given.examples[place][0])));
  back.addEventListener("click", () => {
    set(given.text);
    if (setting("text") !== null) keep({ text: null });
    area.focus();
  });
  link.addEventListener("click", () => {
    const address = addressWith({ text: whole() });
    if (address.length > LONGEST_LINK) {
      flash(link, "Too long for a link", `the address would have ${number(address.length)} characters; ${number(LONGEST_LINK)} are safe`, tell);
      return;
    }
    keep({ text: whole() });
    copy(address, link, "Copied", tell);
  });
  const arrive = () => {
    const text = setting("text");
    if (text !== null && text !== whole()) {
      set(text);
      host.scrollIntoView({ block: "start" });
    }
  };
  addEventListener("hashchange", arrive);
  arrive();
}

const kilobytes = (bytes) => number(Math.round(bytes / 1000));
