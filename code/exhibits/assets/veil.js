/* Keep an answer back until its question is guessed at or skipped (exhibits/page/guess.py). A block of the class "answer"
   belongs to the questions right before it. Veiled are values: of a table, of a claim its verdict, of a figure the drawing,
   of written texts all but their names. Sentences are left out until then, so that nothing is there that cannot be read. */
(() => {
  "use strict";

  const { make } = window.exhibitParts; // of exhibits.js, which loads this
  const open = new Map(); // a veiled block -> its questions without a guess
  const TELLS = "td:not(:first-child), .ex-claim .ex-verdict, [data-part=heads-line], .ex-texts dd";
  const SAYS = ".ex-claim-value, .ex-claim .ex-note, .ex-ran-on";
  const ASIDE = ".column-margin, .callout, details";

  /** Return the values in a child of a block, which are veiled; none if the child is left out whole. */
  function values(child) {
    if (child.matches(ASIDE)) return [];
    const found = [...child.querySelectorAll(TELLS)];
    const figure = child.querySelector("figure");
    return found.length || !figure ? found : [...figure.children].filter((inner) => inner.tagName !== "FIGCAPTION");
  }

  function lift(block) {
    if (!open.delete(block)) return;
    block.classList.remove("ex-veiled");
    for (const inner of block.querySelectorAll(".ex-tells, .ex-unsaid")) {
      inner.inert = false;
      inner.classList.remove("ex-tells", "ex-unsaid");
    }
    const veil = block.querySelector(":scope > .ex-veil");
    const focused = veil?.contains(document.activeElement);
    veil?.remove();
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
    block.classList.add("ex-veiled");
    if (block.parentElement.closest("[class^='ex-']")) return; // within an exhibit it keeps its room, and is not seen
    const told = [...block.children].map((child) => [child, values(child)]);
    for (const [child, found] of told) {
      const unsaid = found.length ? child.querySelectorAll(SAYS) : [child];
      unsaid.forEach((inner) => inner.classList.add("ex-unsaid"));
      for (const inner of found) {
        inner.inert = true;
        inner.classList.add("ex-tells");
      }
    }
    if (!told.some(([, found]) => found.length)) return; // the question has its own way to skip it
    const button = make("button", { type: "button", textContent: "show it" });
    button.addEventListener("click", () => skip(block));
    const above = `Answer the question${asked.length > 1 ? "s" : ""} above, or `;
    block.append(make("p", { className: "ex-veil" }, above, button));
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
