/* Tokenize for a pretrained model, from the file that exhibits.chat.tokenizer_file writes: each digit by itself, then
   GPT-2's way of cutting, then byte pairs. What a reader types stays text: specials come only from the conversation's own
   form. Nothing here touches a page. */

import { BytePairs, tablesOf, unpack, wellFormed } from "./tokenizers.js";

const NUMBER = 2; // a code point's kind, as tokenizers.js has it
const SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face";

/** Read the tokenizer's file. Returns a promise of a ChatTokenizer. */
export async function readTokenizer(packed) {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser cannot unpack the tokenizer; one of 2023 or later can");
  const data = await unpack(packed);
  const start = 4 + new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const ascii = new TextDecoder();
  const head = JSON.parse(ascii.decode(data.subarray(4, start)));
  const n = head.merges;
  const column = (which) => Uint16Array.from({ length: n }, (_, rank) => (data[start + 2 * which * n + rank] << 8) | data[start + (2 * which + 1) * n + rank]);
  const tables = tablesOf(column(0), column(1), ascii.decode(data.subarray(start + 6 * n)));
  return new ChatTokenizer(head, { ...tables, made: column(2), firsts: Int32Array.from(head.bytes) });
}

export class ChatTokenizer {
  constructor({ specials, ends, bytes }, tables) {
    this.pairs = new BytePairs(tables);
    this.kinds = tables.kinds;
    this.specials = specials;
    this.ends = ends; // ids that end an answer
    this.entries = new Map(); // id -> bytes
    bytes.forEach((id, byte) => id >= 0 && this.entries.set(id, [byte]));
    tables.made.forEach((id, rank) => this.entries.set(id, [...this.entries.get(tables.lefts[rank]), ...this.entries.get(tables.rights[rank])]));
    for (const [text, id] of Object.entries(specials)) this.entries.set(id, [...new TextEncoder().encode(text)]);
  }

  /** Ids of a text. A byte that the tokenizer does not know is left out. Returns an array. */
  encode(text) {
    const ids = [];
    let start = 0;
    const whole = wellFormed(text);
    const take = (piece) => { for (const id of this.pairs.encode(piece)) ids.push(id); };
    for (let at = 0; at < whole.length;) {
      const code = whole.codePointAt(at);
      const end = at + (code > 0xffff ? 2 : 1);
      if (this.kinds[code] === NUMBER) {
        take(whole.slice(start, at));
        take(whole.slice(at, end));
        start = end;
      }
      at = end;
    }
    take(whole.slice(start));
    return ids;
  }

  bytesOf(id) {
    return this.entries.get(id) ?? [];
  }

  /** The ids of a conversation up to where the answer begins. turns: {role, text} or {role, ids}, as the model was taught:
      each between <|im_start|> and <|im_end|>, its role on the first line. */
  conversation(turns) {
    const { "<|im_start|>": open, "<|im_end|>": close } = this.specials;
    const ids = [];
    for (const { role, text, ids: own } of [{ role: "system", text: SYSTEM }, ...turns]) {
      ids.push(open, ...(own ? [...this.encode(`${role}\n`), ...own] : this.encode(`${role}\n${text}`)), close, ...this.encode("\n"));
    }
    ids.push(open, ...this.encode("assistant\n"));
    return ids;
  }
}
