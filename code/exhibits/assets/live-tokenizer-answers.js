/* Answer what both tokenizers make of a text, for the live box. The page answers for short texts itself, the worker for long
   ones: a message there and back may take longer than the work.
   A question:
   {box, text, most} -> {characters, words, gpt2}: null for a tokenizer that is still loading, else {ids, distinct}; words
                        with `unknown`, how many are not in the vocabulary, and `shown`, the first `most` words; gpt2 with
                        `bytes`, [id, bytes] of those of the first `most` ids that no answer has had before
   {replay: text}    -> {states, bytes}: see BytePairs.replay; bytes by id, of the ids that occur */

import { encodeWords, splitWords } from "./tokenizers.js";

export class Answers {
  constructor() {
    this.lists = new Map(); // a simple tokenizer's vocabulary, by the name of its box
    this.sent = new Set(); // ids whose bytes an answer has had
    this.gpt2 = null;
  }

  /** Take a simple tokenizer's vocabulary: {words, unknown}. */
  take(box, list) {
    this.lists.set(box, { ...list, ids: new Map(list.words.map((word, id) => [word, id])) });
  }

  answer({ box, text, most, replay }) {
    if (replay !== undefined) return this.#replay(replay);
    const words = this.lists.has(box) ? this.#words(this.lists.get(box), text, most) : null;
    return { characters: [...text].length, words, gpt2: this.gpt2 && this.#gpt2(text, most) };
  }

  #words(list, text, most) {
    const words = splitWords(text);
    const ids = encodeWords(words, list.ids, list.unknown);
    const unknown = words.reduce((sum, word) => sum + !list.ids.has(word), 0);
    return { ids, distinct: new Set(ids).size, unknown, shown: words.slice(0, most) };
  }

  #gpt2(text, most) {
    const ids = this.gpt2.encode(text);
    const bytes = [];
    for (const id of ids.subarray(0, most)) {
      if (this.sent.has(id)) continue;
      this.sent.add(id);
      bytes.push([id, this.gpt2.bytesOf(id)]);
    }
    return { ids, distinct: new Set(ids).size, unknown: 0, bytes };
  }

  #replay(text) {
    const states = this.gpt2.replay(text);
    const ids = new Set(states.flatMap((state) => state.chunks.flat().map((piece) => piece.id)));
    return { states, bytes: Object.fromEntries([...ids].map((id) => [id, this.gpt2.bytesOf(id)])) };
  }
}
