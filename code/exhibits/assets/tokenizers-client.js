/* One worker for all live boxes of a page: it is asked here, and loads GPT-2's file when the first box is entered. */

let worker = null;
let loading = null;
let asked = 0;
const waiting = new Map(); // number of a question -> what to do with its answer
const watching = new Set(); // told of every change of the loading: { loaded, of }

function start() {
  if (worker) return worker;
  worker = new Worker(new URL("tokenizers-worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    waiting.get(data.number)?.(data);
    waiting.delete(data.number);
  });
  return worker;
}

/** Give the worker a simple tokenizer's entries, under the name of their box. */
export function giveList(box, list) {
  start().postMessage({ box, list });
}

/** Load GPT-2's file, once; `watch` is told how far it is. Returns a promise; after a failure it may be called again. */
export function loadGpt2(name, watch) {
  watching.add(watch);
  loading ??= new Promise((done, failed) => {
    const heard = ({ data }) => {
      if ("loaded" in data) watching.forEach((call) => call(data));
      if (data.ready || data.failed) start().removeEventListener("message", heard);
      if (data.ready) done();
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

/** Ask the worker; the answer is a promise. */
export function ask(question) {
  asked += 1;
  const number = asked;
  return new Promise((done) => {
    waiting.set(number, done);
    start().postMessage({ number, ...question });
  });
}
