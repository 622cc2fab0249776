/* Compute a GPT in a browser: what scratch.model.gpt computes, for one row of tokens, with keys and values cached as
   scratch.model.gpt does it. Nothing here touches a page; a worker or a test imports it.

   Numbers are kept in 32 bits, as in torch, and each sum is taken in 64, because JavaScript's numbers are such. A product
   is summed in one order whether many tokens are read at once or one by one, so a row read piece by piece gives the same
   logits, bit for bit, as the row read anew.

   Why not onnxruntime-web: its version 1.30.0 brings a program of 14.2 MB (3.7 MB gzipped) and a script of 73 kB, against
   these 9 kB, for a model of 2 MB; and a page that may run WebAssembly needs a looser policy (wasm-unsafe-eval). What it
   would save is a reader's time beyond the context's end, where each token is a whole row anew. */

const EPSILON = 1e-5; // as in scratch.model.gpt
const FACTOR = 4;

export class Gpt {
  /** config: as scratch.model.config names its fields; tensors: by the names of scratch.model.gpt's parameters, Float32Array. */
  constructor(config, tensors) {
    const { emb_dim: C, context_length: L, n_layers: blocks, n_heads: heads, vocab_size: V } = config;
    this.config = config;
    this.tensors = tensors;
    this.head = tensors[config.tied ? "tok_emb.weight" : "out_head.weight"];
    this.cache = Array.from({ length: blocks }, () => ({ keys: new Float32Array(L * C), values: new Float32Array(L * C) }));
    this.room = { x: L * C, normed: L * C, qkv: L * 3 * C, added: L * C, wide: L * FACTOR * C };
    for (const name of Object.keys(this.room)) this.room[name] = new Float32Array(this.room[name]);
    this.logits = new Float32Array(V);
    this.attention = new Float32Array(blocks * heads * L); // weights of the last token: [block][head][token]
    this.forget();
  }

  /** Empty the KV cache. */
  forget() {
    this.ids = [];
  }

  /** Compute the logits of the next token after a row of at most context_length ids. Tokens with which the row before began,
      too, come from the KV cache. Returns Float32Array of vocab_size, valid until the next call; `attention` then has the
      weights of the last token. */
  read(ids) {
    if (!ids.length || ids.length > this.config.context_length) throw new RangeError(`a row has 1 to ${this.config.context_length} tokens, this one ${ids.length}`);
    let start = 0;
    while (start < Math.min(this.ids.length, ids.length - 1) && this.ids[start] === ids[start]) start += 1;
    this.ids = Array.from(ids);
    const T = ids.length - start;
    const { emb_dim: C, n_layers: blocks } = this.config;
    const { x, normed, added, wide } = this.room;
    const { "tok_emb.weight": tokens, "pos_emb.weight": positions } = this.tensors;
    for (let t = 0; t < T; t++) {
      for (let c = 0; c < C; c++) x[t * C + c] = tokens[ids[start + t] * C + c] + positions[(start + t) * C + c];
    }
    for (let block = 0; block < blocks; block++) {
      const own = (name) => this.tensors[`trf_blocks.${block}.${name}`];
      normalise(x, T, C, own("norm1.scale"), own("norm1.shift"), normed);
      this.#attend(block, start, T, own);
      linear(normed, T, C, own("att.out_proj.weight"), own("att.out_proj.bias"), C, added);
      for (let at = 0; at < T * C; at++) x[at] += added[at];
      normalise(x, T, C, own("norm2.scale"), own("norm2.shift"), normed);
      linear(normed, T, C, own("ff.expand.weight"), own("ff.expand.bias"), FACTOR * C, wide);
      for (let at = 0; at < T * FACTOR * C; at++) wide[at] = gelu(wide[at]);
      linear(wide, T, FACTOR * C, own("ff.contract.weight"), own("ff.contract.bias"), C, added);
      for (let at = 0; at < T * C; at++) x[at] += added[at];
    }
    normalise(x.subarray((T - 1) * C), 1, C, this.tensors["final_norm.scale"], this.tensors["final_norm.shift"], normed);
    linear(normed, 1, C, this.head, null, this.config.vocab_size, this.logits); // the head reads the last token only
    return this.logits;
  }

  /** Causal attention of T tokens after `start` others: reads and writes `normed`. */
  #attend(block, start, T, own) {
    const { emb_dim: C, n_heads: H, context_length: L } = this.config;
    const { normed, qkv } = this.room;
    const { keys, values } = this.cache[block];
    const D = C / H;
    linear(normed, T, C, own("att.qkv.weight"), own("att.qkv.bias"), 3 * C, qkv);
    for (let t = 0; t < T; t++) {
      keys.set(qkv.subarray((3 * t + 1) * C, (3 * t + 2) * C), (start + t) * C);
      values.set(qkv.subarray((3 * t + 2) * C, (3 * t + 3) * C), (start + t) * C);
    }
    for (let head = 0; head < H; head++) {
      const weights = this.attention.subarray((block * H + head) * L, (block * H + head + 1) * L);
      for (let t = 0; t < T; t++) {
        const position = start + t;
        const query = 3 * t * C + head * D;
        for (let other = 0; other <= position; other++) { // causal: none after its own
          let sum = 0;
          for (let d = 0; d < D; d++) sum += qkv[query + d] * keys[other * C + head * D + d];
          weights[other] = sum / Math.sqrt(D);
        }
        softmax(weights, position + 1);
        for (let d = 0; d < D; d++) {
          let sum = 0;
          for (let other = 0; other <= position; other++) sum += weights[other] * values[other * C + head * D + d];
          normed[t * C + head * D + d] = sum;
        }
      }
    }
  }
}

/** Layer normalisation: each vector to mean 0 and (biased) variance 1, then scaled and shifted. */
function normalise(x, T, C, scale, shift, out) {
  for (let t = 0; t < T; t++) {
    const at = t * C;
    let mean = 0;
    for (let c = 0; c < C; c++) mean += x[at + c];
    mean /= C;
    let variance = 0;
    for (let c = 0; c < C; c++) variance += (x[at + c] - mean) ** 2;
    const std = Math.sqrt(variance / C + EPSILON);
    for (let c = 0; c < C; c++) out[at + c] = ((x[at + c] - mean) / std) * scale[c] + shift[c];
  }
}

/** GELU in its form with tanh, as in scratch.model.gpt. */
function gelu(x) {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
}

/** Softmax of the first `length` numbers, in place. */
function softmax(numbers, length) {
  let highest = -Infinity;
  for (let at = 0; at < length; at++) if (numbers[at] > highest) highest = numbers[at];
  let sum = 0;
  for (let at = 0; at < length; at++) sum += numbers[at] = Math.exp(numbers[at] - highest);
  for (let at = 0; at < length; at++) numbers[at] /= sum;
}

/** out = x @ weight.T + bias: (T, inputs) -> (T, outputs). Weights (outputs, inputs). Two rows of weights meet four tokens
    at once, or four rows one token, since a processor adds several sums side by side. */
function linear(x, T, inputs, weight, bias, outputs, out) {
  let t = 0;
  for (; t + 4 <= T; t += 4) {
    const x0 = t * inputs, x1 = x0 + inputs, x2 = x1 + inputs, x3 = x2 + inputs;
    let o = 0;
    for (; o + 2 <= outputs; o += 2) {
      const w0 = o * inputs, w1 = w0 + inputs;
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      for (let i = 0; i < inputs; i++) {
        const a = weight[w0 + i], b = weight[w1 + i];
        const y0 = x[x0 + i], y1 = x[x1 + i], y2 = x[x2 + i], y3 = x[x3 + i];
        a0 += a * y0; a1 += a * y1; a2 += a * y2; a3 += a * y3;
        b0 += b * y0; b1 += b * y1; b2 += b * y2; b3 += b * y3;
      }
      const p = bias ? bias[o] : 0, q = bias ? bias[o + 1] : 0;
      out[t * outputs + o] = a0 + p; out[t * outputs + o + 1] = b0 + q;
      out[(t + 1) * outputs + o] = a1 + p; out[(t + 1) * outputs + o + 1] = b1 + q;
      out[(t + 2) * outputs + o] = a2 + p; out[(t + 2) * outputs + o + 1] = b2 + q;
      out[(t + 3) * outputs + o] = a3 + p; out[(t + 3) * outputs + o + 1] = b3 + q;
    }
    for (; o < outputs; o++) for (let s = t; s < t + 4; s++) out[s * outputs + o] = dot(x, s * inputs, weight, o * inputs, inputs) + (bias ? bias[o] : 0);
  }
  for (; t < T; t++) {
    const at = t * inputs;
    let o = 0;
    for (; o + 4 <= outputs; o += 4) {
      const w0 = o * inputs, w1 = w0 + inputs, w2 = w1 + inputs, w3 = w2 + inputs;
      let a = 0, b = 0, c = 0, d = 0;
      for (let i = 0; i < inputs; i++) {
        const y = x[at + i];
        a += weight[w0 + i] * y; b += weight[w1 + i] * y; c += weight[w2 + i] * y; d += weight[w3 + i] * y;
      }
      const to = t * outputs + o;
      out[to] = a + (bias ? bias[o] : 0);
      out[to + 1] = b + (bias ? bias[o + 1] : 0);
      out[to + 2] = c + (bias ? bias[o + 2] : 0);
      out[to + 3] = d + (bias ? bias[o + 3] : 0);
    }
    for (; o < outputs; o++) out[t * outputs + o] = dot(x, at, weight, o * inputs, inputs) + (bias ? bias[o] : 0);
  }
}

function dot(x, at, weight, from, length) {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += x[at + i] * weight[from + i];
  return sum;
}
