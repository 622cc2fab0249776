/* Tokenize by both tokenizers of the journal: the ids are those of scratch.text.words with scratch.tokenizer.simple, and of
   tiktoken's encode_ordinary with the encoding "gpt2". Nothing here touches a page; a worker or a test imports it.

   Where JavaScript alone would give other ids:
   1. \s of Python's `re` and str.strip() has U+001C to U+001F and U+0085 and lacks U+FEFF; JavaScript's \s is the other
      way round. The simple tokenizer spells Python's class out (WHITE below).
   2. White space of GPT-2's pattern is Unicode's property White_Space: it has U+0085, and lacks both U+001C to U+001F
      and U+FEFF. So the two tokenizers differ from each other as well.
   3. \p{L} and \p{N} follow the browser's Unicode; tiktoken 0.14 has 16.0. The file of merges carries the table, and no
      \p stands in this module but the one of case 4.
   4. Lone surrogates: a string of JavaScript or Python may hold half a pair. tiktoken puts U+FFFD in its place, and so
      does `wellFormed`. The simple tokenizer leaves it as it is, in both languages: a word that no list has.
      Two halves that meet are one character here; tiktoken joins them too.
   5. A code point above U+FFFF is two places of a string. Chunks are cut by code point, and never between the two.
   6. String.prototype.split with a group puts the group's text among the pieces, as re.split does. It also drops no
      empty piece, so both are filtered by the same rule.
   Decoding is not here: TextDecoder drops a U+FEFF at the start unless told not to (`ignoreBOM`). */

const WHITE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"; // Python's \s
const CUT = new RegExp(`([,.:;?_!"()']|--|[${WHITE}])`);
const BLANK = new RegExp(`^[${WHITE}]$`);
const OTHER = 0, LETTER = 1, NUMBER = 2, SPACE = 3; // kinds of a code point
const KINDS = { L: LETTER, N: NUMBER, S: SPACE };
const CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];
const SLOTS = 1 << 17; // of the table of pairs, two to three times the merges
const PLACES = 2 ** 32; // an entry of the heap is rank * PLACES + place: exact in a double
const MOST_KEPT = 100_000; // chunks remembered, a few megabytes; then all are forgotten
const LONGEST_KEPT = 100; // characters of one that is remembered

const encoder = new TextEncoder();

/* The simple tokenizer */

/** Split a text into words and special characters, as scratch.text.words.split does. */
export function splitWords(text) {
  return text.split(CUT).filter((piece) => piece !== "" && !BLANK.test(piece));
}

/** Ids of words; `unknown` for a word that the list lacks. Returns Int32Array. */
export function encodeWords(words, ids, unknown) {
  return Int32Array.from(words, (word) => ids.get(word) ?? unknown);
}

/* GPT-2's */

/** Put U+FFFD in the place of each lone surrogate. */
export function wellFormed(text) {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Bytes by id: first those that print in Latin-1, then the others. */
const BYTES = (() => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const prints = (byte) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return [...all.filter(prints), ...all.filter((byte) => !prints(byte))];
})();
const ID_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => BYTES.indexOf(byte));

/** Undo gzip. Returns a promise of a Uint8Array. */
export async function unpack(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Read the file that exhibits.base.vocab_file writes. Returns a promise of BytePairs. */
export async function readGpt2(packed) {
  return readMerges(await unpack(packed));
}

/** Read merges and table of code points as exhibits.base.vocab_file lays them out. Returns BytePairs. */
export function readMerges(data) {
  const number = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const plane = (which) => data.subarray(4 + which * number, 4 + (which + 1) * number);
  const ids = (high, low) => Uint16Array.from({ length: number }, (_, rank) => (high[rank] << 8) | low[rank]);
  return new BytePairs(tablesOf(ids(plane(0), plane(1)), ids(plane(2), plane(3)), new TextDecoder().decode(data.subarray(4 + 4 * number))));
}

/** The tables of BytePairs. lefts, rights: the two ids of each merge, by rank; codes: code points by kind, "L 41-5A" and so on.
    kinds: by code point; pairs, found: two columns of a table by hash, a pair and its rank + 1, 0 where a slot is free.
    made: the id that each merge makes; firsts: the id of each byte, -1 for one without. */
export function tablesOf(lefts, rights, codes) {
  const kinds = new Uint8Array(0x110000);
  for (const line of codes.split("\n")) {
    const [kind, ...ranges] = line.split(" ");
    for (const range of ranges) {
      const [first, last = first] = range.split("-");
      kinds.fill(KINDS[kind], parseInt(first, 16), parseInt(last, 16) + 1);
    }
  }
  const [pairs, found] = [new Uint32Array(SLOTS), new Uint32Array(SLOTS)];
  for (let rank = 0; rank < lefts.length; rank++) {
    const slot = slotOf(pairs, found, lefts[rank], rights[rank]);
    pairs[slot] = lefts[rank] * 65536 + rights[rank];
    found[slot] = rank + 1;
  }
  return { lefts, rights, kinds, pairs, found, made: Uint16Array.from(lefts, (_, rank) => 256 + rank), firsts: ID_OF_BYTE };
}

/** The slot of a pair: its own, or the free one where the search ends. */
function slotOf(pairs, found, left, right) {
  const pair = left * 65536 + right;
  let slot = Math.imul(pair, 0x9e3779b1) >>> 15;
  while (found[slot] !== 0 && pairs[slot] !== pair) slot = (slot + 1) % SLOTS;
  return slot;
}

/** A byte-pair encoding that cuts as GPT-2 does: GPT-2's own, or one of scratch.tokenizer.bpe. */
export class BytePairs {
  /** tables: as `tablesOf` makes them; they may come from another thread. */
  constructor(tables) {
    this.tables = tables;
    Object.assign(this, tables);
    this.chunks = new Map();
  }

  /** The rank of a merge, or -1 for a pair that is none. */
  rank(left, right) {
    return this.found[slotOf(this.pairs, this.found, left, right)] - 1;
  }

  /** Where a run of characters of one kind ends that goes on at a place. */
  #end(text, place, kind) {
    while (place < text.length) {
      const code = text.codePointAt(place);
      if (this.kinds[code] !== kind) break;
      place += code > 0xffff ? 2 : 1;
    }
    return place;
  }

  /** Cut a text into chunks: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
  cut(text) {
    const chunks = [];
    let start = 0;
    while (start < text.length) {
      const kind = this.kinds[text.codePointAt(start)];
      const short = text[start] === "'" && CONTRACTIONS.find((ending) => text.startsWith(ending, start));
      let end = short ? start + short.length : this.#end(text, start, kind);
      if (kind === SPACE && end < text.length) {
        if (end - start > 1) end -= 1; // the last one is left to what follows
        else if (text[start] === " ") end = this.#end(text, end, this.kinds[text.codePointAt(end)]);
      }
      chunks.push(text.slice(start, end));
      start = end;
    }
    return chunks;
  }

  /** Ids of a text, as tiktoken's encode_ordinary gives them. Returns Int32Array. */
  encode(text) {
    const parts = this.cut(wellFormed(text)).map((chunk) => this.#chunk(chunk));
    const ids = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let place = 0;
    for (const part of parts) {
      ids.set(part, place);
      place += part.length;
    }
    return ids;
  }

  #chunk(chunk) {
    let ids = this.chunks.get(chunk);
    if (!ids) {
      if (this.chunks.size >= MOST_KEPT) this.chunks.clear();
      ids = this.merge(Array.from(encoder.encode(chunk), (byte) => this.firsts[byte]).filter((id) => id >= 0));
      if (chunk.length <= LONGEST_KEPT) this.chunks.set(chunk, ids);
    }
    return ids;
  }

  /** Merge the ids of a chunk's bytes: the lowest rank first, of equal ones the leftmost. n log n, for any length. */
  merge(ids) {
    const count = ids.length;
    const after = Int32Array.from({ length: count }, (_, place) => place + 1);
    const before = Int32Array.from({ length: count }, (_, place) => place - 1);
    const heap = [];
    const rankAt = (place) => (after[place] < count ? this.rank(ids[place], ids[after[place]]) : -1);
    const offer = (place) => {
      const rank = rankAt(place);
      if (rank >= 0) push(heap, rank * PLACES + place);
    };
    for (let place = 0; place < count; place++) offer(place);
    while (heap.length) {
      const entry = pop(heap);
      const rank = Math.floor(entry / PLACES);
      const place = entry - rank * PLACES;
      if (ids[place] < 0 || rankAt(place) !== rank) continue; // swallowed, or another token by now
      const next = after[place];
      ids[place] = this.made[rank];
      ids[next] = -1;
      after[place] = after[next];
      if (after[next] < count) before[after[next]] = place;
      offer(place);
      if (before[place] >= 0) offer(before[place]);
    }
    return ids.filter((id) => id >= 0);
  }

  /** Every state of a text on the way from bytes to tokens, chunk by chunk: the plain algorithm, one merge at a time.
      A state: chunks of pieces {id, rank}, the rank being that of the merge with the next piece or -1, and the `place`
      ([chunk, piece]) and `merged` rank of the step that made it. */
  replay(text) {
    const chunks = this.cut(wellFormed(text)).map((chunk) => Array.from(encoder.encode(chunk), (byte) => ID_OF_BYTE[byte]));
    const state = (more) => ({
      chunks: chunks.map((ids) => ids.map((id, place) => ({ id, rank: place + 1 < ids.length ? this.rank(id, ids[place + 1]) : -1 }))),
      ...more,
    });
    const states = [state({ place: null, merged: -1 })];
    chunks.forEach((ids, chunk) => {
      for (;;) {
        const ranks = ids.slice(1).map((right, place) => this.rank(ids[place], right));
        const rank = Math.min(...ranks.filter((one) => one >= 0));
        if (rank === Infinity) break;
        const place = ranks.indexOf(rank);
        ids.splice(place, 2, 256 + rank);
        states.push(state({ place: [chunk, place], merged: rank }));
      }
    });
    return states;
  }

  bytesOf(id) {
    return bytesOf(id, this.lefts, this.rights);
  }
}

/** The bytes that an id stands for, by the two ids of each merge. Returns an array of numbers. */
export function bytesOf(id, lefts, rights) {
  return id < 256 ? [BYTES[id]] : [...bytesOf(lefts[id - 256], lefts, rights), ...bytesOf(rights[id - 256], lefts, rights)];
}

/* A heap of numbers in an array, the least one first */

function push(heap, value) {
  let place = heap.length;
  while (place > 0) {
    const above = (place - 1) >> 1;
    if (heap[above] <= value) break;
    heap[place] = heap[above];
    place = above;
  }
  heap[place] = value;
}

function pop(heap) {
  const least = heap[0];
  const value = heap.pop();
  if (heap.length) {
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1] < heap[below]) below += 1;
      if (heap[below] >= value) break;
      heap[place] = heap[below];
      place = below;
    }
    heap[place] = value;
  }
  return least;
}
