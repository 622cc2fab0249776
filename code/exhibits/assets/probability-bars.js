/* Draw bars of the next token's probabilities that follow temperature, top-k and top-p
   (exhibits/tokens/probability_bars.py). Softmax and filters are computed here, as scratch.model.generate does; exhibits.js
   loads this when one comes near the view. */
(() => {
  "use strict";

  const { part, make } = window.exhibitParts; // of exhibits.js, which loads this
  const count = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  const percent = (share) => `${(100 * share).toFixed(1)}%`;
  const FULL = [10, 25, 50, 100]; // per cent that a full bar may mean, as in Python
  let made = 0;

  /** Groups of tokens of one probability, likeliest first: [{many, share}], where share is one token's before any filter. */
  function groups({ below, first, others }, temperature, bin) {
    const all = below.map((gap) => ({ many: 1, share: Math.exp(-gap / temperature) }));
    others.forEach((many, place) => {
      if (many) all.push({ many, share: Math.exp(-((first + place + 0.5) * bin) / temperature) });
    });
    return all;
  }

  /** The probability of being drawn of the likeliest tokens, and how many may be drawn. */
  function drawn(position, { temperature, k, p }, bin) {
    const all = groups(position, temperature, bin);
    let room = k;
    for (const group of all) { group.many = Math.min(group.many, room); room -= group.many; }
    const total = all.reduce((sum, { many, share }) => sum + many * share, 0);
    let before = 0; // the probability of all likelier tokens
    for (const group of all) {
      const share = group.share / total;
      const kept = p >= 1 ? group.many : Math.min(group.many, Math.max(0, Math.ceil((p - before) / share - 1e-9)));
      before += group.many * share;
      group.many = kept;
    }
    const left = all.reduce((sum, { many, share }) => sum + many * share, 0);
    const shares = position.below.map((_, place) => (all[place].many * all[place].share) / left);
    return { shares, many: all.reduce((sum, group) => sum + group.many, 0) };
  }

  window.exhibitProbabilities = (host) => {
    const given = JSON.parse(part(host, "probs-data").textContent);
    const bars = [...part(host, "probs-bars").children];
    const settings = { temperature: 1, k: given.vocabulary, p: 1 };
    let at = given.at;

    function show() {
      const position = given.positions[at];
      const { shares, many } = drawn(position, settings, given.bin);
      const named = position.names.map((name, place) => [name, shares[place]]);
      const rest = Math.max(0, 1 - named.reduce((sum, [, share]) => sum + share, 0));
      const last = bars.length - 1;
      const full = FULL.find((each) => each + 1e-6 >= 100 * Math.max(...shares.slice(0, last))) ?? 100;
      part(host, "probs-bars").style.setProperty("--full", full);
      bars.forEach((bar, place) => {
        const share = place === last ? rest : named[place][1];
        if (place < last) bar.children[0].textContent = named[place][0];
        bar.style.setProperty("--share", `${(100 * share).toFixed(4)}%`);
        bar.classList.toggle("ex-probs-cut", share === 0);
        bar.children[2].textContent = share === 0 ? "cut" : percent(share);
      });
      if (last >= 0 && rest < 5e-5) bars[last].children[2].textContent = many <= last ? "cut" : percent(rest);
      const all = many >= given.vocabulary ? "All " : "";
      part(host, "probs-line").textContent = `${all}${count(many)} token${many === 1 ? "" : "s"} may be drawn. A full bar is ${full}%.`;
    }

    function slider(name, stops, start, change) {
      const input = make("input", { type: "range", id: `ex-probs-${(made += 1)}`, min: 0, max: stops.length - 1, step: 1, value: start });
      const shown = make("output", { htmlFor: input.id });
      const tell = () => {
        const [value, text] = stops[input.value];
        change(value);
        shown.textContent = text;
        input.setAttribute("aria-valuetext", `${name} ${text}`);
      };
      tell();
      input.addEventListener("input", () => { tell(); show(); });
      return make("div", { className: "ex-row" }, make("label", { htmlFor: input.id, textContent: name }), input, shown);
    }

    const steps = (from, to, by) => Array.from({ length: Math.round((to - from) / by) + 1 }, (_, place) => from + place * by);
    const degrees = steps(0.1, 2, 0.05).map((value) => [value, value.toFixed(2)]);
    const sizes = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100].filter((k) => k < given.vocabulary).map((k) => [k, count(k)]);
    sizes.push([given.vocabulary, "all"]);
    const nuclei = steps(0.05, 1, 0.05).map((value) => [Math.min(1, value), Math.min(1, value).toFixed(2)]);
    part(host, "probs-controls").replaceChildren(
      slider("temperature", degrees, degrees.findIndex(([, text]) => text === "1.00"), (value) => { settings.temperature = value; }),
      slider("top-k", sizes, sizes.length - 1, (value) => { settings.k = value; }),
      slider("top-p", nuclei, nuclei.length - 1, (value) => { settings.p = value; }));

    [...part(host, "probs-read").children].forEach((item, place, all) => {
      const button = make("button", { type: "button" }, ...item.childNodes);
      button.setAttribute("aria-pressed", String(place === at));
      button.addEventListener("click", () => {
        at = place;
        all.forEach((other, index) => {
          other.classList.toggle("ex-now", index === place);
          other.firstChild.setAttribute("aria-pressed", String(index === place));
        });
        show();
      });
      item.append(button);
    });
    show();
    host.classList.add("ex-drawn");
  };
})();
