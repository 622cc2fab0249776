/* Choose by sliders among exhibits of the page (exhibits/page/sliders.py); exhibits.js loads this when one comes near the view. */
(() => {
  "use strict";

  let sliders = 0;

  /** A button that moves a slider from its first setting, or from where it is, to its last. */
  function player(slider, pause) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "ex-play", textContent: "Play" });
    let timer = 0;
    const last = () => slider.value === slider.max;
    const go = (value) => {
      slider.value = value;
      slider.dispatchEvent(new Event("input"));
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      button.textContent = "Play";
    };
    button.addEventListener("click", () => {
      if (timer) return stop();
      if (last()) go(0);
      button.textContent = "Pause";
      timer = setInterval(() => {
        if (!last()) go(Number(slider.value) + 1);
        if (last()) stop();
      }, pause);
    });
    slider.addEventListener("pointerdown", stop);
    slider.addEventListener("keydown", stop);
    return button;
  }

  window.exhibitSliders = (host) => {
    const part = (name) => host.querySelector(`[data-part="sliders-${name}"]`); // as parts.js, which only a server gives
    const given = JSON.parse(part("data").textContent);
    const states = new Map([...host.querySelectorAll("[data-part=sliders-state]")].map((state) => [state.dataset.at, state]));
    const stage = part("stage");
    const at = [...given.start];

    const rows = given.sliders.map(({ name, settings }, place) => {
      const row = Object.assign(document.createElement("div"), { className: "ex-row" });
      const slider = Object.assign(document.createElement("input"), { type: "range", id: `ex-slider-${++sliders}`, min: 0, max: settings.length - 1, step: 1, value: at[place] });
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
    part("controls").replaceChildren(...rows);
    if (given.play) rows[0].append(player(rows[0].querySelector("input"), given.play));
    const fold = part("line")?.closest("details"); // its states are on the sliders now; its line stays, so that nothing moves
    if (fold) {
      fold.open = false;
      fold.inert = true;
      fold.replaceChildren(part("line"));
    }
    host.classList.add("ex-drawn");
  };
})();
