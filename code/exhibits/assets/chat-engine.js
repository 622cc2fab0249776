/* Compute a Llama whose parts lie in several workers: look tokens up, norm, add what the shares give, ask for the logits.
   Numbers between the parts are of 32 bits. Nothing here touches a page or a network. */

import { AT_ONCE } from "./chat-share.js";

export class Engine {
  /** sizes: as exhibits.chat.model_shards names them; own: the Share of this thread, which holds the table; others: what asks the
      other workers in their order, ask(message) -> promise of Float32Array. */
  constructor(sizes, own, others = []) {
    this.sizes = sizes;
    this.own = own;
    this.others = others;
    this.norms = new Map(); // name -> Float32Array
    this.ids = []; // what the stored keys and values are of
    this.x = new Float32Array(AT_ONCE * sizes.emb_dim);
    this.normed = new Float32Array(AT_ONCE * sizes.emb_dim);
    this.logits = new Float32Array(sizes.vocab_size); // valid until the next token
  }

  /** Take a piece of a tensor; norms stay on this side. */
  take(piece, bytes) {
    if (piece.kind !== "F32") return this.own.take(piece, bytes);
    const copy = bytes.slice(piece.offset, piece.offset + 4 * piece.columns);
    return this.norms.set(piece.tensor, new Float32Array(copy.buffer));
  }

  /** Read a row of tokens; those with which the row before began are not read again. Returns a promise of the logits of
      the last one, or null if `stopped` said so in between; `pause` is awaited before it is asked. each: is told
      (place, logits) of every token from `from` on; tell: how many tokens are read. */
  async read(ids, { stopped = () => false, pause = null, each = null, from = ids.length - 1, tell = () => {} } = {}) {
    const { context_length: most } = this.sizes;
    if (!ids.length || ids.length > most) throw new RangeError(`a row has 1 to ${most} tokens, this one ${ids.length}`);
    let start = 0;
    while (start < Math.min(this.ids.length, from, ids.length - 1) && this.ids[start] === ids[start]) start += 1;
    this.ids = ids.slice(0, start);
    let logits = null;
    while (start < ids.length) {
      await pause?.();
      if (stopped()) return null;
      const T = Math.min(AT_ONCE, ids.length - start);
      await this.#blocks(ids, start, T);
      this.ids = ids.slice(0, start + T);
      for (let t = 0; t < T; t++) {
        if (start + t < from || (!each && start + t < ids.length - 1)) continue;
        await pause?.();
        if (stopped()) return null;
        logits = await this.#head(t);
        each?.(start + t, logits);
      }
      start += T;
      tell(start);
    }
    return logits;
  }

  async #blocks(ids, start, T) {
    const { x, own } = this;
    const { emb_dim: C, n_layers: layers } = this.sizes;
    for (let t = 0; t < T; t++) own.table.row(ids[start + t], x, t * C);
    for (let layer = 0; layer < layers; layer++) {
      this.#norm(`blk.${layer}.attn_norm.weight`, T);
      await this.#add({ attend: layer, start }, T, (normed) => own.attend(layer, normed, T, start));
      this.#norm(`blk.${layer}.ffn_norm.weight`, T);
      await this.#add({ feed: layer }, T, (normed) => own.feed(layer, normed, T));
    }
  }

  /** Add to x what all shares give for the normed numbers; this thread works while the others do. */
  async #add(message, T, mine) {
    const normed = this.normed.subarray(0, T * this.sizes.emb_dim);
    const asked = this.others.map((ask) => ask({ ...message, T, x: normed.slice() }));
    add(this.x, mine(normed));
    for (const reply of asked) add(this.x, await reply);
  }

  /** Divide each vector by the root of its mean square, and scale it. */
  #norm(name, T, first = 0) {
    const weight = this.norms.get(name);
    const { x, normed } = this;
    const { emb_dim: C, rms_eps: eps } = this.sizes;
    for (let t = 0; t < T; t++) {
      const at = (first + t) * C;
      let sum = 0;
      for (let c = 0; c < C; c++) sum += x[at + c] * x[at + c];
      const scale = 1 / Math.sqrt(sum / C + eps);
      for (let c = 0; c < C; c++) normed[t * C + c] = x[at + c] * scale * weight[c];
    }
  }

  async #head(t) {
    this.#norm("output_norm.weight", 1, t);
    const last = this.normed.slice(0, this.sizes.emb_dim);
    const asked = this.others.map((ask) => ask({ head: true, x: last }));
    const { logits } = this;
    const mine = this.own.head(last);
    logits.set(mine);
    let at = mine.length;
    for (const reply of asked) {
      const rows = await reply;
      logits.set(rows, at);
      at += rows.length;
    }
    return logits;
  }
}

function add(x, more) {
  for (let at = 0; at < more.length; at++) x[at] += more[at];
}
