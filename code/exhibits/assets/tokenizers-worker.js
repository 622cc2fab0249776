/* The tokenizers off the main thread. It asks for GPT-2's file when it is first told to, and answers every other
   message with its number:
   {list, box}             a simple tokenizer's entries and their counts, by the name of its box -> no answer
   {load: address}         -> {loaded: bytes so far, of: bytes or 0}, again and again, then {ready: true}
   {number, box, text, most} -> {number, words, gpt2}, null for a tokenizer that is not there yet, else {ids, distinct}
                              and unknown, how many words the list lacks, and shown, the first `most` words; or bytes,
                              [id, bytes] of those among the first `most` ids that no answer has had yet
   {number, replay: text}  -> {number, states, bytes}: see BytePairs.replay; bytes by id, of the ids that occur
   A failure is {failed: why}. */

import { fetched } from "./fetching.js";
import { encodeWords, readGpt2, splitWords } from "./tokenizers.js";

const lists = new Map();
const sent = new Set(); // ids whose bytes the page knows
let gpt2 = null;

async function load(address) {
  gpt2 = await readGpt2(await fetched(address, (state) => postMessage(state)));
  postMessage({ ready: true });
}

function ofWords(list, text, most) {
  const words = splitWords(text);
  const ids = encodeWords(words, list.ids, list.unknown);
  const unknown = words.reduce((sum, word) => sum + !list.ids.has(word), 0);
  return { ids, distinct: new Set(ids).size, unknown, shown: words.slice(0, most) };
}

function ofGpt2(text, most) {
  const ids = gpt2.encode(text);
  const bytes = [];
  for (const id of ids.subarray(0, most)) {
    if (sent.has(id)) continue;
    sent.add(id);
    bytes.push([id, gpt2.bytesOf(id)]);
  }
  return { ids, distinct: new Set(ids).size, unknown: 0, bytes };
}

function answer({ number, box, text, most, replay }) {
  if (replay === undefined) return { number, words: lists.has(box) ? ofWords(lists.get(box), text, most) : null, gpt2: gpt2 && ofGpt2(text, most) };
  const states = gpt2.replay(replay);
  const ids = new Set(states.flatMap((state) => state.chunks.flat().map((piece) => piece.id)));
  return { number, states, bytes: Object.fromEntries([...ids].map((id) => [id, gpt2.bytesOf(id)])) };
}

addEventListener("message", ({ data }) => {
  if (data.list) lists.set(data.box, { ...data.list, ids: new Map(data.list.words.map((word, id) => [word, id])) });
  else if (data.load) load(data.load).catch((error) => postMessage({ failed: error.message }));
  else {
    const found = answer(data);
    postMessage(found, [found.words, found.gpt2].filter(Boolean).map((one) => one.ids.buffer));
  }
});
