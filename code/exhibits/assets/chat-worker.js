/* Run the pretrained model off the main thread: answer and score by message, with helpers for shares. It is told:
   {load: address of the index, key, workers} -> {loaded, of} and {memory: why} again and again, then {ready: tokenizer's file, context};
                     a failure: {failed: why}, after which {load} goes on where it stopped
   {answer: run, ids, temperature, topP, seed} -> {run, read: tokens}, then for each token {run, id, p, rank, top};
                     at the end {run, done: why}: "end", "stopped" or "full"; a fault: {run, broken: why}
   {score: run, ids} -> for each token after the first {run, place, id, p, rank, top}; at the end {run, done: "end" or "stopped"}
   {stop: true}      the run ends before its next token
   top: the ten likeliest [id, p]; p is the model's own, whatever the temperature. */

import { Download } from "./chat-download.js";
import { Engine } from "./chat-engine.js";
import { Share } from "./chat-share.js";
import { choose, numbers, tokenDetails } from "./sampling.js";

const MOST = 10; // likeliest entries told of each token

let state = null; // {index, engine, helpers, download}
let current = 0; // the run that may go on
let before = Promise.resolve(); // the run before, which ends before another begins

/** Let messages in between two tokens: a timer would wait, a channel does not. */
const { port1, port2 } = new MessageChannel();
const breath = () => new Promise((done) => {
  port1.onmessage = done;
  port2.postMessage(null);
});

/** Start a helper. Returns what asks it: ask(message, transfer) -> promise of its answer; answers come in order. */
function helper() {
  const worker = new Worker(new URL("chat-share-worker.js", import.meta.url), { type: "module" });
  const waiting = [];
  worker.addEventListener("message", ({ data }) => waiting.shift().done(data));
  worker.addEventListener("error", (event) => {
    for (const { failed } of waiting.splice(0)) failed(new Error(event.message || "a worker could not be started"));
  });
  return (message, transfer = []) => new Promise((done, failed) => {
    waiting.push({ done, failed });
    worker.postMessage(message, transfer);
  });
}

async function prepare(address, key, workers) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const index = await answer.json();
  const helpers = [];
  for (let which = 1; which < workers; which++) {
    const ask = helper();
    await ask({ sizes: index.sizes, which, of: workers });
    helpers.push(ask);
  }
  const engine = new Engine(index.sizes, new Share(index.sizes, 0, workers), helpers.map((ask) => async (message) => (await ask(message)).numbers));
  const pieces = index.shards.map(() => []);
  for (const [tensor, kind, first, rows, columns, shard, offset] of index.pieces) pieces[shard].push({ tensor, kind, first, rows, columns, offset });
  const download = new Download([index.tokenizer, ...index.shards], address, key, (said) => postMessage(said));
  return { index, engine, helpers, pieces, download };
}

async function load({ load: address, key, workers }) {
  state ??= await prepare(address, key, workers);
  const { engine, helpers, pieces, download } = state;
  await download.run(async (number, bytes) => {
    if (number === 0) {
      state.tokenizer = bytes.slice();
      return;
    }
    const own = pieces[number - 1];
    const asked = helpers.map((ask) => {
      const copy = bytes.slice().buffer;
      return ask({ pieces: own.filter((piece) => piece.kind !== "F32"), bytes: copy }, [copy]);
    });
    for (const piece of own) engine.take(piece, bytes);
    await Promise.all(asked);
  });
  postMessage({ ready: { tokenizer: state.tokenizer, context: engine.sizes.context_length } });
}

async function answer({ answer: run, ids: given, temperature, topP, seed, ends: stops }) {
  const ids = [...given];
  const random = numbers(seed);
  const stopped = () => current !== run;
  const { engine } = state;
  for (let written = 0; ; written++) {
    if (ids.length > engine.sizes.context_length) return "full";
    const logits = await engine.read(ids, { stopped, pause: breath, tell: (read) => written === 0 && postMessage({ run, read, of: ids.length }) });
    if (logits === null) return "stopped";
    const id = choose(logits, temperature, topP, random);
    postMessage({ run, ...tokenDetails(logits, id, MOST), end: stops.includes(id) });
    if (stops.includes(id)) return "end";
    ids.push(id);
  }
}

async function score({ score: run, ids }) {
  const each = (place, logits) => {
    if (place + 1 < ids.length) postMessage({ run, place: place + 1, ...tokenDetails(logits, ids[place + 1], MOST) });
  };
  const stopped = () => current !== run;
  return (await state.engine.read(ids, { stopped, pause: breath, each, from: 0 })) === null ? "stopped" : "end";
}

function begin(run, work) {
  current = run;
  before = before.then(work).then((done) => postMessage({ run, done })).catch((error) => postMessage({ run, broken: error.message }));
}

addEventListener("message", ({ data }) => {
  if (data.load) load(data).catch((error) => postMessage({ failed: error.message }));
  else if (data.stop) current = 0;
  else if (data.answer) begin(data.answer, () => answer(data));
  else if (data.score) begin(data.score, () => score(data));
});
