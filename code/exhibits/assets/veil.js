/* Veil what tells an answer until its question is guessed at or skipped (exhibits/page/guess.py). A block of the class
   "answer" belongs to the questions right before it. Of its tables the values are veiled, of its claims the verdicts, of its
   figures all but the caption, and its paragraphs whole. Nothing moves: what is veiled keeps its room. */
(() => {
  "use strict";

  const { make } = window.exhibitParts; // of exhibits.js, which loads this
  const open = new Map(); // a veiled block -> its questions without a guess
  const TELLS = "td:not(:first-child), .ex-claim-line > p, .ex-note";

  /** Return what tells the answer in a child of a block. */
  function telling(child) {
    const values = [...child.querySelectorAll(TELLS)];
    if (values.length) return values;
    const figure = child.querySelector("figure");
    return figure ? [...figure.children].filter((inner) => inner.tagName !== "FIGCAPTION") : [child];
  }

  function lift(block) {
    if (!open.delete(block)) return;
    block.classList.remove("ex-veiled");
    for (const inner of block.querySelectorAll(".ex-tells")) {
      inner.inert = false;
      inner.classList.remove("ex-tells");
    }
    const veil = block.querySelector(":scope > .ex-veil");
    const focused = veil.contains(document.activeElement);
    veil.remove();
    if (!focused) return;
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
  }

  function skip(block) {
    const asked = open.get(block);
    lift(block);
    for (const question of asked) question.querySelector("details").open = true; // guess.js closes the question
  }

  function veil(block, asked) {
    open.set(block, new Set(asked));
    for (const inner of [...block.children].flatMap(telling)) {
      inner.inert = true;
      inner.classList.add("ex-tells");
    }
    const button = make("button", { type: "button", textContent: "show it" });
    button.addEventListener("click", () => skip(block));
    const above = `Answer the question${asked.length > 1 ? "s" : ""} above, or `;
    block.append(make("div", { className: "ex-veil" }, make("p", {}, above, button)));
    block.classList.add("ex-veiled");
  }

  /** A link leads into a veiled block: it is lifted, as the reader asked for what is there. */
  function arrive() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (const block of [...open.keys()]) if (target && block.contains(target)) lift(block);
    target?.scrollIntoView();
  }

  window.exhibitVeil = () => {
    let asked = [];
    let answered = false;
    for (const part of document.querySelectorAll(".ex-guess, .answer")) {
      if (part.matches(".answer")) answered = true;
      else if (answered) [asked, answered] = [[], false];
      if (part.matches(".answer")) asked.length && veil(part, asked);
      else asked.push(part);
    }
    document.addEventListener("guessed", (event) => {
      for (const [block, questions] of [...open]) if (questions.delete(event.target) && !questions.size) lift(block);
    });
    addEventListener("hashchange", arrive);
    if (location.hash) arrive();
  };
})();
