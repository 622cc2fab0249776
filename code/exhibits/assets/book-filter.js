/* Look a number up in the book's tables (exhibits/page/book_rows.py); exhibits.js loads this when the choice comes near the
   view. A row stays if it has the verdict and the text; a chapter without such a row goes with its heading. */
(() => {
  "use strict";

  const plain = (text) => text.trim().toLowerCase().replaceAll("\u2212", "-").replace(/(\d),(?=\d{3})/g, "$1");

  window.exhibitBookFilter = (host) => {
    const tables = [...document.querySelectorAll(".ex-book")].map((table) => {
      const chapter = table.closest("section");
      return { rows: [...table.tBodies[0].rows], hides: chapter && !chapter.contains(host) ? chapter : table };
    });
    function narrow() {
      const verdict = host.querySelector(":checked").value;
      const wanted = plain(host.querySelector("[type=search]").value);
      const fits = (row) => (verdict === "all" || row.dataset.verdict === verdict) && plain(row.textContent).includes(wanted);
      let number = 0;
      for (const { rows, hides } of tables) {
        const fitting = new Set(rows.filter(fits));
        rows.forEach((row) => row.classList.toggle("ex-out", !fitting.has(row)));
        hides.classList.toggle("ex-out", !fitting.size);
        number += fitting.size;
      }
      host.querySelector("output").textContent = number === 1 ? "1 row" : `${number} rows`;
    }
    host.addEventListener("input", narrow);
    narrow(); // a browser that goes back keeps what was chosen
    host.classList.add("ex-drawn");
  };
})();
