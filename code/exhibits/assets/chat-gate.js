/* Load the pretrained model by a button, or once the reader agrees to what needs it (chat-worker.js does), with a bar of
   progress; what was loaded stays with the browser until a button removes it. */

import { keptFiles, removeKept } from "./chat-download.js";
import { number } from "./dom.js";
import { part } from "./parts.js";

const MOST_WORKERS = 4;

const megabytes = (bytes) => number(Math.round(bytes / 1e6));

export class Gate {
  /** host: the exhibit; given: {index, key, files, size, load}; told: what hears of it: say(text, aloud), ready(what the worker has),
      heard(what it says of a run), lost(). */
  constructor(host, given, told) {
    [this.load, this.remove, this.bar, this.asked, this.why, this.yes, this.no] = ["load", "remove", "bar", "asked", "why", "yes", "no"].map((name) => part(host, `chat-${name}`));
    this.given = given;
    this.told = told;
    this.worker = null;
    this.loading = this.loaded = false;
    this.whole = false; // whether the browser keeps all files
    this.next = null; // what to do once the model is here
    this.memory = ""; // why nothing is kept
  }

  begin() {
    this.load.addEventListener("click", () => this.fetch());
    this.remove.addEventListener("click", () => this.forget());
    this.yes.addEventListener("click", () => this.fetch());
    this.no.addEventListener("click", () => this.answered(null));
    this.load.disabled = false;
    this.welcome();
  }

  /** Ask whether to load what is needed, and then do what was asked for; nothing is asked where nothing need be loaded. */
  ask(why, next) {
    this.next = next;
    if (this.whole || this.loading) return this.fetch();
    this.why.textContent = `${why}: ${this.given.size} to load, once. Go on?`;
    this.asked.hidden = false;
    this.asked.scrollIntoView({ block: "nearest" });
    return this.yes.focus({ preventScroll: true });
  }

  answered(next) {
    this.next = next;
    this.asked.hidden = true;
  }

  /** How many files the browser has; the button that removes them follows. */
  async kept() {
    const files = await keptFiles(this.given.key).catch(() => 0);
    this.remove.disabled = !files;
    this.whole = files >= this.given.files;
    return files;
  }

  /** Say what the browser has already. */
  async welcome() {
    const files = await this.kept();
    if (this.worker) return null;
    if (!files) return this.told.say(this.given.recorded ? "Tap a word above to see what else could have come. Ask something yourself, and you’re asked before the model loads." : "Ask something, and the model loads.", false);
    const all = this.whole;
    this.load.textContent = all ? `Start the model (${this.given.size}, kept by your browser already)` : `Go on loading (${files} of ${this.given.files} parts are kept)`;
    return this.told.say(all ? "The model is kept by your browser: nothing needs to be loaded." : "Loading stopped midway last time; it goes on where it stopped.", false);
  }

  fetch() {
    this.answered(this.next);
    if (this.loading || this.loaded) return;
    this.loading = true;
    this.load.ariaDisabled = "true"; // not disabled, which would lose the focus
    if (!this.worker) {
      this.worker = new Worker(new URL("chat-worker.js", import.meta.url), { type: "module" });
      this.worker.addEventListener("message", ({ data }) => this.heard(data));
      this.worker.addEventListener("error", () => this.failed("the worker could not be started, or ran out of memory", true));
    }
    this.told.say("Loading the model.");
    this.load.scrollIntoView({ block: "nearest" });
    const workers = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2));
    this.worker.postMessage({ load: new URL(this.given.index, document.baseURI).href, key: this.given.key, workers });
  }

  /** Say why it cannot go on; broken: the worker is of no more use. */
  failed(why, broken = false) {
    this.loading = false;
    this.load.ariaDisabled = "false";
    if (broken) {
      this.worker?.terminate();
      this.worker = null;
      this.loaded = false;
      this.told.lost();
    }
    this.load.textContent = broken ? "Start the model again" : "Go on loading";
    this.told.say(`${why[0].toUpperCase()}${why.slice(1)}. ${broken ? "" : "The parts before it are here. "}Press “${this.load.textContent}” to try once more.`);
    this.kept();
  }

  heard(data) {
    if ("loaded" in data) {
      this.bar.max = data.of;
      this.bar.value = data.loaded;
      this.told.say(`Loading: ${megabytes(data.loaded)} of ${megabytes(data.of)} MB.${this.memory}`, false);
    } else if (data.memory) this.memory = ` Not kept, but in memory until this tab is closed: ${data.memory}.`;
    else if (data.failed) this.failed(data.failed);
    else if (data.ready) this.ready(data.ready).catch((error) => this.failed(error.message, true));
    else this.told.heard(data);
  }

  async ready(what) {
    await this.told.ready(what);
    this.loading = false;
    this.loaded = true;
    this.load.textContent = "The model is loaded";
    this.told.say(`The model is ready.${this.memory}`);
    this.kept();
    const { next } = this;
    this.next = null;
    next?.();
  }

  async forget() {
    await removeKept();
    this.remove.disabled = true;
    this.whole = false;
    if (!this.worker) this.load.textContent = this.given.load;
    this.told.say(`Removed: your browser keeps nothing of the model.${this.loaded ? " It stays in memory until this tab is closed." : ""}`);
  }
}
