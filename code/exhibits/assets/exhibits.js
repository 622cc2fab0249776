/* Load the script of each exhibit that comes near the view; draw live plots over their stills, scroll tables, fill day
   logs. Classic scripts that it loads share window.exhibitParts; the others are modules. Every page reads without it.
   Plotly lies beside this file and is loaded once, when a plot is first pointed at, tapped or focused. */
(() => {
  "use strict";

  const here = document.currentScript.src;
  const loading = new Map();
  const part = (host, name) => host.querySelector(`[data-part="${name}"]`); // see parts.js, which only a server gives
  const make = (tag, fields, ...inside) => {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...inside);
    return made;
  };
  // Where the pointer was last: a page that scrolls beneath a pointer at rest reports a move to the same spot.
  let spot = [NaN, NaN];
  for (const name of ["pointermove", "wheel"]) addEventListener(name, (event) => { spot = [event.clientX, event.clientY]; }, { passive: true });
  const moved = (event) => event.pointerType !== "touch" && (event.clientX !== spot[0] || event.clientY !== spot[1]);
  window.exhibitParts = { part, make, moved }; // what the scripts loaded below share; from a disk they cannot import
  const coarse = matchMedia("(pointer: coarse)");
  const NARROW = 544; // px, as the container query of exhibits.css

  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done, failed) => {
        const onerror = () => failed(new Error(`${name} could not be loaded`));
        document.head.append(make("script", { src: new URL(name, here).href, onload: done, onerror }));
      }));
    }
    return loading.get(name);
  }

  // Colours. A token (or a mixture of tokens) becomes what a canvas makes of it in the theme of the moment.
  const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });

  function colour(css, element) {
    const [, base, opacity] = /^(.*?)(?: (0?\.\d+))?$/.exec(css);
    const probe = document.createElement("span");
    probe.style.color = base;
    element.append(probe);
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = getComputedStyle(probe).color;
    pixel.fillRect(0, 0, 1, 1);
    probe.remove();
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return `rgba(${red},${green},${blue},${opacity || alpha / 255})`;
  }

  function coloured(node, element, key = "") {
    if (typeof node === "string") {
      return /colou?r(scale)?$/.test(key) && /^(var|color-mix)\(/.test(node) ? colour(node, element) : node;
    }
    if (Array.isArray(node)) return /colorscale$/.test(key) || typeof node[0] === "object"
      ? node.map((inner) => coloured(inner, element, key)) : node;
    if (node && typeof node === "object") {
      return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, coloured(inner, element, name)]));
    }
    return node;
  }

  // Plots
  const drawn = new Map(); // plot element -> { live, given }

  function layoutOf(given, plot, box) {
    const ink = (name) => colour(`var(--${name})`, plot);
    const family = getComputedStyle(plot).fontFamily;
    const axis = {
      gridcolor: ink("rule"), linecolor: ink("ink-soft"), zeroline: false, ticks: "", tickmode: "array",
      tickfont: { color: ink("ink-soft"), size: 12, family }, fixedrange: coarse.matches, automargin: false, ticklabeloverflow: "allow", title: { text: "" },
    };
    const { narrow, ...across } = given.layout.xaxis; // what differs on a phone: fewer ticks, or labels aslant
    const margin = { ...given.layout.margin };
    if (narrow && box.clientWidth <= NARROW) {
      Object.assign(across, narrow.axis);
      margin.b = narrow.bottom;
    }
    return {
      ...coloured({ ...given.layout, annotations: given.layout.annotations || [], shapes: given.layout.shapes || [] }, plot),
      margin, width: box.clientWidth, height: box.clientHeight, autosize: false, showlegend: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: coarse.matches ? false : "zoom",
      font: { family, size: 12, color: ink("ink") },
      hoverlabel: { bgcolor: ink("raised"), bordercolor: ink("ink-soft"), font: { family, size: 12, color: ink("ink") } },
      modebar: { bgcolor: ink("paper"), color: ink("ink-soft"), activecolor: ink("machine") },
      xaxis: { ...axis, showline: true, ticklabelstandoff: 3, ...across },
      yaxis: { ...axis, showline: false, ticklabelstandoff: 5, ...given.layout.yaxis },
    };
  }

  const CONFIG = {
    displaylogo: false, showTips: false, scrollZoom: false, doubleClick: "reset",
    modeBarButtons: [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
  };

  function react(plot) {
    const { live, given, hidden } = drawn.get(plot);
    const box = live.parentElement;
    if (!box.clientWidth) return; // in a closed tab or fold: the observer calls again
    const data = coloured(given.data, plot).map((trace, number) => (hidden.has(number) ? { ...trace, visible: "legendonly" } : trace));
    return window.Plotly.react(live, data, layoutOf(given, plot, box), { ...CONFIG, displayModeBar: coarse.matches ? false : "hover" });
  }

  async function draw(plot) {
    const box = part(plot, "plot-box");
    try {
      await load("plotly.min.js");
      const live = Object.assign(document.createElement("div"), { className: "ex-live" });
      box.append(live);
      const given = JSON.parse(part(plot, "plot-data").textContent);
      drawn.set(plot, { live, given, hidden: new Set() });
      await react(plot);
      // The still keeps its name and is read instead; the buttons of the mode bar stay.
      live.querySelectorAll("svg.main-svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
      freeTicks(live);
      live.on("plotly_click", ({ event }) => readAt(plot, event));
      switches(plot);
      plot.classList.add("ex-drawn");
      let width = box.clientWidth; // drawn for it: the observer's first call would only wipe out what a tap reads
      new ResizeObserver(() => width !== (width = box.clientWidth) && requestAnimationFrame(() => react(plot))).observe(box);
    } catch (error) {
      drawn.delete(plot);
      box.querySelector(".ex-live")?.remove();
      const note = Object.assign(document.createElement("p"), { className: "ex-failed", textContent: "still drawing: the live plot could not be loaded" });
      note.title = String(error.message || error);
      box.append(note);
    }
  }

  /** Show what a tap is on, once it is over and the plot at rest: Plotly itself does so for a mouse alone. */
  function readAt(plot, { clientX, clientY }) {
    const target = coarse.matches && drawn.get(plot)?.live.querySelector(".nsewdrag");
    if (target) setTimeout(() => window.Plotly.Fx.hover(drawn.get(plot).live, { clientX, clientY, target }, "xy"), 150);
  }

  // Zoomed in, the ticks of the whole range are too few; zoomed out again they come back.
  function freeTicks(live) {
    live.on("plotly_relayout", (change) => {
      const zoomed = ["xaxis", "yaxis"].filter((name) => `${name}.range[0]` in change && live.layout[name].tickmode !== "auto" && live.layout[name].type !== "category");
      if (zoomed.length) window.Plotly.relayout(live, Object.fromEntries(zoomed.map((name) => [`${name}.tickmode`, "auto"])));
    });
    live.on("plotly_doubleclick", () => react(live.closest(".ex-plot")));
  }

  // The legend's entries become buttons.
  function switches(plot) {
    const { hidden } = drawn.get(plot);
    for (const entry of plot.querySelectorAll("[data-part=plot-trace]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(...entry.childNodes);
      entry.append(button);
      button.addEventListener("click", () => {
        const number = Number(entry.dataset.trace);
        if (!hidden.delete(number)) hidden.add(number);
        button.setAttribute("aria-pressed", String(!hidden.has(number)));
        react(plot);
      });
    }
  }

  // A table that is larger than its room can be scrolled by keyboard; one that is not is no stop of the Tab key.
  // It is a group, not a region: a page with many tables would have as many landmarks.
  function watchScroll(box) {
    const watch = new ResizeObserver(() => {
      const large = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
      for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", box.dataset.label]]) (large ? box.setAttribute(name, value) : box.removeAttribute(name));
    });
    for (const part of [box, ...box.children]) watch.observe(part); // a value may come into the table later
  }

  // The theme: our switch sets data-theme, Quarto's a class of the body, the system a media query.
  function onTheme(call) {
    const watch = new MutationObserver(call);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class"] });
    watch.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", call);
  }

  /** Draw a plot live when it is first pointed at, tapped or focused. */
  function drawWhenAsked(plot) {
    const box = part(plot, "plot-box");
    Object.assign(box, { tabIndex: 0, role: "group", ariaLabel: "Plot" });
    const asked = new AbortController();
    const wakes = { pointermove: moved, click: () => true, focusin: () => true };
    for (const [name, counts] of Object.entries(wakes)) {
      plot.addEventListener(name, (event) => {
        if (!counts(event)) return;
        asked.abort();
        const done = draw(plot); // a tap brings the focus first, then the click
        plot.addEventListener("click", (tap) => done.then(() => readAt(plot, tap)), { once: true });
      }, { signal: asked.signal });
    }
  }

  /** Open the label of a list of choices that is pointed at or focused; the room of the tallest one stays. */
  function stepThrough(group) {
    const open = (fold) => {
      if (fold.open) return;
      const tall = () => [...group.querySelectorAll(":scope > details[open] > :not(summary)")].reduce((sum, inner) => sum + inner.offsetHeight, 0);
      const before = tall();
      group.querySelectorAll(":scope > details[open]").forEach((other) => { other.open = false; });
      fold.open = true;
      group.style.setProperty("--tall", `${Math.max(before, tall(), parseFloat(group.style.getPropertyValue("--tall")) || 0)}px`);
    };
    for (const fold of group.querySelectorAll(":scope > details")) {
      const label = fold.querySelector("summary");
      label.addEventListener("pointermove", (event) => moved(event) && open(fold));
      label.addEventListener("focus", () => { if (label.matches(":focus-visible")) open(fold); });
      label.addEventListener("click", (event) => { event.preventDefault(); open(fold); }); // one stays open
    }
  }

  // The list at the head of a dated page is empty where the printer has not filled it; a page without a claim shows none.
  function fillDayLogs() {
    const boxes = [...document.querySelectorAll(".ex-claim")];
    for (const log of document.querySelectorAll(".ex-log[hidden]")) {
      const names = boxes.map((box) => box.querySelector(".ex-verdict").textContent);
      log.querySelector("ul").append(...boxes.map((box, at) => dayLogLine(box, names[at])));
      const counts = [...new Set(names)].map((name) => `${name}: ${names.filter((other) => other === name).length}`);
      const total = names.length === 1 ? "1 claim" : `${names.length} claims`;
      log.querySelector("[data-part=verdict-counts]").textContent = `${total} of that day: ${counts.join(", ")}`;
      log.hidden = !boxes.length;
    }
  }

  function dayLogLine(box, name) {
    const [line, verdict, link] = ["li", "b", "a"].map((tag) => document.createElement(tag));
    line.className = box.className.replace("ex-claim ", "ex-said ");
    line.dataset.verdictOf = box.id;
    verdict.className = "ex-verdict";
    verdict.textContent = name;
    link.href = `#${box.id}`;
    link.textContent = box.querySelector(".ex-said").textContent;
    line.append(verdict, link);
    return line;
  }

  function near(elements, call) {
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watch.unobserve(entry.target);
        call(entry.target);
      }
    }, { rootMargin: "300px 0px" });
    elements.forEach((element) => watch.observe(element));
  }

  // Where the glossary leads. The built-in printer has named the terms already, Quarto has not.
  function nameTerms() {
    for (const term of document.querySelectorAll(".term:not([id])")) term.id = `term-${term.textContent.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    if (location.hash.startsWith("#term-")) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }

  function start() {
    fillDayLogs();
    nameTerms();
    document.querySelectorAll(".ex-scroll").forEach(watchScroll);
    document.querySelectorAll(".ex-plot").forEach(drawWhenAsked);
    if (CSS.supports("selector(::details-content)")) document.querySelectorAll(".ex-choices > [role=group]").forEach(stepThrough);
    if (document.querySelector(".ex-guess")) load("veil.js").then(() => window.exhibitVeil()).catch(() => {});
    near(document.querySelectorAll(".ex-guess"), (element) => load("guess.js").then(() => window.exhibitGuess(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-probs"), (element) => load("probability-bars.js").then(() => window.exhibitProbabilities(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-heads"), (element) => load("attention-heads.js").then(() => window.exhibitHeads(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-weigh"), (element) => load("word-weights.js").then(() => window.exhibitWordWeights(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-coins"), (element) => load("coin-swap.js").then(() => window.exhibitCoins(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-quiz"), (element) => load("message-quiz.js").then(() => window.exhibitQuiz(element)).catch(() => {}));
    document.querySelectorAll(".ex-book-filter").forEach((element) => load("book-filter.js").then(() => window.exhibitBookFilter(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-sliders"), (element) => load("sliders.js").then(() => window.exhibitSliders(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-hands"), (element) => import(new URL("two-hands.js", here).href).then((part) => part.start(element)).catch(() => {}));
    near(document.querySelectorAll(".ex-dg"), (element) => import(new URL("diagrams.js", here).href).then((part) => part.start(element)).catch(() => {}));
    // A link that was passed on names a text or a word: its part comes alive at once.
    const settings = location.hash.slice(1).split("&").map((part) => part.split(/[.=]/, 1)[0]);
    const shared = (...names) => names.some((name) => settings.includes(name));
    if (shared("text")) document.querySelectorAll(".ex-reader").forEach(wake);
    if (shared("write")) document.querySelectorAll(".ex-writer").forEach(wake);
    if (shared("word", "with", "step", "view")) document.querySelectorAll(".ex-explorer").forEach(wake);
    near(document.querySelectorAll(".ex-reader, .ex-replay, .ex-writer, .ex-explorer, .ex-chat"), wake);
    onTheme(() => drawn.forEach((_, plot) => react(plot)));
  }

  // The live boxes and the map are modules, which a browser takes from a server only; `start` leaves alone what is alive.
  function wake(box) {
    const map = box.matches(".ex-explorer");
    const script = map ? "wordmap.js" : box.matches(".ex-writer") ? "writer.js" : box.matches(".ex-chat") ? "chat.js" : "live-tokenizer.js";
    const note = part(box, "note");
    const what = map ? "A still of the last step" : "An example";
    if (location.protocol === "file:") note.textContent = `${what}. This part comes alive when the site is served: run make serve.`;
    else import(new URL(script, here).href).then((part) => part.start(box, { colour, onTheme })).catch((error) => {
      note.textContent = `${what}: the live part could not be loaded (${error.message}).`;
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
