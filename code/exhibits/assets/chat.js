/* Talk to a pretrained model in the page: the box and its length limit, settings, branches of an answer. exhibits.js
   imports this where such an exhibit comes near the view; the model is loaded by chat-worker.js once the reader agrees, and
   kept by the browser. A recorded conversation can be opened before (chat-recorded.js). What is said is drawn by
   chat-turns.js, what else could have come by chat-panel.js, and a scored sentence by chat-score.js. */

import { element, number } from "./dom.js";
import { Gate } from "./chat-gate.js";
import { Panel } from "./chat-panel.js";
import { replay } from "./chat-recorded.js";
import { Score } from "./chat-score.js";
import { readTokenizer } from "./chat-tokenizer.js";
import { Answer, question } from "./chat-turns.js";
import { given, part, parts } from "./parts.js";

const LONGEST = 8000; // characters of a message
const MENTION = 40; // of them, where it is named
const SENTENCE = /[.!?…:;\n]["')\]]*\s*$/;

/** Bring an exhibit of the page to life, once. */
export function start(host) {
  if (host.dataset.live) return;
  host.dataset.live = "yes";
  new Chat(host).begin();
}

class Chat {
  constructor(host) {
    this.host = host;
    this.given = given(host, "chat-data");
    this.note = part(host, "note");
    for (const name of ["log", "scored", "side", "text", "send", "new", "temperature", "warmth", "top-p", "mass", "count", "settings", "choices", "samples"]) {
      this[name.replace("-p", "P")] = part(host, `chat-${name}`);
    }
    this.modes = parts(host, "chat-mode");
    this.offers = [...parts(host, "chat-choice"), ...parts(host, "chat-sample")];
    this.said = element("p", { className: "ex-sr", attributes: { role: "status", "aria-live": "polite" } });
    host.append(this.said);
    this.tokenizer = null;
    this.words = () => []; // the bytes of an id
    this.writing = this.scoring = this.recorded = false;
    this.run = 0;
    this.turns = [];
    this.answers = [];
  }

  begin() {
    this.gate = new Gate(this.host, this.given, {
      say: (...words) => this.say(...words), ready: (what) => this.ready(what), heard: (data) => data.run === this.run && this.step(data), lost: () => this.lost(),
    });
    this.send.addEventListener("click", () => (this.writing ? this.stop() : this.submit()));
    this.new.addEventListener("click", () => this.restart());
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.writing) this.submit();
    });
    for (const mode of this.modes) mode.addEventListener("click", () => this.choose(mode.dataset.mode === "score"));
    for (const offer of this.offers) offer.addEventListener("click", () => this.submit(offer.textContent));
    for (const slider of [this.temperature, this.topP]) slider.addEventListener("input", () => this.settled());
    this.log.addEventListener("click", (event) => event.target.closest(".ex-chat-token") && this.side.scrollIntoView({ block: "nearest" }));
    this.text.maxLength = LONGEST;
    for (const control of [this.temperature, this.topP]) control.disabled = false;
    this.settled();
    const bytesOf = (id) => this.words(id);
    this.panel = new Panel(this.side, bytesOf, (step, id) => this.branch(step, id));
    this.score = new Score(this.scored, bytesOf, this.given.full, (step, passing) => step && this.panel.show(step, false, passing));
    for (const control of [this.send, this.text, ...this.modes, ...this.offers]) control.disabled = false;
    if (this.given.recorded) this.replay();
    this.gate.begin();
  }

  /** Show the recorded conversation, whose tokens can be opened like any others. */
  replay() {
    const { turns, words } = replay(this.given.recorded);
    this.words = words;
    this.recorded = true;
    this.log.replaceChildren();
    for (const turn of turns) {
      this.turns.push(turn);
      if (turn.role === "user") this.log.append(question(turn.text));
      else this.begins(turn).settle();
    }
    this.log.prepend(element("p", { className: "ex-chat-who", textContent: "Recorded when this page was made. Tap a word of an answer. The longer the coloured line under it, the less probable it was." }));
  }

  settled() {
    const warm = Number(this.temperature.value);
    this.warmth.textContent = warm ? warm.toFixed(2) : "0: the likeliest";
    this.mass.textContent = Number(this.topP.value).toFixed(2);
    this.topP.disabled = !warm; // nothing is drawn, so there is nothing to draw from
  }

  say(text, aloud = true) {
    this.note.textContent = text;
    if (aloud) this.said.textContent = text;
  }

  /** The model and its tokenizer are here. */
  async ready({ tokenizer, context }) {
    this.tokenizer = await readTokenizer(tokenizer);
    this.context = context;
    this.words = this.tokenizer.bytesOf.bind(this.tokenizer);
    this.busy(false);
  }

  /** The worker has broken down, for want of memory perhaps. */
  lost() {
    this.tokenizer = null;
    this.busy(false);
  }

  // Talking

  /** Chat, or score a sentence. */
  choose(scoring) {
    if (scoring !== this.scoring) this.panel.clear();
    if (scoring !== this.scoring) this.say(scoring ? "Choose a sentence, or type one: how much does each word surprise the model?" : "");
    this.scoring = scoring;
    for (const mode of this.modes) mode.setAttribute("aria-pressed", String((mode.dataset.mode === "score") === scoring));
    this.log.hidden = scoring;
    this.scored.hidden = !scoring;
    this.settings.hidden = this.choices.hidden = scoring;
    this.samples.hidden = !scoring;
    this.text.setAttribute("aria-label", scoring ? "A sentence to score" : "Your message");
    this.text.placeholder = scoring ? "A sentence to score" : "Your message";
    this.busy(this.writing);
  }

  submit(text = this.text.value) {
    if (this.writing) return null;
    if (!text.trim()) return this.say("Type something first.");
    if (!this.tokenizer) return this.gate.ask(`“${text.length > MENTION ? `${text.slice(0, MENTION)}…` : text}” needs the model`, () => this.submit(text));
    if (this.scoring) return this.measure(text);
    if (this.recorded) this.clear();
    const turns = [...this.turns, { role: "user", text }];
    const length = this.tokenizer.conversation(turns).length;
    if (length >= this.context) {
      return this.say(`With this message the conversation has ${number(length)} tokens; the page reads ${number(this.context)}. Shorten it, or start a new conversation.`);
    }
    this.text.value = "";
    this.turns = [...turns, { role: "assistant", ids: [], steps: [] }];
    this.log.append(question(text));
    this.begins(this.turns.at(-1));
    return this.answer();
  }

  begins(turn) {
    const answer = new Answer(turn, (id) => this.words(id), (step, passing) => step && this.panel.show(step, !this.writing, passing), this.answers.length + 1);
    this.answers.push(answer);
    this.log.append(answer.host);
    return answer;
  }

  /** Write on at the last turn. */
  answer() {
    const turn = this.turns.at(-1);
    this.spoken = turn.ids.length;
    this.begun = { at: performance.now(), first: null, written: 0 };
    this.busy(true);
    this.say("Reading.", false);
    this.log.scrollIntoView({ block: "nearest" });
    const ids = [...this.tokenizer.conversation(this.turns.slice(0, -1)), ...turn.ids];
    this.gate.worker.postMessage({
      answer: ++this.run, ids, ends: this.tokenizer.ends, seed: Math.floor(Math.random() * 2 ** 32),
      temperature: Number(this.temperature.value), topP: Number(this.topP.value),
    });
  }

  step(data) {
    if (data.done) return this.ended(data.done);
    if (data.broken) return this.gate.failed(data.broken, true);
    if ("read" in data) return this.say(`Reading: ${number(data.read)} of ${number(data.of)} tokens.`, false);
    if (this.scoring) return this.score.append(data);
    const turn = this.turns.at(-1);
    const answer = this.answers.at(-1);
    if (this.begun.first === null) this.say("Writing.", false);
    this.begun.first ??= performance.now();
    this.begun.written += 1;
    const follows = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 40;
    turn.steps.push(data);
    if (!data.end) turn.ids.push(data.id);
    answer.append(data);
    if (follows) this.log.scrollTop = this.log.scrollHeight;
    if (answer.box.pinned < 0) this.panel.show(data, false);
    this.aloud(turn, answer);
    return null;
  }

  /** Let a screen reader say what was written, sentence by sentence. */
  aloud(turn, answer, all = false) {
    const text = answer.text();
    if (!all && !SENTENCE.test(text)) return;
    const fresh = turn.ids.slice(this.spoken).flatMap((id) => this.words(id));
    this.spoken = turn.ids.length;
    if (fresh.length) this.said.textContent = new TextDecoder().decode(Uint8Array.from(fresh));
  }

  ended(why) {
    this.busy(false);
    if (this.scoring) {
      this.score.settle();
      return this.say(why === "stopped" ? "Stopped." : `${this.score.summary()}. Point at a token or tap it to see what the model expected.`);
    }
    const answer = this.answers.at(-1);
    answer.settle();
    this.aloud(this.turns.at(-1), answer, true);
    if (answer.turn.steps.length) this.panel.show(answer.turn.steps[answer.box.pinned] ?? answer.turn.steps.at(-1), true);
    const { written, first } = this.begun;
    const speed = written > 1 ? ` ${number(written)} tokens, ${((written - 1) / ((performance.now() - first) / 1000)).toFixed(1)} a second.` : "";
    return this.say({
      end: `The answer is complete.${speed} Tap a token to see what else could have come.`,
      stopped: `Stopped.${speed} Tap a token to see what else could have come, and another one to go on from there.`,
      full: `The conversation has reached ${number(this.context)} tokens, and the page reads no further: start a new one.`,
    }[why], false);
  }

  /** Go on from a token with another one in its place; what followed it is taken back. */
  branch(step, id) {
    if (this.writing) return;
    if (!this.tokenizer) {
      this.gate.ask("To go on from there needs the model", () => this.branch(step, id));
      return;
    }
    this.recorded = false;
    const at = this.turns.findIndex((turn) => turn.steps?.includes(step));
    if (at < 0) return;
    const turn = this.turns[at];
    const place = turn.steps.indexOf(step);
    this.turns.length = at + 1;
    this.answers.length = this.answers.findIndex((answer) => answer.turn === turn) + 1;
    const answer = this.answers.at(-1);
    while (answer.host.nextSibling) answer.host.nextSibling.remove();
    const p = step.top.find(([one]) => one === id)[1];
    const end = this.tokenizer.ends.includes(id);
    turn.ids = turn.ids.slice(0, place);
    turn.steps = [...turn.steps.slice(0, place), { ...step, id, p, rank: 1 + step.top.findIndex(([one]) => one === id), end, chosen: true }];
    if (!end) turn.ids.push(id);
    answer.draw();
    if (end) {
      answer.settle();
      this.say("The answer ends here, as you chose.");
      return;
    }
    this.answer();
  }

  measure(text) {
    const ids = [this.tokenizer.specials["<|endoftext|>"], ...this.tokenizer.encode(text)];
    if (ids.length > this.context) {
      this.say(`The text has ${number(ids.length)} tokens; the page reads ${number(this.context)}. Shorten it.`);
      return;
    }
    this.score.clear(text);
    this.busy(true);
    this.say("Scoring.", false);
    this.gate.worker.postMessage({ score: ++this.run, ids });
  }

  stop() {
    this.gate.worker.postMessage({ stop: true });
  }

  clear() {
    this.recorded = false;
    this.turns = [];
    this.answers = [];
    this.log.replaceChildren();
  }

  restart() {
    if (this.writing) return;
    this.clear();
    this.score.clear("");
    this.panel.clear();
    this.busy(false);
    this.say("A new conversation.");
    this.text.focus();
  }

  busy(writing) {
    this.writing = writing;
    this.send.textContent = writing ? "Stop" : this.scoring ? "Score" : "Send";
    this.new.disabled = writing || !this.tokenizer;
    for (const control of [...this.modes, ...this.offers]) control.disabled = writing;
    if (!this.tokenizer) return;
    if (writing && !this.scoring) this.panel.open();
    const used = this.turns.length ? this.tokenizer.conversation(this.turns).length : 0;
    this.count.textContent = `${number(used)} of ${number(this.context)} tokens`;
  }
}
