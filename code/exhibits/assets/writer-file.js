/* Read the journal's model from the file that exhibits.writer.model_file writes: a GPT, its encoding, the bytes of entries. */

import { float16 } from "./float16.js";
import { Gpt } from "./writer-gpt.js";
import { readMerges, unpack } from "./tokenizers.js";

const MAGIC = "journal-gpt\n";
const VERSION = 1;

/** Returns a promise of { gpt, encoding, entries, ends }: entries by id, arrays of bytes; ends, the ids of the specials. */
export async function readModel(packed) {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack it; one of 2023 or later can");
  const data = await unpack(packed).catch(() => { throw new Error("the file is damaged"); });
  const ascii = (from, to) => String.fromCharCode(...data.subarray(from, to));
  if (ascii(0, MAGIC.length) !== MAGIC) throw new Error("the file is no model of this journal");
  const start = MAGIC.length + 4;
  const end = start + new DataView(data.buffer).getUint32(MAGIC.length, true);
  const head = JSON.parse(ascii(start, end));
  if (head.version !== VERSION) throw new Error(`the file has version ${head.version}, this page reads ${VERSION}: reload the page`);
  const body = data.subarray(end);
  if (globalThis.crypto?.subtle) { // only from a server with https, or on this machine
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
    if (Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") !== head.sha256) throw new Error("the file is damaged");
  }
  const encoding = readMerges(body.subarray(0, head.merges));
  const numbers = (body.length - head.merges) / 2;
  const high = body.subarray(head.merges, head.merges + numbers);
  const low = body.subarray(head.merges + numbers);
  const tensors = {};
  let place = 0;
  for (const [name, shape] of head.tensors) {
    const size = shape.reduce((product, part) => product * part, 1);
    const values = tensors[name] = new Float32Array(size);
    for (let at = 0; at < size; at++) values[at] = HALVES[(high[place + at] << 8) | low[place + at]];
    place += size;
  }
  const plain = head.config.vocab_size - head.specials.length;
  const entries = Array.from({ length: plain }, (_, id) => encoding.bytesOf(id));
  const utf8 = new TextEncoder();
  for (const special of head.specials) entries.push([...utf8.encode(special)]);
  return { gpt: new Gpt(head.config, tensors), encoding, entries, ends: head.specials.map((_, number) => plain + number) };
}

/** The value of each float16 by its bits. */
const HALVES = Float32Array.from({ length: 65536 }, (_, bits) => float16(bits));
