/* Move two positions, or both by one, and tell what stays (exhibits/diagrams/two_hands.py). exhibits.js loads this when the
   hands come near the view; without it they are as printed. */

import { given, part } from "./parts.js";

export function start(host) {
  if (host.classList.contains("ex-drawn")) return;
  const data = given(host, "hands-data");
  const [low, high] = [0, data.products[0].length - 1];
  const sliders = [...host.querySelectorAll("input[type=range]")];
  const moves = [...host.querySelectorAll("[data-by]")];
  const values = [...host.querySelectorAll("[data-part=hands-value]")];
  const stays = [...host.querySelectorAll("[data-part=hands-stays]")];
  const at = [data.first, data.second];
  const written = (value) => value.toFixed(1).replace("-", "\u2212");

  function wedge(turn) {
    const [size, angle] = [30, (turn * Math.PI) / 180];
    return `M0 0V-${size}A${size} ${size} 0 ${turn > 180 ? 1 : 0} 1 ${size * Math.sin(angle)} ${-size * Math.cos(angle)}z`;
  }

  /** Draw both positions; by: how far both were moved, or 0. */
  function tell(by) {
    const between = data.step * (at[1] - at[0]);
    const angle = ((Math.round(between) % 360) + 360) % 360;
    for (const drawing of host.querySelectorAll("svg")) {
      const turns = [data.step * at[0], data.step * at[1], 0, between]; // a dial each, then both hands of the third
      drawing.querySelectorAll("[data-turn]").forEach((hand, number) => { hand.style.transform = `rotate(${turns[number]}deg)`; });
      drawing.querySelector("[data-wedge]").setAttribute("d", wedge(((between % 360) + 360) % 360));
      drawing.querySelectorAll("[data-word]").forEach((word, number) => { word.textContent = number < 2 ? at[number] : `${angle}°`; });
    }
    sliders.forEach((slider, number) => {
      slider.value = at[number];
      slider.nextElementSibling.textContent = at[number];
    });
    moves.forEach((move) => move.setAttribute("aria-disabled", String(!fits(Number(move.dataset.by)))));
    values.forEach((cell, number) => {
      const now = data.products[number][at[0]][at[1]];
      const before = by ? data.products[number][at[0] - by][at[1] - by] : now;
      cell.textContent = written(now);
      const same = Math.abs(now - before) < 0.11; // rounded twice
      stays[number].textContent = by ? (same ? "stays" : `was ${written(before)}`) : "";
      stays[number].classList.toggle("ex-hands-stays", same);
    });
  }

  const fits = (by) => at.every((one) => one + by >= low && one + by <= high);

  sliders.forEach((slider, number) => slider.addEventListener("input", () => {
    at[number] = Number(slider.value);
    tell(0);
  }));
  moves.forEach((move) => move.addEventListener("click", () => {
    const by = Number(move.dataset.by);
    if (!fits(by)) return;
    at.forEach((one, number) => { at[number] = one + by; });
    tell(by);
  }));
  tell(0); // a browser keeps a slider's value over a reload
  host.classList.add("ex-drawn");
}
