/* Compute one worker's share of a Llama: some heads of each block's attention, some units of its feed-forward part, some
   rows of the table of tokens. Nothing here touches a page or a network; a worker or a test imports it.

   The shares of an output add up: a worker that has some heads multiplies them by their own columns of the output matrix, and
   so with units, so that a block costs two rounds of messages. Heads of one group share keys and values; a worker
   keeps those of each group that it has a head of. Positions turn neighbouring numbers, as GGUF orders a head's rows.
   Source: Touvron et al. 2023 for the model; Shoeybi et al. 2019, section 3, for the division. */

import { Matrix4, Matrix8 } from "./chat-kernel.js";

const BLOCK = 32;
const STEP = 256; // tokens by which the stored keys and values grow
export const AT_ONCE = 32; // tokens read in one go

/** The part of `count` things that belongs to worker `which` of `of`: [first, end]. */
const part = (count, which, of) => [Math.floor((count * which) / of), Math.floor((count * (which + 1)) / of)];

export class Share {
  /** sizes: as exhibits.chat.model_shards names them; lookup: whether all rows of the table are held, to look tokens up. */
  constructor(sizes, which, of, lookup = which === 0) {
    const { emb_dim: C, n_layers: layers, n_heads: H, n_kv_heads: groups, hidden_dim: hidden, vocab_size: V } = sizes;
    this.sizes = sizes;
    this.D = C / H;
    this.heads = part(H, which, of);
    this.inGroup = H / groups;
    this.groups = [Math.floor(this.heads[0] / this.inGroup), Math.ceil(this.heads[1] / this.inGroup)];
    this.units = part(hidden / BLOCK, which, of).map((block) => block * BLOCK);
    this.rows = part(V, which, of);
    this.held = lookup ? [0, V] : this.rows;
    this.queries = (this.heads[1] - this.heads[0]) * this.D; // numbers of all own queries
    this.stored = (this.groups[1] - this.groups[0]) * this.D; // of a token's own keys
    const units = this.units[1] - this.units[0];
    this.blocks = Array.from({ length: layers }, () => ({
      qkv: new Matrix4(this.queries + 2 * this.stored, C / BLOCK),
      output: new Matrix4(C, this.queries / BLOCK),
      wide: new Matrix4(2 * units, C / BLOCK),
      down: new Matrix4(C, units / BLOCK),
      keys: new Float32Array(0),
      values: new Float32Array(0),
    }));
    this.table = new Matrix8(this.held[1] - this.held[0], C / BLOCK);
    const most = Math.max(this.queries + 2 * this.stored, 2 * units);
    this.room = { first: new Float32Array(AT_ONCE * most), mixed: new Float32Array(AT_ONCE * Math.max(this.queries, units)) };
    this.weights = new Float64Array(sizes.context_length * this.inGroup);
    this.turns = Float64Array.from({ length: this.D / 2 }, (_, pair) => sizes.rope_base ** ((-2 * pair) / this.D));
  }

  /** Take what is this worker's of a piece of a tensor. piece: {tensor, first, rows, columns, offset}; bytes: of its shard. */
  take(piece, bytes) {
    const [, layer, kind] = /^(?:blk\.(\d+)\.)?(\w+)\.weight$/.exec(piece.tensor);
    const own = this.#whose(kind, layer);
    if (!own) return;
    const { matrix, rows: [low, high], to, skip } = own;
    const [size, of] = matrix instanceof Matrix8 ? [34, BLOCK] : [20, BLOCK];
    const length = (piece.columns / of) * size;
    const end = Math.min(piece.first + piece.rows, high);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let row = Math.max(piece.first, low); row < end; row++) {
      matrix.take(to + row - low, view, piece.offset + (row - piece.first) * length + (skip / of) * size);
    }
  }

  /** Where a tensor's own rows go: the matrix, which rows, from which row of it, and which columns are skipped. */
  #whose(kind, layer) {
    const { D, heads, groups, units, queries, stored } = this;
    const C = this.sizes.emb_dim;
    const block = this.blocks[layer];
    const scaled = (range) => range.map((one) => one * D);
    switch (kind) {
      case "attn_q": return { matrix: block.qkv, rows: scaled(heads), to: 0, skip: 0 };
      case "attn_k": return { matrix: block.qkv, rows: scaled(groups), to: queries, skip: 0 };
      case "attn_v": return { matrix: block.qkv, rows: scaled(groups), to: queries + stored, skip: 0 };
      case "attn_output": return { matrix: block.output, rows: [0, C], to: 0, skip: heads[0] * D };
      case "ffn_gate": return { matrix: block.wide, rows: units, to: 0, skip: 0 };
      case "ffn_up": return { matrix: block.wide, rows: units, to: units[1] - units[0], skip: 0 };
      case "ffn_down": return { matrix: block.down, rows: [0, C], to: 0, skip: units[0] };
      case "token_embd": return { matrix: this.table, rows: this.held, to: 0, skip: 0 };
      default: return null; // a norm
    }
  }

  /** This share of a block's attention for T tokens after `start` others. x: (T, C), normed. Returns (T, C). */
  attend(layer, x, T, start) {
    const block = this.blocks[layer];
    const { D, queries, stored } = this;
    const wide = queries + 2 * stored;
    const { first: qkv, mixed } = this.room;
    block.qkv.times(x, T, qkv);
    this.#grow(block, start + T);
    for (let t = 0; t < T; t++) {
      const at = t * wide;
      for (let head = 0; head < queries + stored; head += D) this.#turn(qkv, at + head, start + t);
      block.keys.set(qkv.subarray(at + queries, at + queries + stored), (start + t) * stored);
      block.values.set(qkv.subarray(at + queries + stored, at + wide), (start + t) * stored);
      for (let group = this.groups[0]; group < this.groups[1]; group++) this.#look(block, qkv, at, mixed, t * queries, start + t + 1, group);
    }
    const out = new Float32Array(T * this.sizes.emb_dim);
    block.output.times(mixed, T, out);
    return out;
  }

  /** Turn a head's numbers by their position, in pairs of neighbours. */
  #turn(numbers, at, position) {
    for (let pair = 0; pair < this.turns.length; pair++) {
      const angle = position * this.turns[pair];
      const cos = Math.cos(angle), sin = Math.sin(angle);
      const one = numbers[at + 2 * pair], other = numbers[at + 2 * pair + 1];
      numbers[at + 2 * pair] = one * cos - other * sin;
      numbers[at + 2 * pair + 1] = one * sin + other * cos;
    }
  }

  /** The own heads of a group: weigh `length` tokens by query and keys, and mix their values into `mixed` from `to` on. */
  #look({ keys, values }, qkv, at, mixed, to, length, group) {
    const { D, stored, weights, inGroup } = this;
    const from = (group - this.groups[0]) * D;
    const low = Math.max(this.heads[0], group * inGroup), high = Math.min(this.heads[1], (group + 1) * inGroup);
    for (let head = low; head < high; head++) {
      const own = (head - this.heads[0]) * D;
      const query = at + own;
      let most = -Infinity;
      for (let token = 0; token < length; token++) {
        const key = token * stored + from;
        let one = 0, two = 0;
        for (let d = 0; d < D; d += 2) {
          one += qkv[query + d] * keys[key + d];
          two += qkv[query + d + 1] * keys[key + d + 1];
        }
        weights[token] = (one + two) / Math.sqrt(D);
        if (weights[token] > most) most = weights[token];
      }
      let sum = 0;
      for (let token = 0; token < length; token++) sum += weights[token] = Math.exp(weights[token] - most);
      mixed.fill(0, to + own, to + own + D);
      for (let token = 0; token < length; token++) {
        const weight = weights[token] / sum;
        const value = token * stored + from;
        for (let d = 0; d < D; d++) mixed[to + own + d] += weight * values[value + d];
      }
    }
  }

  #grow(block, length) {
    if (block.keys.length >= length * this.stored) return;
    const room = Math.min(this.sizes.context_length, Math.ceil(length / STEP) * STEP) * this.stored;
    for (const name of ["keys", "values"]) {
      const larger = new Float32Array(room);
      larger.set(block[name]);
      block[name].buffer.transfer?.(0);
      block[name] = larger;
    }
  }

  /** This share of a block's feed-forward part: silu(gate) * up, and down again. x: (T, C), normed. Returns (T, C). */
  feed(layer, x, T) {
    const { wide, down } = this.blocks[layer];
    const { first: pair, mixed } = this.room;
    const units = this.units[1] - this.units[0];
    wide.times(x, T, pair);
    for (let t = 0; t < T; t++) {
      for (let unit = 0; unit < units; unit++) {
        const gate = pair[2 * t * units + unit];
        mixed[t * units + unit] = (gate / (1 + Math.exp(-gate))) * pair[(2 * t + 1) * units + unit];
      }
    }
    const out = new Float32Array(T * this.sizes.emb_dim);
    down.times(mixed, T, out);
    return out;
  }

  /** Logits of this worker's rows of the table, for one token. Returns Float32Array. */
  head(x) {
    const out = new Float32Array(this.rows[1] - this.rows[0]);
    this.table.times(x, out, this.rows[0] - this.held[0]);
    return out;
  }
}
