/* Look a number up in the book's tables (exhibits/page/book_rows.py). A row stays if it has the verdict and the text, or the
   number as the book rounds it, further along a row too; the fold of its chapter opens, and a chapter without such a row goes
   with its heading. What the choice has opened closes with it. A link to a chapter opens its table. */
(() => {
  "use strict";

  const SHOWN = 5; // hits right under the box
  const FIRST = 4; // numbers of a long row that are shown, as published_rows.FIRST
  const LEAST = 3; // decimals of a printed number that a longer one may be rounded to
  const NUMBER = /-?\d+\.\d+/g;
  const plain = (text) => text.trim().toLowerCase().replaceAll("\u2212", "-").replace(/(\d),(?=\d{3})/g, "$1");
  const decimals = (number) => number.split(".")[1]?.length ?? 0;

  /** What tells whether a printed text has what is wanted, or its number, rounded. */
  function finder(wanted) {
    const exact = /^-?\d*\.\d+$/.test(wanted) ? wanted : "";
    const rounds = (printed) => decimals(printed) >= LEAST && decimals(printed) < decimals(exact) && Number(exact).toFixed(decimals(printed)) === printed;
    return (text) => text.includes(wanted) || (exact !== "" && (text.match(NUMBER) ?? []).some(rounds));
  }

  function arrive() {
    const folds = document.getElementById(location.hash.slice(1))?.querySelectorAll(".ex-book-fold") ?? [];
    if (folds.length === 1) folds[0].open = true;
  }

  /** Show the number of a long row that was found beyond those shown, and its place. */
  function point(row, found) {
    row.querySelector(".ex-book-hit")?.remove();
    if (found < 0) return;
    const hit = document.createElement("span");
    hit.className = "ex-book-hit";
    hit.textContent = `number ${found + 1 + FIRST}: ${row.dataset.more.split(" ")[found].replace("-", "\u2212")}`;
    row.cells[1].append(hit);
  }

  /** A row in three lines, which lead to it: what it is and its verdict, the book's value, mine. */
  function hit(row) {
    const [what, printed, mine] = [...row.cells].map((cell) => cell.innerText.trim().replace(/\s*\n\s*/g, ": "));
    const button = document.createElement("button");
    button.type = "button";
    for (const [name, value] of [["", what], ["book: ", printed], ["mine: ", mine]]) {
      const line = document.createElement("span");
      line.append(name, value);
      button.append(line);
    }
    button.addEventListener("click", () => row.scrollIntoView({ block: "center" }));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  window.exhibitBookFilter = (host) => {
    const tables = [...document.querySelectorAll(".ex-book")].map((table) => {
      const chapter = table.closest("section");
      const fold = table.closest(".ex-book-fold");
      const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: plain([...row.cells].map((cell) => cell.textContent).join(" ")), more: plain(row.dataset.more ?? row.dataset.whole ?? "") }));
      return { rows, fold, hides: chapter && !chapter.contains(host) ? chapter : fold };
    });
    const opened = new Set();
    function narrow() {
      const verdict = host.querySelector(":checked").value;
      const wanted = plain(host.querySelector("[type=search]").value);
      const narrowed = verdict !== "all" || wanted !== "";
      const has = finder(wanted);
      const fits = ({ row, text, more }) => (verdict === "all" || row.dataset.verdict === verdict) && (has(text) || has(more));
      let number = 0;
      const first = [];
      for (const { rows, fold, hides } of tables) {
        const fitting = new Set(rows.filter(fits));
        for (const one of rows) {
          one.row.classList.toggle("ex-out", !fitting.has(one));
          const further = wanted !== "" && fitting.has(one) && !has(one.text) && "more" in one.row.dataset;
          point(one.row, further ? one.more.split(" ").findIndex(has) : -1);
        }
        hides.classList.toggle("ex-out", !fitting.size);
        if (narrowed && !fold.open) opened.add(fold);
        if (narrowed) fold.open = true;
        else if (opened.delete(fold)) fold.open = false;
        number += fitting.size;
        if (wanted) first.push(...[...fitting].slice(0, SHOWN - first.length));
      }
      const rest = first.length && first.length < number ? `: the first ${first.length} here, all of them in the tables below` : "";
      host.querySelector("output").textContent = number === 1 ? "1 row" : number ? `${number} rows${rest}` : "0 rows: the book prints no such number; try fewer digits, or a word such as loss";
      hits.replaceChildren(...first.map(({ row }) => hit(row)));
    }
    const hits = document.createElement("ul");
    hits.className = "ex-book-hits";
    host.querySelector(".ex-book-find").after(hits);
    host.addEventListener("input", narrow);
    narrow(); // a browser that goes back keeps what was chosen
    addEventListener("hashchange", arrive);
    arrive();
    host.classList.add("ex-drawn");
  };
})();
