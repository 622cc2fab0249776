/* Do what the built-in printer's page does beyond being read: theme, search, tabs, copying, category filter, receipt,
   measured values. A classic script loaded with defer: a page opened from file:// runs it too (modules would be refused
   there). Every page reads whole without it: nothing that a reader needs is hidden until it has run. */
(() => {
  "use strict";
  const page = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const address = (path) => new URL((page.dataset.root || "") + path, document.baseURI);
  const fromDisk = location.protocol === "file:";
  if (location.hash.includes("=")) page.dataset.whole = "";   // an exhibit's state, and its script scrolls there: lay out all above

  /* ---- Theme: the head's script has set it before the first paint; here it can be changed and stored ---- */
  const toggle = document.querySelector(".theme-toggle");
  const setTheme = (theme) => {
    page.dataset.theme = theme;
    toggle?.setAttribute("aria-pressed", String(theme === "dark"));
  };
  setTheme(page.dataset.theme);
  toggle?.addEventListener("click", () => {
    setTheme(page.dataset.theme === "dark" ? "light" : "dark");
    try { localStorage.setItem("theme", page.dataset.theme); } catch { /* no storage: the choice lasts for this page */ }
  });
  addEventListener("storage", (event) => { if (event.key === "theme" && event.newValue) setTheme(event.newValue); });

  /* ---- Paper is light, and has the pictures that were not scrolled to; that nothing is folded away, press.css sees to ---- */
  let screenTheme;
  addEventListener("beforeprint", () => {
    screenTheme ??= page.dataset.theme;
    page.dataset.theme = "light";
    for (const picture of all("img[loading='lazy']")) picture.loading = "eager";
  });
  addEventListener("afterprint", () => { page.dataset.theme = screenTheme; screenTheme = undefined; });

  /* ---- Headings link to themselves ---- */
  for (const heading of all(".prose section[id] > :is(h2, h3, h4)")) {
    if (heading.querySelector("a")) continue;
    const link = make("a", { className: "heading-link", href: "#" + heading.parentElement.id });
    link.append(...heading.childNodes);
    heading.append(link);
  }

  /* ---- Code can be copied ---- */
  const copy = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return "Copied";
    } catch {                         // no permission, or not a secure context: leave the text selected instead
      getSelection().selectAllChildren(code);
      return "Selected";
    }
  };
  for (const code of all("div.sourceCode code")) {
    const button = make("button", { type: "button", className: "copy", textContent: "Copy", title: "Copy this code" });
    button.addEventListener("click", async () => {
      button.textContent = await copy(code);
      button.dataset.done = "";
      setTimeout(() => { button.textContent = "Copy"; delete button.dataset.done; }, 1600);
    });
    code.closest("div.sourceCode").append(button);
  }

  /* ---- One switch for all folded code; its state lasts for the visit ---- */
  const codeSwitch = document.querySelector(".code-switch"), codeFolds = all(".code-fold");
  if (codeSwitch) {
    const tell = () => codeSwitch.setAttribute("aria-pressed", String(codeFolds.every((fold) => fold.open)));
    const openAll = (open) => { codeFolds.forEach((fold) => { fold.open = open; }); tell(); };
    if (page.dataset.code) openAll(true); else tell();
    codeSwitch.addEventListener("click", () => {
      const open = codeSwitch.getAttribute("aria-pressed") !== "true";
      openAll(open);
      try { sessionStorage[open ? "setItem" : "removeItem"]("code", "open"); } catch { /* no storage: the choice lasts for this page */ }
    });
    for (const fold of codeFolds) fold.addEventListener("toggle", tell);
    delete page.dataset.code;
  }

  /* ---- A line of code that is too long goes on below its own beginning; without a script, at the left edge ---- */
  const LONG = /(?<=[^\s([]{8}[([]+)(?=\w)|(?<=\S{8})(?=\.[A-Za-z_])/g;   // on a phone a long word may break here: (x, .name
  for (const line of all("code.sourceCode > span")) {
    const texts = [], walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) texts.push(walk.currentNode);
    const code = line.textContent, indent = code.search(/\S/), breaks = [...code.matchAll(LONG)].map((found) => found.index);
    let at = 0;
    for (let text of texts) {
      const end = at + text.length;
      for (const next of breaks.filter((place) => at <= place && place < end)) {
        text = text.splitText(next - at);
        text.before(make("wbr"));
        at = next;
      }
      at = end;
    }
    if (indent > 0 && texts[0].length >= indent) {
      line.style.setProperty("--indent", indent);
      texts[0].splitText(indent);
      texts[0].replaceWith(make("span", { className: "indent", textContent: texts[0].data }));
    }
  }

  /* ---- What scrolls sideways can be reached with the keyboard ---- */
  const sizes = new ResizeObserver((changes) => changes.forEach(({ target: box }) => {   // here the layout is known already
    if (getComputedStyle(box).overflowX !== "auto") sizes.unobserve(box);
    else if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }));
  for (const box of all(".prose table, math[display='block'], .prose p:has(> math[display='block'])")) sizes.observe(box);

  /* ---- Tabs: one stop in the tab order, arrows, Home and End move within ---- */
  for (const set of all(".panel-tabset")) {
    const tabs = all(":scope > .tabs > [role='tab']", set);
    const panels = all(":scope > [role='tabpanel']", set);
    if (!tabs.length || tabs.length !== panels.length) continue;
    const choose = (chosen) => tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
    tabs.forEach((tab, index) => {
      panels[index].id ||= `${set.id || "tabset"}-${all(".panel-tabset").indexOf(set)}-${index}`;
      tab.id ||= panels[index].id + "-tab";
      tab.setAttribute("aria-controls", panels[index].id);
      panels[index].setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => choose(index));
      tab.addEventListener("keydown", (event) => {
        const count = tabs.length;
        const next = { ArrowRight: (index + 1) % count, ArrowLeft: (index + count - 1) % count, Home: 0, End: count - 1 }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        choose(next);
        tabs[next].focus();
      });
    });
    choose(Math.max(0, tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true")));
    set.dataset.ready = "";
  }
  function decoded(fragment) { try { return decodeURIComponent(fragment); } catch { return fragment; } }   // "100%" is not the code of anything
  const reveal = () => {              // a link may lead into a panel or a fold that is closed
    const target = document.getElementById(decoded(location.hash.slice(1)));
    if (!target) return;
    const panel = target.closest("[role='tabpanel'][hidden]");
    if (panel) document.getElementById(panel.getAttribute("aria-labelledby"))?.click();
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (panel) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  /* ---- Who arrives by an address within the page is there at once, and stays there while what is near is laid out ---- */
  if ("arrives" in page.dataset) {
    const target = document.getElementById(decoded(location.hash.slice(1)));
    const leave = () => { delete page.dataset.arrives; };   // from here on a link glides
    let moved = !target, last, steady = 0;   // whether the reader has; where the target was; for how many frames
    for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(name, () => { moved = true; }, { passive: true, once: true });
    const settle = () => {
      if (moved || steady > 20) return;
      target.scrollIntoView();
      const top = Math.round(target.getBoundingClientRect().top);
      [steady, last] = [top === last && document.readyState === "complete" ? steady + 1 : 0, top];
      requestAnimationFrame(settle);
    };
    if (performance.getEntriesByType("navigation")[0]?.type === "navigate") settle(); else leave();   // reloaded, it is where the reader was
    addEventListener("click", (event) => { if (event.target.closest?.("a[href^='#']")) leave(); }, { capture: true });
    addEventListener("hashchange", leave);
  }

  /* ---- The contents show where the reader is ---- */
  const marks = new Map(all(".rail .toc a").map((link) => [decoded(link.hash.slice(1)), link]));
  const sections = [...marks.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  if (sections.length) {
    const inView = new Set();
    const watch = new IntersectionObserver((changes) => {
      for (const change of changes) inView[change.isIntersecting ? "add" : "delete"](change.target);
      const deepest = sections.filter((section) => inView.has(section)).pop();
      marks.forEach((link, id) => { link.ariaCurrent = id === deepest?.id ? "true" : null; });
    }, { rootMargin: "-12% 0px -80% 0px" });
    sections.forEach((section) => watch.observe(section));
  }

  /* ---- Measured values stand in a JSON beside the page, so that two builds of the page are equal ---- */
  const receipt = document.querySelector("link[rel='receipt']");
  const measured = all("data.measured[data-key]");
  const rows = all("[data-receipt]");
  if (receipt && (measured.length || rows.length) && !fromDisk) {
    fetch(receipt.href).then((answer) => (answer.ok ? answer.json() : {})).then(({ measured: values = {}, shown = {}, shown_changes: changes = [] }) => {
      for (const row of rows) row.textContent = shown[row.dataset.receipt] ?? row.textContent;
      for (const part of changes.length ? all("[data-receipt-changes]") : []) {
        part.querySelector("ul").replaceChildren(...changes.map((textContent) => make("li", { textContent })));
        part.hidden = false;
      }
      for (const place of measured) {
        const value = values[place.dataset.key];
        if (!value) continue;
        place.textContent = value.text;
        place.value = value.value ?? value.text;
        place.title = "measured when the page ran";
      }
    }).catch(() => { /* the dash and its title stay */ });
  }

  /* ---- The front page's categories filter its list ---- */
  const filter = document.querySelector(".filter");
  if (filter) {
    const entries = all(".entries > li");
    const links = all("a", filter);
    const status = filter.querySelector(".filter-status");
    const elsewhere = filter.closest("[data-all]")?.dataset.all;   // a long list has a page with all of it
    const apply = () => {
      const wanted = decoded(/^#category=(.*)$/.exec(location.hash)?.[1] ?? "");
      if (wanted && elsewhere) { location.replace(new URL(elsewhere + location.hash, document.baseURI)); return; }
      const known = links.some((link) => link.dataset.category === wanted) ? wanted : "";
      for (const entry of entries) {
        entry.hidden = known !== "" && !JSON.parse(entry.dataset.categories).includes(known);
      }
      const shown = entries.filter((entry) => !entry.hidden).length;
      for (const link of links) link.ariaCurrent = (link.dataset.category || "") === known ? "true" : null;
      status.textContent = known ? `${shown} of ${entries.length} entries` : "";
    };
    addEventListener("hashchange", apply);
    apply();
  }

  /* ---- Search: pagefind's index and code come only when the dialog opens ---- */
  const dialog = document.getElementById("search");
  const words = document.getElementById("search-words");
  const opener = document.querySelector(".search-open");
  if (dialog && words && opener) {
    const status = dialog.querySelector(".search-status");
    const results = dialog.querySelector(".search-results");
    const most = 8;   // pages shown
    let engine = null, turns = 0, pause = 0;
    const needsServer = () => {
      status.replaceChildren("Search needs a server: run ", make("code", { textContent: "make serve" }), " and open the address that it prints.");
    };
    const load = () => {
      if (fromDisk) return Promise.reject(new Error("opened from file://"));
      engine ??= Promise.all(["pagefind/pagefind.js", "press-search.js"].map((file) => import(address(file).href)))
        .then(async ([pagefind, answers]) => { await pagefind.init?.(); return { pagefind, ...answers }; });
      return engine;
    };
    const open = () => {
      if (!dialog.open) dialog.showModal();
      words.focus();
      words.select();
      load().catch(() => { engine = null; needsServer(); });
    };
    const score = (part) => part.weighted_locations.reduce((sum, place) => sum + place.balanced_score, 0);
    const seek = async () => {
      const turn = ++turns;
      const query = words.value.trim();
      if (!query) { results.replaceChildren(); status.textContent = ""; return; }
      try {
        const { pagefind, contains, excerpt, suggestion } = await load();
        const found = await pagefind.search(query);
        const pages = await Promise.all(found.results.slice(0, most).map((result) => result.data()));
        if (turn !== turns) return;   // the reader has typed on
        const count = pages.some((one) => contains(one, query)) ? found.results.length : 0;
        results.replaceChildren(...(count ? pages : []).map((one) => {
          const parts = one.sub_results?.length ? one.sub_results : [one];
          const best = parts.reduce((first, other) => (score(other) > score(first) ? other : first));
          const title = best.title && best.title !== one.meta.title ? `${one.meta.title}: ${best.title}` : one.meta.title;
          return make("li", {}, make("a", { href: best.url, textContent: title }), make("p", {}, ...excerpt(one, best, make)));
        }));
        status.textContent = count === 0 ? `Nothing found for “${query}”.`
          : count > most ? `${count} pages found; the first ${most} are shown.` : `${count} ${count === 1 ? "page" : "pages"} found.`;
        const near = count ? "" : await suggestion(query, address("pagefind/known-words.txt"));
        if (near && turn === turns) {
          const take = make("button", { type: "button", textContent: near });
          take.addEventListener("click", () => { words.value = near; words.focus(); seek(); });
          status.append(" Did you mean ", take, "?");
        }
      } catch {
        engine = null;
        if (turn === turns) { results.replaceChildren(); needsServer(); }
      }
    };
    words.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(seek, 120); });
    opener.addEventListener("click", open);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest(".search-results a")) dialog.close();
    });
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && event.key !== "Enter") return;
      event.preventDefault();         // Escape would first empty the field, Enter close the dialog
      if (event.key === "Escape") dialog.close();
      else dialog.querySelector(".search-results a")?.click();
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
      if (event.target.closest?.("input, textarea, select, [contenteditable='true']")) return;
      event.preventDefault();
      open();
    });
  }
})();
