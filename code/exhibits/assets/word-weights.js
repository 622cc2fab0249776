/* Weigh the words of what the reader types (exhibits/page/word_weights.py); exhibits.js loads this when the box comes near
   the view. Words are cut as scratch.finetuning.spam.words_of cuts them: digits are zeros, and each word counts once. */
(() => {
  "use strict";

  const { part, make } = window.exhibitParts; // of exhibits.js, which loads this
  const LONGEST = 2_000; // characters
  const CLOSE = 0.05; // as word_weights.CLOSE
  const START = "every sum starts at"; // as word_weights.START
  const WORD = /0+|\p{L}+(?:['’]\p{L}+)*/gu;

  const wordsOf = (text) => [...new Set(text.toLowerCase().replace(/\p{Nd}/gu, "0").match(WORD) ?? [])];
  const written = (weight) => (Math.abs(weight) <= CLOSE ? "" : weight < 0 ? "\u2212" : "+") + Math.abs(weight).toFixed(1);

  const named = (word) => (word.startsWith("0") ? `${word.length} digit${word.length === 1 ? "" : "s"}` : word);

  function chip(word, weight, begin = false) {
    const kind = begin ? " ex-begin" : weight === undefined ? " ex-unknown" : weight > CLOSE ? " ex-for" : weight < -CLOSE ? " ex-against" : "";
    const amount = make("small", { textContent: weight === undefined ? "unknown" : written(weight) });
    return make("li", { className: `ex-chip${kind}` }, make("span", { textContent: word }), " ", amount);
  }

  window.exhibitWordWeights = (host) => {
    const { words, weights, bias, kind, tasks } = JSON.parse(part(host, "weigh-data").textContent);
    const weight = new Map(words.map((word, at) => [word, weights[at]]));
    const printed = part(host, "weigh-text");
    const box = make("textarea", { className: printed.className, value: printed.textContent, maxLength: LONGEST, spellcheck: false });
    box.setAttribute("aria-labelledby", "weigh-name");
    printed.replaceWith(box);
    let task = 0; // the one that is set
    let fewest = Infinity; // words of a message that did the last one

    /** Say what a message has achieved, and set the next task. */
    function judge(found, percent, past) {
      const last = task === tasks.length - 1;
      if (!past || !tasks.length || !tasks[task].keep.every((word) => found.includes(word)) || (last && found.length >= fewest)) return;
      const won = `Past it at ${percent}%, with ${found.length} different words${last ? ": your best so far" : ""}!`;
      if (last) fewest = found.length;
      else task += 1;
      part(host, "weigh-task").textContent = last ? `${won} That was the last task. Can you do it with fewer than ${fewest}?` : `${won} Next: ${tasks[task].say}`;
    }

    box.addEventListener("input", () => {
      const found = wordsOf(box.value);
      const total = bias + found.reduce((sum, word) => sum + (weight.get(word) ?? 0), 0);
      const percent = Math.round(100 / (1 + Math.exp(-total)));
      part(host, "weigh-words").replaceChildren(chip(START, bias, true), ...found.map((word) => chip(named(word), weight.get(word))));
      part(host, "weigh-sum").textContent = `${percent}% ${kind}: ${total > 0 ? "caught" : "past the filter"}`;
      judge(found, percent, total <= 0);
    });
    host.classList.add("ex-drawn");
  };
})();
