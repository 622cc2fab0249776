/* The map of word vectors: loaded by exhibits.js when one comes near the view. A canvas over the still drawing. */
(() => {
  "use strict";

  const GLYPHS = "●■▲◆";
  const NEIGHBOURS_IN_TIP = 5;
  const STRIDE = 900; // ms from one step to the next while playing
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let lists = 0;

  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

  function unpack(given) {
    const words = given.words.length;
    const steps = given.steps.length;
    const raw = bytes(given.places);
    const view = new DataView(raw.buffer);
    const planes = bytes(given.near);
    const size = planes.length / 2;
    const ranks = size / (words * steps);
    const lost = bytes(given.cosines);
    return {
      ...given, ranks,
      place: (step, axis, word) => view.getInt16(2 * ((step * 3 + axis) * words + word), true) / 32767,
      near(step, word) {
        const found = [];
        let level = 0;
        for (let rank = 0; rank < ranks; rank++) {
          const at = (step * ranks + rank) * words + word;
          level = rank === 0 ? lost[at] : level - lost[at];
          found.push({ word: planes[at] | (planes[size + at] << 8), cosine: (level - 25) / 100 });
        }
        return found;
      },
    };
  }

  function element(tag, fields = {}, ...inside) {
    const { attributes = {}, ...rest } = fields;
    const made = Object.assign(document.createElement(tag), rest);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  }

  window.exhibitExplorer = (host, tools) => {
    const data = unpack(JSON.parse(host.querySelector('script[type="application/json"]').textContent));
    const count = data.words.length;
    const last = data.steps.length - 1;
    const field = host.querySelector(".ex-field");
    const panel = host.querySelector(".ex-panel");
    const number = new Map(data.words.map((word, index) => [word, index]));
    const state = {
      time: last, chosen: data.first, hovered: -1, deep: false, yaw: 0.6, pitch: 0.35, zoom: 1, across: 0, down: 0,
      hidden: new Set(), playing: 0,
    };

    // Parts
    const canvas = element("canvas", { tabIndex: 0, attributes: { role: "application", "aria-label": `${data.alt} Arrow keys move the map, plus and minus zoom, 0 resets.` } });
    const tip = element("div", { className: "ex-tip", hidden: true });
    field.append(canvas, tip);
    const list = element("datalist", { id: `ex-words-${++lists}` }, ...[...data.words].sort().map((value) => element("option", { value })));
    const play = element("button", { type: "button", className: "ex-play", textContent: "Play" });
    const slider = element("input", { type: "range", min: 0, max: last, step: 1, value: last, attributes: { "aria-label": "Step of training" } });
    const shown = element("output", { className: "ex-step" });
    const flat = element("button", { type: "button", textContent: "2-D", attributes: { "aria-pressed": "true" } });
    const deep = element("button", { type: "button", textContent: "3-D", attributes: { "aria-pressed": "false" } });
    const smaller = element("button", { type: "button", textContent: "−", attributes: { "aria-label": "Zoom out" } });
    const larger = element("button", { type: "button", textContent: "+", attributes: { "aria-label": "Zoom in" } });
    const reset = element("button", { type: "button", textContent: "Reset" });
    const search = element("input", { type: "search", placeholder: "find a word", autocomplete: "off", attributes: { list: list.id, "aria-label": "Find a word" } });
    host.querySelector(".ex-controls").replaceChildren(
      element("div", { className: "ex-row", hidden: last === 0 }, play, slider, shown),
      element("div", { className: "ex-row" }, element("span", { className: "ex-joined" }, flat, deep),
        element("span", { className: "ex-joined" }, smaller, larger, reset), search, list),
    );
    panel.setAttribute("aria-live", "polite");

    // Colours, again after each change of theme
    let ink = {};
    function recolour() {
      const names = ["paper", "ink", "ink-soft", "machine", "rule", ...data.groups.map((_, group) => `hue-${group + 1}`)];
      ink = Object.fromEntries(names.map((name) => [name, tools.colour(`var(--${name})`, host)]));
      ink.font = `12px ${getComputedStyle(host).fontFamily}`;
    }

    // Places: between two steps a word is on its way
    const spots = new Float32Array(count * 3); // x, y in px, depth in [-1, 1]
    function locate() {
      const before = Math.floor(state.time);
      const after = Math.min(before + 1, last);
      const share = state.time - before;
      const half = field.clientWidth / 2;
      const [cosYaw, sinYaw, cosPitch, sinPitch] = [Math.cos(state.yaw), Math.sin(state.yaw), Math.cos(state.pitch), Math.sin(state.pitch)];
      for (let word = 0; word < count; word++) {
        let [x, y, z] = [0, 1, 2].map((axis) => {
          const from = data.place(before, axis, word);
          return from + share * (data.place(after, axis, word) - from);
        });
        if (state.deep) {
          [x, z] = [x * cosYaw + z * sinYaw, z * cosYaw - x * sinYaw];
          [y, z] = [y * cosPitch - z * sinPitch, y * sinPitch + z * cosPitch];
          const near = 1 + 0.25 * z;
          [x, y] = [x * near, y * near];
        } else z = 0;
        spots[3 * word] = half + (x * 0.94 * state.zoom + state.across) * half;
        spots[3 * word + 1] = half - (y * 0.94 * state.zoom + state.down) * half;
        spots[3 * word + 2] = z;
      }
    }

    const off = (word) => state.hidden.has(data.member[word]);
    const grouped = data.words.map((_, word) => word).filter((word) => data.member[word] >= 0);
    const others = data.words.map((_, word) => word).filter((word) => data.member[word] < 0).sort((a, b) => data.counts[b] - data.counts[a]);

    function glyph(pen, shape, x, y, size) {
      pen.beginPath();
      if (shape === 0) pen.arc(x, y, size, 0, 2 * Math.PI);
      else if (shape === 1) pen.rect(x - size * 0.88, y - size * 0.88, size * 1.76, size * 1.76);
      else if (shape === 2) { pen.moveTo(x, y - size * 1.2); pen.lineTo(x + size * 1.1, y + size * 0.8); pen.lineTo(x - size * 1.1, y + size * 0.8); }
      else { pen.moveTo(x, y - size * 1.3); pen.lineTo(x + size * 1.2, y); pen.lineTo(x, y + size * 1.3); pen.lineTo(x - size * 1.2, y); }
      pen.fill();
    }

    function draw() {
      locate();
      const side = field.clientWidth;
      const ratio = devicePixelRatio || 1;
      if (canvas.width !== Math.round(side * ratio)) canvas.width = canvas.height = Math.round(side * ratio);
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, side, side);
      const at = (word) => [spots[3 * word], spots[3 * word + 1], spots[3 * word + 2]];
      const near = data.near(Math.round(state.time), state.chosen).map((found) => found.word);
      const lit = new Set([state.chosen, state.hovered, ...near]);
      pen.fillStyle = ink["ink-soft"];
      for (const word of others) {
        const [x, y, z] = at(word);
        pen.globalAlpha = lit.has(word) ? 1 : 0.38 + 0.2 * z;
        pen.fillRect(x - 1.5, y - 1.5, 3, 3);
      }
      pen.strokeStyle = ink["ink-soft"];
      pen.globalAlpha = 0.55;
      pen.lineWidth = 1;
      for (const word of near) {
        pen.beginPath();
        pen.moveTo(...at(state.chosen).slice(0, 2));
        pen.lineTo(...at(word).slice(0, 2));
        pen.stroke();
      }
      for (const word of grouped) {
        const [x, y, z] = at(word);
        pen.globalAlpha = off(word) ? 0.12 : 0.9;
        pen.fillStyle = ink[`hue-${data.member[word] + 1}`];
        glyph(pen, data.member[word] % GLYPHS.length, x, y, 4 + z);
      }
      pen.globalAlpha = 1;
      const [x, y] = at(state.chosen);
      pen.strokeStyle = ink.ink;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.arc(x, y, 8, 0, 2 * Math.PI);
      pen.stroke();
      labels(pen, side, at, near);
    }

    function labels(pen, side, at, near) {
      const boxes = [];
      pen.font = ink.font;
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      const room = Math.round(14 * state.zoom + side / 12);
      const wanted = [state.chosen, ...(state.hovered >= 0 ? [state.hovered] : []), ...near, ...grouped.filter((word) => !off(word)), ...others.slice(0, state.zoom > 1.8 ? 400 : 0)];
      let drawn = 0;
      for (const [order, word] of wanted.entries()) {
        const [x, y] = at(word);
        if (x < -20 || x > side || y < 0 || y > side || drawn > room + near.length) continue;
        const width = pen.measureText(data.words[word]).width;
        const left = x + 7 + width > side ? x - 7 - width : x + 7;
        const box = [left, y - 7, left + width, y + 7];
        if (order > 0 && boxes.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) continue;
        boxes.push(box);
        drawn++;
        pen.lineWidth = 3;
        pen.strokeStyle = ink.paper;
        pen.strokeText(data.words[word], left, y);
        pen.fillStyle = word === state.chosen || near.includes(word) ? ink.ink : ink["ink-soft"];
        pen.fillText(data.words[word], left, y);
      }
    }

    // Words about a word
    const times = (word) => (data.counts[word] === 1 ? "once" : `${data.counts[word].toLocaleString("en")} times`);
    const about = (word) => times(word) + (data.member[word] >= 0 ? `, ${data.groups[data.member[word]]}` : "");

    function tell() {
      const step = Math.round(state.time);
      const items = data.near(step, state.chosen).map(({ word, cosine }) => {
        const button = element("button", { type: "button", textContent: data.words[word] });
        button.addEventListener("click", () => choose(word));
        return element("li", {}, button, " ", element("span", { textContent: cosine.toFixed(2) }));
      });
      panel.replaceChildren(
        element("p", { className: "ex-chosen" }, element("b", { textContent: data.words[state.chosen] }), " ", element("span", { textContent: about(state.chosen) })),
        element("ol", { attributes: { "aria-label": `Nearest at step ${data.steps[step]}, with cosine` } }, ...items),
      );
      shown.textContent = `step ${data.steps[step].toLocaleString("en")}`;
      slider.value = step;
      slider.setAttribute("aria-valuetext", shown.textContent);
    }

    function choose(word) {
      const inside = panel.contains(document.activeElement);
      state.chosen = word;
      tell();
      if (inside) panel.querySelector("button")?.focus();
      draw();
    }

    function point(event) {
      const box = canvas.getBoundingClientRect();
      const [px, py] = [event.clientX - box.left, event.clientY - box.top];
      let [best, reach] = [-1, event.pointerType === "touch" ? 24 : 12];
      for (let word = 0; word < count; word++) {
        const away = Math.hypot(spots[3 * word] - px, spots[3 * word + 1] - py) + (data.member[word] < 0 ? 2 : 0);
        if (away < reach && !off(word)) [best, reach] = [word, away];
      }
      return best;
    }

    function hover(word) {
      if (word === state.hovered) return;
      state.hovered = word;
      tip.hidden = word < 0;
      if (word >= 0) {
        const near = data.near(Math.round(state.time), word).slice(0, NEIGHBOURS_IN_TIP).map((found) => data.words[found.word]);
        tip.replaceChildren(element("b", { textContent: data.words[word] }), ` ${about(word)}`, element("br"), `near: ${near.join(", ")}`);
        const side = field.clientWidth;
        const left = spots[3 * word] > side / 2;
        tip.style.left = left ? "auto" : `${spots[3 * word] + 12}px`;
        tip.style.right = left ? `${side - spots[3 * word] + 12}px` : "auto";
        const low = spots[3 * word + 1] > side / 2;
        tip.style.top = low ? "auto" : `${spots[3 * word + 1] + 12}px`;
        tip.style.bottom = low ? `${side - spots[3 * word + 1] + 12}px` : "auto";
      }
      draw();
    }

    // Time
    function stop() {
      cancelAnimationFrame(state.playing);
      state.playing = 0;
      play.textContent = "Play";
    }
    function start() {
      if (state.time >= last) state.time = 0;
      const began = performance.now();
      const from = state.time;
      let told = -1;
      play.textContent = "Pause";
      panel.setAttribute("aria-live", "off"); // a voice could not keep up
      const frame = (now) => {
        const reached = from + Math.max(0, now - began) / STRIDE;
        state.time = Math.min(last, calm.matches ? Math.floor(reached) : reached);
        if (Math.round(state.time) !== told) { told = Math.round(state.time); tell(); draw(); } else if (!calm.matches) draw();
        if (state.time < last) state.playing = requestAnimationFrame(frame);
        else { stop(); panel.setAttribute("aria-live", "polite"); }
      };
      state.playing = requestAnimationFrame(frame);
    }
    play.addEventListener("click", () => (state.playing ? stop() : start()));
    slider.addEventListener("input", () => { stop(); state.time = Number(slider.value); tell(); draw(); });

    // View
    function zoom(by) { state.zoom = Math.min(12, Math.max(0.7, state.zoom * by)); state.across *= by; state.down *= by; draw(); }
    function move(right, up) {
      if (state.deep) { state.yaw += right * 2.4; state.pitch -= up * 2.4; } else { state.across += right; state.down += up; }
      draw();
    }
    function turn(to) {
      state.deep = to;
      flat.setAttribute("aria-pressed", String(!to));
      deep.setAttribute("aria-pressed", String(to));
      draw();
    }
    function back() { Object.assign(state, { zoom: 1, across: 0, down: 0, yaw: 0.6, pitch: 0.35 }); draw(); }
    flat.addEventListener("click", () => turn(false));
    deep.addEventListener("click", () => turn(true));
    larger.addEventListener("click", () => zoom(1.4));
    smaller.addEventListener("click", () => zoom(1 / 1.4));
    reset.addEventListener("click", back);
    search.addEventListener("input", () => { if (number.has(search.value)) choose(number.get(search.value)); });
    search.addEventListener("change", () => {
      const wanted = search.value.trim();
      const found = number.get(wanted) ?? number.get(wanted.toLowerCase());
      search.setCustomValidity(wanted && found === undefined ? "this word is not on the map" : "");
      if (found !== undefined) choose(found);
      else if (wanted) search.reportValidity();
    });

    let grip = null;
    canvas.addEventListener("pointerdown", (event) => { grip = { x: event.clientX, y: event.clientY, moved: false }; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointermove", (event) => {
      if (!grip) { if (event.pointerType !== "touch") hover(point(event)); return; }
      const half = field.clientWidth / 2;
      const [right, up] = [(event.clientX - grip.x) / half, (grip.y - event.clientY) / half];
      if (!grip.moved && Math.hypot(right, up) * half < 4) return;
      hover(-1);
      move(right, up);
      grip = { x: event.clientX, y: event.clientY, moved: true };
    });
    canvas.addEventListener("pointerup", (event) => {
      if (grip && !grip.moved) { const word = point(event); if (word >= 0) choose(word); }
      grip = null;
    });
    canvas.addEventListener("pointercancel", () => { grip = null; });
    canvas.addEventListener("pointerleave", () => hover(-1));
    canvas.addEventListener("keydown", (event) => {
      const keys = { ArrowLeft: [0.08, 0], ArrowRight: [-0.08, 0], ArrowUp: [0, -0.08], ArrowDown: [0, 0.08] };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (keys[event.key]) move(...keys[event.key]);
      else if (event.key === "+" || event.key === "=") zoom(1.4);
      else if (event.key === "-") zoom(1 / 1.4);
      else if (event.key === "0") back();
      else return;
      event.preventDefault();
    });

    for (const entry of host.querySelectorAll(".ex-legend li")) {
      const group = Number(entry.dataset.group);
      const button = element("button", { type: "button", attributes: { "aria-pressed": "true" } }, ...entry.childNodes);
      entry.append(button);
      button.addEventListener("click", () => {
        if (!state.hidden.delete(group)) state.hidden.add(group);
        button.setAttribute("aria-pressed", String(!state.hidden.has(group)));
        draw();
      });
    }

    recolour();
    tell();
    tools.onTheme(() => { recolour(); draw(); });
    new ResizeObserver(() => { if (field.clientWidth) draw(); }).observe(field);
    draw();
    host.classList.add("ex-drawn");
  };
})();
