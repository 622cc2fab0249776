/* Look a number up in the book's tables (exhibits/page/book_rows.py). A row stays if it has the verdict and the text; the
   fold of its chapter opens, and a chapter without such a row goes with its heading. What the choice has opened closes
   with it. A link to a chapter opens its table. */
(() => {
  "use strict";

  const plain = (text) => text.trim().toLowerCase().replaceAll("\u2212", "-").replace(/(\d),(?=\d{3})/g, "$1");

  function arrive() {
    const folds = document.getElementById(location.hash.slice(1))?.querySelectorAll(".ex-book-fold") ?? [];
    if (folds.length === 1) folds[0].open = true;
  }

  window.exhibitBookFilter = (host) => {
    const tables = [...document.querySelectorAll(".ex-book")].map((table) => {
      const chapter = table.closest("section");
      const fold = table.closest(".ex-book-fold");
      return { rows: [...table.tBodies[0].rows], fold, hides: chapter && !chapter.contains(host) ? chapter : fold };
    });
    const opened = new Set();
    function narrow() {
      const verdict = host.querySelector(":checked").value;
      const wanted = plain(host.querySelector("[type=search]").value);
      const narrowed = verdict !== "all" || wanted !== "";
      const fits = (row) => (verdict === "all" || row.dataset.verdict === verdict) && plain(row.textContent).includes(wanted);
      let number = 0;
      for (const { rows, fold, hides } of tables) {
        const fitting = new Set(rows.filter(fits));
        rows.forEach((row) => row.classList.toggle("ex-out", !fitting.has(row)));
        hides.classList.toggle("ex-out", !fitting.size);
        if (narrowed && !fold.open) opened.add(fold);
        if (narrowed) fold.open = true;
        else if (opened.delete(fold)) fold.open = false;
        number += fitting.size;
      }
      host.querySelector("output").textContent = number === 1 ? "1 row" : `${number} rows`;
    }
    host.addEventListener("input", narrow);
    narrow(); // a browser that goes back keeps what was chosen
    addEventListener("hashchange", arrive);
    arrive();
    host.classList.add("ex-drawn");
  };
})();
