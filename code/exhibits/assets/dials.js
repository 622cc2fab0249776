/* Sliders over exhibits that were computed beforehand (exhibits/dials.py): loaded by exhibits.js when one comes near the view. */
(() => {
  "use strict";

  let dials = 0;

  window.exhibitDials = (host) => {
    const given = JSON.parse(host.querySelector('script[type="application/json"]').textContent);
    const states = new Map([...host.querySelectorAll(".ex-dial-state")].map((state) => [state.dataset.at, state]));
    const stage = host.querySelector(".ex-dial-stage");
    const at = [...given.start];

    const rows = given.dials.map(({ name, settings }, place) => {
      const row = Object.assign(document.createElement("div"), { className: "ex-row" });
      const slider = Object.assign(document.createElement("input"), { type: "range", id: `ex-dial-${++dials}`, min: 0, max: settings.length - 1, step: 1, value: at[place] });
      const label = Object.assign(document.createElement("label"), { htmlFor: slider.id, textContent: name });
      const shown = Object.assign(document.createElement("output"), { htmlFor: slider.id });
      const tell = () => {
        at[place] = Number(slider.value);
        shown.textContent = settings[at[place]];
        slider.setAttribute("aria-valuetext", `${name} ${settings[at[place]]}`);
      };
      tell();
      slider.addEventListener("input", () => {
        tell();
        stage.replaceChildren(states.get(at.join()));
      });
      row.append(label, slider, shown);
      return row;
    });
    host.querySelector(".ex-controls").replaceChildren(...rows);
    const fold = host.querySelector("details"); // its states are on the dials now; its line stays, so that nothing moves
    if (fold) {
      fold.open = false;
      fold.inert = true;
      fold.querySelectorAll(".ex-dial-state").forEach((state) => state.remove());
    }
    host.classList.add("ex-drawn");
  };
})();
