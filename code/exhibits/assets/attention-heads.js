/* Point at a token, or turn the sliders, and see what a head looks at (exhibits/tokens/attention_heads.py): the row of the
   matrix, and arcs above the tokens. exhibits.js loads this when one comes near the view. */
(() => {
  "use strict";

  const { part, make, moved } = window.exhibitParts; // of exhibits.js, which loads this
  const [LEVELS, LEAST, ARC_HIGH, CELL, LOOP, LOOP_HIGH] = [100, 2 / 100, 90, 100, 30, 34]; // as in Python
  const percent = (share) => `${Math.round(100 * share)}%`;
  let made = 0;

  function arc(weight, from, to, count) {
    let [x, y] = [from, to].map((place) => CELL * (place + 0.5));
    let top = ARC_HIGH - 1.3 * ARC_HIGH * (0.25 + (0.75 * Math.abs(from - to)) / Math.max(1, count - 1));
    if (from === to) [x, y, top] = [x - LOOP, y + LOOP, ARC_HIGH - LOOP_HIGH];
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${x} ${ARC_HIGH}C${x} ${top} ${y} ${top} ${y} ${ARC_HIGH}`);
    path.style.setProperty("--w", weight.toFixed(2));
    return path;
  }

  window.exhibitHeads = (host) => {
    const given = JSON.parse(part(host, "heads-data").textContent);
    const levels = Uint8Array.from(atob(given.weights), (char) => char.charCodeAt(0));
    const count = given.tokens.length;
    const rows = [...part(host, "heads-table").tBodies[0].rows];
    const columns = [...part(host, "heads-table").tHead.rows[1].cells].slice(1);
    const drawing = part(host, "heads-arcs").firstElementChild;
    const at = [...given.start];
    const finds = [...host.querySelectorAll("[data-part=heads-find]")];
    let [held, shown] = [given.row, given.row];

    const weights = (row) => {
      const first = ((at[0] * given.heads + at[1]) * count + row) * count;
      return Array.from(levels.subarray(first, first + count), (level) => level / LEVELS);
    };

    function point(row, column = -1) {
      shown = row;
      const own = weights(row);
      rows.forEach((line, place) => line.classList.toggle("ex-now", place === row));
      columns.forEach((cell, place) => {
        cell.classList.toggle("ex-now", place === column);
        cell.style.setProperty("--t", percent(own[place]));
      });
      drawing.replaceChildren(...own.flatMap((weight, place) => (weight < LEAST ? [] : [arc(weight, row, place, count)])));
      const best = own.map((weight, place) => [weight, place]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, 3);
      const seen = column < 0 ? best.filter(([weight]) => weight >= LEAST) : [[own[column], column]];
      part(host, "heads-line").textContent = `${given.tokens[row]} looks at ${seen.map(([weight, place]) => `${given.tokens[place]} ${percent(weight)}`).join(", ") || "none"}`;
    }

    function fill() {
      rows.forEach((line, row) => weights(row).forEach((weight, column) => {
        const cell = line.cells[column + 1];
        cell.style.setProperty("--t", percent(weight));
        cell.firstElementChild.textContent = percent(weight);
      }));
      finds.forEach((button, place) => button.setAttribute("aria-pressed", String(at.every((number, axis) => number === given.finds[place][axis]))));
      point(shown);
    }

    /** Show a block and a head: the sliders move along. */
    function show(block, head) {
      [block, head].forEach((number, axis) => {
        at[axis] = number;
        moves[axis]?.();
      });
      fill();
    }

    const moves = []; // axis -> sets its slider
    function slider(name, axis, size) {
      const input = make("input", { type: "range", id: `ex-heads-${(made += 1)}`, min: 1, max: size, step: 1, value: at[axis] + 1 });
      const output = make("output", { htmlFor: input.id, textContent: `${at[axis] + 1} of ${size}` });
      moves[axis] = () => {
        input.value = at[axis] + 1;
        output.textContent = `${at[axis] + 1} of ${size}`;
      };
      input.addEventListener("input", () => show(...Object.assign([...at], { [axis]: input.value - 1 })));
      return make("div", { className: "ex-row" }, make("label", { htmlFor: input.id, textContent: name }), input, output);
    }

    part(host, "heads-controls").replaceChildren(
      ...[["block", 0, given.blocks], ["head", 1, given.heads]].filter(([, , size]) => size > 1).map((axis) => slider(...axis)));
    rows.forEach((line, row) => {
      const head = line.cells[0];
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("focus", () => { held = row; point(row); });
      line.addEventListener("click", () => { held = row; point(row); });
      line.addEventListener("pointerover", (event) => {
        if (!moved(event)) return; // a tap, or the page that scrolls beneath a pointer at rest
        point(row, event.target.closest("td") ? event.target.closest("td").cellIndex - 1 : -1);
      });
    });
    finds.forEach((button, place) => {
      button.disabled = false;
      button.addEventListener("click", () => {
        const [block, head, row] = given.finds[place];
        held = shown = row;
        show(block, head);
      });
    });
    part(host, "heads-table").addEventListener("pointerleave", () => point(held));
    fill();
    host.classList.add("ex-drawn");
  };
})();
