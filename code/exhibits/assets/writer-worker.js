/* Run the writer's model off the main thread, and choose each next token. Messages:
   {load: address}         -> {loaded, of}, again and again, then {ready: {blocks, heads, context, entries}}; a failure: {failed: why}
   {write: run, text, count, temperature, topK, seed}: a new text -> {run, prompt: ids}, then for each token a step:
                              {run, id, rank, probability, top, attention, from}; at the end {run, done: why}: "length", "stopped",
                              "end" (a special token) or "nothing" (the text has no token)
   {write: run, on: true, count, ...}: goes on with the text before, and with its random numbers -> steps
   {stop: true}               the run ends before its next token
   A step: the token's probability at temperature 1 without top-k, and its rank, 1 for the best; top, the best as [id, that
   probability, the probability it was drawn with], and the token itself last if it is none of them;
   attention, the weights [block][head][token] of the last token read, whose row begins at position `from` of the text.
   Temperature 0 takes the best token. */

import { best, draw, numbers, probabilities, ranked } from "./sampling.js";
import { fetched } from "./fetching.js";
import { readModel } from "./writer-file.js";

const MOST = 8; // candidates of each step

let model = null;
let text = []; // ids
let random = null;
let current = 0; // the run that may go on

/** Let messages in between two tokens: a timer would wait, a channel does not. */
const { port1, port2 } = new MessageChannel();
const breath = () => new Promise((done) => {
  port1.onmessage = done;
  port2.postMessage(null);
});

/** Choose the next token. */
function step(temperature, topK) {
  const { gpt } = model;
  const { context_length: L, n_layers: blocks, n_heads: heads } = gpt.config;
  const from = Math.max(0, text.length - L); // beyond the context's end the row slides, and all of it is read again
  const length = text.length - from;
  const logits = gpt.read(text.slice(from));
  const own = probabilities(logits);
  const drawn = temperature > 0 ? probabilities(logits, temperature, topK) : null;
  const id = drawn ? draw(drawn, random()) : best(logits);
  const attention = new Float32Array(blocks * heads * length);
  for (let row = 0; row < blocks * heads; row++) attention.set(gpt.attention.subarray(row * L, row * L + length), row * length);
  const leading = ranked(logits, MOST);
  const top = (leading.includes(id) ? leading : [...leading, id]).map((one) => [one, own[one], drawn ? drawn[one] : Number(one === id)]);
  const rank = 1 + logits.reduce((better, logit, one) => better + (logit > logits[id] || (logit === logits[id] && one < id)), 0);
  return { id, rank, probability: own[id], top, attention, from };
}

async function write({ write: run, on, text: given, count, temperature, topK, seed }) {
  current = run;
  if (!on) {
    text = [...model.encoding.encode(given)];
    random = numbers(seed);
    postMessage({ run, prompt: text });
    if (!text.length) return postMessage({ run, done: "nothing" });
  }
  for (let written = 0; written < count; written++) {
    await breath();
    if (current !== run) return postMessage({ run, done: "stopped" });
    const made = step(temperature, topK);
    text.push(made.id);
    postMessage({ run, ...made }, [made.attention.buffer]);
    if (model.ends.includes(made.id)) return postMessage({ run, done: "end" });
  }
  return postMessage({ run, done: "length" });
}

async function load(address) {
  model = await readModel(await fetched(address, (state) => postMessage(state)));
  const { n_layers: blocks, n_heads: heads, context_length: context } = model.gpt.config;
  postMessage({ ready: { blocks, heads, context, entries: model.entries } });
}

addEventListener("message", ({ data }) => {
  if (data.load) load(data.load).catch((error) => postMessage({ failed: error.message }));
  else if (data.stop) current = 0;
  else write(data);
});
