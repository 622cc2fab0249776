/* Share one worker among all live boxes of a page: it loads and unpacks GPT-2's file when the first box is entered, and
   answers for long texts. Short ones are answered here, between a key and the next frame. */

import { Answers } from "./live-tokenizer-answers.js";
import { BytePairs } from "./tokenizers.js";

const SHORT = 10_000; // characters that are encoded in a few milliseconds
const here = new Answers();
let worker = null;
let loading = null;
let asked = 0;
const waiting = new Map(); // number of a question -> what to do with its answer
const watching = new Set(); // called with the progress of the loading: { loaded, of }

function start() {
  if (worker) return worker;
  worker = new Worker(new URL("tokenizers-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    waiting.get(data.number)?.(data);
    waiting.delete(data.number);
  });
  return worker;
}

/** Give a simple tokenizer's entries, under the name of their box. */
export function giveList(box, list) {
  here.take(box, list);
  start().postMessage({ box, list });
}

/** Load GPT-2's file, once; watch: called with the progress. Returns a promise; after a failure it may be called again. */
export function loadGpt2(name, watch) {
  watching.add(watch);
  loading ??= new Promise((done, failed) => {
    const heard = ({ data }) => {
      if ("loaded" in data) watching.forEach((call) => call(data));
      if (data.tables || data.failed) start().removeEventListener("message", heard);
      if (data.tables) {
        here.gpt2 = new BytePairs(data.tables);
        done();
      }
      if (data.failed) failed(new Error(data.failed));
    };
    start().addEventListener("message", heard);
    start().addEventListener("error", () => failed(new Error("the worker could not be started")));
    start().postMessage({ load: new URL(name, import.meta.url).href });
  }).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** Ask a question, as live-tokenizer-answers.js has them; the answer is a promise. */
export async function ask(question) {
  if ((question.text ?? question.replay).length <= SHORT) return here.answer(question);
  asked += 1;
  const number = asked;
  return new Promise((done) => {
    waiting.set(number, done);
    start().postMessage({ number, ...question });
  });
}
