/* Let a reader choose in a diagram (exhibits/diagrams): light what was chosen, turn hands, mark the row of a table.
   exhibits.js loads this when a diagram comes near the view; without it a diagram shows its printed choice. */

import { given, part } from "./parts.js";

export function start(host) {
  if (host.classList.contains("ex-drawn")) return;
  const controls = host.querySelector("[data-part=diagram-controls]");
  if (!controls) return;
  const data = given(host, "diagram-data");
  const note = part(host, "diagram-note");
  const slider = controls.querySelector("input[type=range]");
  const radios = [...controls.querySelectorAll("input[type=radio]")];
  const rows = rowsOf(data.table, data.settings.length);
  let now = data.start;

  function choose(at) {
    if (at === now || !(at in data.notes)) return;
    now = at;
    for (const state of host.querySelectorAll("[data-on]")) {
      state.classList.toggle("dg-on", state.dataset.on.split(" ").includes(String(at)));
    }
    host.querySelectorAll("[data-hand]").forEach((hand) => {
      hand.firstElementChild.style.transform = `rotate(${data.turns[hand.dataset.hand][at]}deg)`;
    });
    if (slider) {
      slider.value = at;
      slider.setAttribute("aria-valuetext", `${controls.querySelector("label").textContent} ${data.settings[at]}`);
      part(host, "diagram-setting").textContent = data.settings[at];
    } else radios[at].checked = true;
    note.textContent = data.notes[at];
    rows.forEach((row, number) => row.classList.toggle("dg-row", number === at));
  }

  controls.addEventListener("input", (event) => choose(Number(event.target.value)));
  for (const picked of host.querySelectorAll("[data-pick]")) {
    const at = Number(picked.dataset.pick);
    picked.addEventListener("click", () => choose(at));
    picked.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && choose(at));
  }
  rows.forEach((row, at) => row.addEventListener("click", () => choose(at)));
  rows.forEach((row, number) => row.classList.toggle("dg-row", number === now));
  if (slider) slider.value = now; // a browser keeps what was set before a reload
  else radios[now].checked = true;
  host.classList.add("ex-drawn");
}

/** The rows of the page's table that has one for each choice, or none. */
function rowsOf(id, many) {
  const body = id && document.getElementById(id)?.querySelector("[data-part=table-rows]");
  const rows = body ? [...body.rows] : [];
  return rows.length === many ? rows : [];
}
