/* Let the reader guess before an answer is shown (exhibits/page/guess.py), and sum up all guesses of the page. They are kept
   in memory alone. exhibits.js loads this when a question comes near the view. */
(() => {
  "use strict";

  const { part, make } = window.exhibitParts; // of exhibits.js, which loads this
  const percent = (value) => `${Math.round(100 * value)}%`;
  const CLOSE = 0.1; // of the scale
  const NEAR = 1.5; // times the answer, on a logarithmic scale
  const guesses = new Map(); // a question's name -> {own, near, verdict, at}

  window.exhibitGuess = (host) => {
    const given = JSON.parse(part(host, "guess-data").textContent);
    const room = part(host, "guess-room");
    const fold = part(host, "guess-fold");
    part(host, "guess-summary").textContent = "Skip: show me";

    /** Show the answer; guess: {own, near, verdict, at}, or null if the question is skipped. */
    function close(guess) {
      room.querySelectorAll("button, input").forEach((control) => { control.disabled = true; });
      part(host, "guess-summary").textContent = "The answer";
      if (guess) {
        part(host, "guess-own").textContent = `You guessed ${guess.own}: ${guess.verdict}.`;
        guesses.set(host.dataset.guess, guess);
        sum();
      }
      fold.open = true;
      host.dispatchEvent(new CustomEvent("guessed", { bubbles: true })); // veil.js lifts what tells the answer
    }
    fold.addEventListener("toggle", () => { if (fold.open && !guesses.has(host.dataset.guess)) close(null); });
    room.replaceChildren(...(given.choices ? choices(given, close) : slider(given, host.dataset.guess, close)));
    host.classList.add("ex-drawn");
    if (fold.open) close(null);
  };

  /** The buttons of a question; once one is pressed, the right one is marked, and the wrong one that was pressed. */
  function choices(given, close) {
    const buttons = given.choices.map((own) => make("button", { type: "button", textContent: own }));
    for (const button of buttons) {
      button.addEventListener("click", () => {
        const own = button.textContent;
        const right = own === given.answer;
        buttons.find((other) => other.textContent === given.answer).dataset.right = "yes";
        if (!right) button.dataset.right = "no";
        button.setAttribute("aria-pressed", "true");
        close({ own, near: right, verdict: right ? "right" : "not this one" });
      });
    }
    return buttons;
  }

  /** A slider that says no number before it is touched: its hollow handle lies in the middle, as on every question. */
  function slider(given, question, close) {
    const last = given.stops.length - 1;
    const input = make("input", { type: "range", id: `${question}-slider`, min: 0, max: last, step: 1, value: Math.round(last / 2), className: "ex-untouched" });
    input.setAttribute("aria-labelledby", question);
    input.setAttribute("aria-valuetext", "no guess yet");
    const shown = make("output", { htmlFor: input.id, textContent: `drag: ${given.stops[0]} to ${given.stops[last]}` });
    const button = make("button", { type: "button", textContent: "That’s my guess", disabled: true });
    const tell = () => {
      input.classList.remove("ex-untouched");
      button.disabled = false;
      shown.textContent = given.stops[input.value];
      input.setAttribute("aria-valuetext", given.stops[input.value]);
    };
    for (const name of ["input", "click"]) input.addEventListener(name, tell);
    button.addEventListener("click", () => {
      const at = input.value / last;
      const off = Math.abs(at - given.at);
      const way = at < given.at ? "too low" : "too high";
      const own = given.stops[input.value];
      const times = given.times?.[input.value]; // of a logarithmic scale
      const near = times ? times <= NEAR : off < CLOSE;
      const far = times ? `${times} times ${way}` : way;
      const verdict = own === given.answer || off <= 0.5 / last ? "spot on" : near ? `close, a little ${way}` : far;
      close({ own, near, verdict, at });
    });
    return [input, shown, button];
  }

  /** Bring every sum of the page up to date. */
  function sum() {
    for (const host of document.querySelectorAll(".ex-calibration")) {
      const rows = [...host.querySelectorAll("[data-guess]")];
      const own = rows.map((row) => guesses.get(row.dataset.guess)).filter(Boolean);
      for (const row of rows) {
        const guess = guesses.get(row.dataset.guess);
        if (!guess) continue;
        part(row, "guess-row").textContent = `you: ${guess.own}`;
        row.classList.add("ex-guessed");
        const track = row.querySelector(".ex-guess-track");
        if (guess.at === undefined) track.dataset.right = guess.near ? "yes" : "no";
        else track.style.setProperty("--own", percent(guess.at));
        if (guess.at !== undefined && !track.querySelector("b")) track.append(document.createElement("b"));
      }
      if (!own.length) continue;
      const close = own.filter((guess) => guess.near).length;
      part(host, "guess-sum").textContent = `${close} of ${own.length} close.`;
    }
  }
})();
