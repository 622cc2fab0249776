/* Keep an answer back until its question is guessed at or skipped (exhibits/page/guess.py). A block of the class "answer"
   belongs to the questions right before it. If parts of it are marked with the class "tells", these are left out and the rest
   stays. Otherwise blurred are values: of a table, of a claim its verdict, of written texts all but their names; sentences and
   drawings are left out, as a blurred drawing still shows its shape. A line with a button says that something is left out. */
(() => {
  "use strict";

  const { make } = window.exhibitParts; // of exhibits.js, which loads this
  const open = new Map(); // a veiled block -> its questions without a guess
  const TELLS = "td:not(:first-child), .ex-claim .ex-verdict, .ex-texts dd";
  const SAYS = ".ex-claim-value, .ex-claim-about, .ex-claim .ex-note, .ex-ran-on";
  const ASIDE = ".column-margin, .callout, details";

  /** Return what is blurred in a part of a block, and what is left out. */
  function told(part) {
    const figure = part.querySelector("figure");
    if (part.matches(ASIDE)) return [[], [part]];
    if (figure && (figure.querySelector("svg") || !figure.querySelector("table"))) return [[], [part]];
    const values = [...part.querySelectorAll(TELLS)];
    return [values, values.length ? [...part.querySelectorAll(SAYS)] : [part]];
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
    const marked = [...block.querySelectorAll(".tells")];
    const parts = marked.length ? marked : [...block.children];
    for (const part of parts) {
      const [values, unsaid] = told(part);
      unsaid.forEach((inner) => inner.classList.add("ex-unsaid"));
      for (const inner of values) {
        inner.inert = true;
        inner.classList.add("ex-tells");
      }
    }
    const button = make("button", { type: "button", textContent: "show it" });
    button.addEventListener("click", () => skip(block));
    const until = `Hidden until you guess above${asked.length > 1 ? " (both questions)" : ""}: `;
    const first = [...block.children].find((child) => parts.some((part) => child.contains(part)));
    block.insertBefore(make("p", { className: "ex-veil" }, until, button), first ?? null);
  }

  /** A link leads into a veiled block: it is lifted, as the reader asked for what is there. */
  function arrive() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const hiding = [...open.keys()].filter((block) => target && block.contains(target));
    hiding.forEach(lift);
    if (hiding.length) target.scrollIntoView(); // else the browser keeps the reader's place
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
