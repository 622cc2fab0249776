/* Run the tokenizers off the main thread. The worker loads GPT-2's file, and gives the page a copy of its tables, which the
   page's own thread could not make without a halt. Messages:
   {list, box}         a simple tokenizer's entries and their counts, by the name of its box -> no answer
   {load: address}     -> {loaded: bytes so far, of: bytes or 0}, again and again, then {tables}: see BytePairs
   {number, ...}       a question, as live-tokenizer-answers.js has them -> {number, ...its answer}
   A failure is {failed: why}. */

import { Answers } from "./live-tokenizer-answers.js";
import { fetched } from "./fetching.js";
import { readGpt2 } from "./tokenizers.js";

const answers = new Answers();

async function load(address) {
  answers.gpt2 = await readGpt2(await fetched(address, (state) => postMessage(state)));
  const tables = Object.fromEntries(Object.entries(answers.gpt2.tables).map(([name, table]) => [name, table.slice()]));
  postMessage({ tables }, Object.values(tables).map((table) => table.buffer));
}

addEventListener("message", ({ data }) => {
  if (data.list) answers.take(data.box, data.list);
  else if (data.load) load(data.load).catch((error) => postMessage({ failed: error.message }));
  else {
    const found = answers.answer(data);
    postMessage({ number: data.number, ...found }, [found.words, found.gpt2].filter(Boolean).map((one) => one.ids.buffer));
  }
});
