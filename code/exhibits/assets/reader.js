/* The live box: a reader's own text through both tokenizers. exhibits.js imports this where such an exhibit, or a replay
   of merges, comes near the view. GPT-2's file is unpacked in a worker, which also encodes long texts; here only chips that changed are made anew. */

import { element, many, number } from "./chips.js";
import { copy, flash } from "./clipboard.js";
import { addressWith, keep, setting } from "./fragment.js";
import { Panel } from "./panel.js";
import { startReplay } from "./replay.js";
import { ask, giveList, loadGpt2 } from "./tokenizers-client.js";

const LONGEST_LINK = 4000; // characters of an address; beyond, programs that pass it on begin to cut it
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
  const given = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
  const box = (boxes += 1);
  const still = host.querySelector(".ex-reader-text");
  const heading = host.querySelector(".ex-head b");
  const note = host.querySelector(".ex-reader-note");
  const sides = host.querySelector(".ex-sides");
  const said = element("p", { className: "ex-sr", attributes: { role: "status" } });
  const area = element("textarea", {
    className: "ex-reader-text", value: given.text, spellcheck: false, autocapitalize: "off", autocomplete: "off", dir: "auto",
    attributes: { "aria-labelledby": (heading.id = `ex-box-${box}`) },
  });
  const link = element("button", { type: "button", textContent: "Copy a link to this text" });
  const back = element("button", { type: "button", textContent: "Back to the example", disabled: true });
  still.replaceWith(area);
  host.querySelector(".ex-reader-tools").append(link, back);
  host.append(said);
  const idle = "Type or paste: both tokenizers follow. Nothing leaves this page.";
  note.textContent = `${idle} GPT-2’s merges are loaded when you enter the box.`;

  const tell = (text) => { said.textContent = text; };
  const panels = new Map([...sides.querySelectorAll(".ex-side")].map((side) => [side.dataset.side, new Panel(side, given, tell)]));

  // One question at a time: what is typed meanwhile waits, and only its last state is asked for.
  let begun = false;
  let busy = false;
  let again = false;
  let quiet = 0;

  async function update() {
    again = busy;
    if (busy) return;
    busy = true;
    sides.setAttribute("aria-busy", "true");
    const text = area.value;
    const answer = await ask({ box, text, most: given.most });
    for (const [name, panel] of panels) {
      if (answer[name]) panel.show(answer[name]);
      else panel.wait();
    }
    host.querySelector(".ex-head span").textContent = many([...text].length, "character");
    back.disabled = text === given.text;
    busy = false;
    if (again) return update();
    sides.setAttribute("aria-busy", "false");
    clearTimeout(quiet);
    quiet = setTimeout(() => tell([...panels.values()].map((panel) => panel.summary()).join(" ")), QUIET);
  }

  function begin() {
    if (!begun) giveList(box, given);
    begun = true;
    loadGpt2(given.file, ({ loaded, of }) => {
      note.textContent = `Loading GPT-2’s merges: ${kilobytes(loaded)}${of ? ` of ${kilobytes(of)}` : ""} kB.`;
    }).then(() => {
      note.textContent = idle;
      area.removeEventListener("focus", begin);
      return update();
    }).catch((error) => {
      note.textContent = `GPT-2’s merges could not be loaded (${error.message}); enter the box again to try once more.`;
    });
  }

  function set(text) {
    area.value = text;
    begin();
    update();
  }

  area.addEventListener("focus", begin);
  area.addEventListener("input", () => {
    if (!begun) begin();
    update();
  });
  back.addEventListener("click", () => {
    set(given.text);
    if (setting("text") !== null) keep({ text: null });
    area.focus();
  });
  link.addEventListener("click", () => {
    const address = addressWith({ text: area.value });
    if (address.length > LONGEST_LINK) {
      flash(link, "Too long for a link", `the address would have ${number(address.length)} characters; ${number(LONGEST_LINK)} are safe`, tell);
      return;
    }
    keep({ text: area.value });
    copy(address, link, "Copied", tell);
  });
  const arrive = () => {
    const text = setting("text");
    if (text !== null && text !== area.value) {
      set(text);
      host.scrollIntoView({ block: "start" });
    }
  };
  addEventListener("hashchange", arrive);
  arrive();
}

const kilobytes = (bytes) => number(Math.round(bytes / 1000));
