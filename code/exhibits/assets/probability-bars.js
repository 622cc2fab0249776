/* Draw bars of the next token's probabilities that follow temperature, top-k and top-p
   (exhibits/tokens/probability_bars.py). Softmax and filters are computed here, as scratch.model.generate does; what a button
   draws was drawn beforehand, at each setting (next_draws.py). exhibits.js loads this when one comes near the view. */
(() => {
  "use strict";

  const { part, make } = window.exhibitParts; // of exhibits.js, which loads this
  const count = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  const percent = (share) => `${(100 * share).toFixed(1)}%`;
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
  function shared(position, { temperature, k, p }, bin) {
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
    const { draws } = given;
    const bars = [...part(host, "probs-bars").children];
    const settings = { temperature: 1, k: given.vocabulary, p: 1 };
    const tokens = part(host, "probs-read");
    const asked = given.positions.length;
    const drawn = []; // the steps of the way, as far as the reader has drawn
    let [at, round, said] = [given.at, 0, ""];

    /** What may follow the token at a place: [[name, probability], ...], and how many may be drawn. */
    function after(place) {
      if (place < asked) {
        const position = given.positions[place];
        const best = settings.temperature === 0; // nothing is drawn
        const { shares, many } = shared(position, best ? { temperature: 1e-9, k: 1, p: 1 } : settings, given.bin);
        return [position.names.map((name, index) => [name, shares[index]]), many];
      }
      const [, , many, names, shares] = drawn[place - asked];
      return [names.map((name, index) => [draws.names[name], (shares[index] ?? 0) / 1000]), many];
    }

    function show() {
      const [named, many] = after(at);
      const rest = Math.max(0, 1 - named.reduce((sum, [, share]) => sum + share, 0));
      const last = bars.length - 1;
      bars.forEach((bar, place) => {
        const share = place === last ? rest : named[place][1];
        if (place < last) bar.children[0].textContent = named[place][0];
        bar.style.setProperty("--share", `${(100 * share).toFixed(4)}%`);
        bar.classList.toggle("ex-probs-cut", share === 0);
        bar.children[2].textContent = share === 0 ? "cut" : percent(share);
      });
      if (last >= 0 && rest < 5e-5) bars[last].children[2].textContent = many <= last ? "cut" : percent(rest);
      const all = many >= given.vocabulary ? "All " : "";
      part(host, "probs-line").textContent = `${said}${all}${count(many)} token${many === 1 ? "" : "s"} may be drawn.`;
      [...tokens.children].forEach((item, place) => {
        item.classList.toggle("ex-now", place === at);
        item.firstChild.setAttribute("aria-pressed", String(place === at));
      });
    }

    function listen(item, place) {
      const button = make("button", { type: "button" }, ...item.childNodes);
      button.addEventListener("click", () => { [at, said] = [place, ""]; show(); });
      item.append(button);
    }

    /** The way at these settings in this round: [name, its probability, how many may follow, their names, probabilities]. */
    function way() {
      const { temperatures, sizes, nuclei, rounds, ways } = draws;
      const place = (temperatures.indexOf(settings.temperature) * sizes.length + sizes.indexOf(settings.k)) * nuclei.length + nuclei.indexOf(settings.p);
      return ways[place * rounds + round];
    }

    function draw(most) {
      for (const step of way().slice(drawn.length, drawn.length + most)) {
        drawn.push(step);
        const item = make("li", { className: "ex-probs-new" }, make("span", { textContent: draws.names[step[0]] }));
        tokens.append(item);
        listen(item, asked + drawn.length - 1);
        at = asked + drawn.length - 1;
        said = `Drawn: “${draws.names[step[0]]}”, which had ${percent(step[1] / 1000)}. `;
      }
      const end = drawn.length === way().length;
      if (end) said = `That was the last of ${drawn.length} draws. `;
      host.classList.toggle("ex-probs-end", end);
      show();
    }

    function rewind() {
      drawn.length = 0;
      [...tokens.children].slice(asked).forEach((item) => item.remove());
      [at, said] = [given.at, ""];
      host.classList.remove("ex-probs-end");
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
      input.addEventListener("input", () => { tell(); if (draws) rewind(); show(); });
      return make("div", { className: "ex-row" }, make("label", { htmlFor: input.id, textContent: name }), input, shown);
    }

    const steps = (from, to, by) => Array.from({ length: Math.round((to - from) / by) + 1 }, (_, place) => from + place * by);
    const degrees = draws ? draws.temperatures.map((value) => [value, value ? value.toFixed(1) : "0: the best"])
      : steps(0.1, 2, 0.05).map((value) => [value, value.toFixed(2)]);
    const sizes = draws ? draws.sizes.slice(0, -1).map((k) => [k, count(k)])
      : [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100].filter((k) => k < given.vocabulary).map((k) => [k, count(k)]);
    sizes.push([given.vocabulary, "all"]);
    const nuclei = draws ? draws.nuclei.map((value) => [value, value.toFixed(1)])
      : steps(0.05, 1, 0.05).map((value) => [Math.min(1, value), Math.min(1, value).toFixed(2)]);
    part(host, "probs-controls").replaceChildren(
      slider("temperature", degrees, degrees.findIndex(([value]) => Math.abs(value - 1) < 1e-9), (value) => { settings.temperature = value; }),
      slider("top-k", sizes, sizes.length - 1, (value) => { settings.k = value; }),
      slider("top-p", nuclei, nuclei.length - 1, (value) => { settings.p = value; }));
    [...tokens.children].forEach(listen);
    if (draws) {
      const button = (textContent, press) => {
        const made = make("button", { type: "button", textContent });
        made.addEventListener("click", press);
        return made;
      };
      part(host, "probs-draw").replaceChildren(
        button("Draw a token", () => draw(1)),
        button(`Draw ${way().length}`, () => draw(way().length)),
        button("Start over", () => { round = (round + 1) % draws.rounds; rewind(); show(); }));
    }
    show();
    host.classList.add("ex-drawn");
  };
})();
