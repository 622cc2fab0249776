/* Multiply four-bit and eight-bit matrices (ggml's Q4_1 and Q8_0) with vectors; their bytes stay as they lie in the file.

   Q4_1: 32 numbers are d * q + m with q from 0 to 15; a block has d and m (16 bits each) and 16 bytes, byte j with
   number j in its low half and number j + 16 in its high half. Q8_0: 32 numbers are d * q, q from -127 to 127.

   Why tables: a processor looks up faster than it unpacks. For 32 numbers of x, 16 tables of 256 entries hold what each
   byte would add, x[j] * low + x[j + 16] * high; a row of the matrix then costs 16 look-ups a block. The tables take
   16 kB and stay in the first cache while all rows of these 32 columns pass by, so the bytes lie column by column of blocks.
   x is rounded to whole numbers of 22 bits (scaled by the largest of the 32), so that sums are whole and exact. */

import { float16 } from "./float16.js";

const BLOCK = 32; // numbers of a block
const Q4_BYTES = 20, Q8_BYTES = 34;
const WHOLE = 4_400_000; // the largest rounded x for Q4_1: 16 * 2 * 15 * WHOLE stays below 2 ** 31
const WHOLE_8 = 524_000; // for Q8_0: 32 * 127 * WHOLE_8

const tables = new Int32Array(16 * 256);
const rounded = new Int32Array(BLOCK);

/** Round 32 numbers of x to whole ones in `rounded`. Returns what one of them is worth. */
function round(x, at, whole) {
  let most = 0;
  for (let i = 0; i < BLOCK; i++) most = Math.max(most, Math.abs(x[at + i]));
  if (most === 0) {
    rounded.fill(0);
    return 0;
  }
  for (let i = 0; i < BLOCK; i++) rounded[i] = Math.round((x[at + i] / most) * whole);
  return most / whole;
}

/** Fill the tables for 32 numbers of x. Returns what a unit of an entry is worth. */
function tabulate(x, at) {
  const worth = round(x, at, WHOLE);
  for (let byte = 0; byte < 16; byte++) {
    const low = rounded[byte], high = rounded[byte + 16];
    let to = byte * 256, start = 0;
    for (let upper = 0; upper < 16; upper++) {
      let sum = start;
      for (let lower = 0; lower < 16; lower++) {
        tables[to] = sum;
        to += 1;
        sum = (sum + low) | 0;
      }
      start = (start + high) | 0;
    }
  }
  return worth;
}

/** A matrix of Q4_1: rows x (32 * blocks). */
export class Matrix4 {
  constructor(rows, blocks) {
    this.rows = rows;
    this.blocks = blocks;
    this.words = new Uint32Array(4 * rows * blocks); // [block][row][4]
    this.scales = new Float32Array(2 * rows * blocks); // [block][row][d, m]
  }

  /** Take one row's blocks from the file's bytes, a DataView; `at`: where its first block lies there. */
  take(row, view, at) {
    for (let block = 0; block < this.blocks; block++) {
      const from = at + block * Q4_BYTES;
      const to = block * this.rows + row;
      this.scales[2 * to] = float16(view.getUint16(from, true));
      this.scales[2 * to + 1] = float16(view.getUint16(from + 2, true));
      for (let word = 0; word < 4; word++) this.words[4 * to + word] = view.getUint32(from + 4 + 4 * word, true);
    }
  }

  /** out = matrix @ x for T vectors: x (T, columns), out (T, rows). */
  times(x, T, out) {
    const { rows, blocks, words, scales } = this;
    const columns = blocks * BLOCK;
    out.fill(0, 0, T * rows);
    for (let block = 0; block < blocks; block++) {
      for (let t = 0; t < T; t++) {
        const at = t * columns + block * BLOCK;
        let sum = 0;
        for (let i = 0; i < BLOCK; i++) sum += x[at + i];
        add(words, scales, block * rows, rows, tabulate(x, at), sum, out, t * rows);
      }
    }
  }
}

/** Add what 32 columns contribute to each row. */
function add(words, scales, first, rows, worth, sum, out, to) {
  const T = tables;
  for (let row = 0; row < rows; row++) {
    const at = (first + row) << 2;
    const a = words[at], b = words[at + 1], c = words[at + 2], d = words[at + 3];
    const one = (T[a & 255] + T[256 + ((a >>> 8) & 255)] + T[512 + ((a >>> 16) & 255)] + T[768 + (a >>> 24)]) | 0;
    const two = (T[1024 + (b & 255)] + T[1280 + ((b >>> 8) & 255)] + T[1536 + ((b >>> 16) & 255)] + T[1792 + (b >>> 24)]) | 0;
    const three = (T[2048 + (c & 255)] + T[2304 + ((c >>> 8) & 255)] + T[2560 + ((c >>> 16) & 255)] + T[2816 + (c >>> 24)]) | 0;
    const four = (T[3072 + (d & 255)] + T[3328 + ((d >>> 8) & 255)] + T[3584 + ((d >>> 16) & 255)] + T[3840 + (d >>> 24)]) | 0;
    const pair = (first + row) << 1;
    out[to + row] += scales[pair] * worth * ((one + two + three + four) | 0) + scales[pair + 1] * sum;
  }
}

/** A table of Q8_0, rows x (32 * blocks): rows are looked up, or all are multiplied by a vector. */
export class Matrix8 {
  constructor(rows, blocks) {
    this.rows = rows;
    this.blocks = blocks;
    this.numbers = new Int8Array(rows * blocks * BLOCK);
    this.scales = new Float32Array(rows * blocks);
  }

  take(row, view, at) {
    for (let block = 0; block < this.blocks; block++) {
      const from = at + block * Q8_BYTES;
      const to = row * this.blocks + block;
      this.scales[to] = float16(view.getUint16(from, true));
      for (let i = 0; i < BLOCK; i++) this.numbers[to * BLOCK + i] = view.getInt8(from + 2 + i);
    }
  }

  /** One row as numbers, into out from `to` on. */
  row(row, out, to) {
    for (let block = 0; block < this.blocks; block++) {
      const at = (row * this.blocks + block) * BLOCK;
      for (let i = 0; i < BLOCK; i++) out[to + block * BLOCK + i] = this.scales[row * this.blocks + block] * this.numbers[at + i];
    }
  }

  /** out = matrix @ x for one vector, rows from `first` on. */
  times(x, out, first = 0) {
    const { blocks, numbers, scales } = this;
    const whole = new Int32Array(blocks * BLOCK);
    const worth = new Float64Array(blocks);
    for (let block = 0; block < blocks; block++) {
      worth[block] = round(x, block * BLOCK, WHOLE_8);
      whole.set(rounded, block * BLOCK);
    }
    for (let row = first; row < this.rows; row++) {
      let total = 0;
      for (let block = 0; block < blocks; block++) total += scales[row * blocks + block] * worth[block] * dot(numbers, (row * blocks + block) * BLOCK, whole, block * BLOCK);
      out[row - first] = total;
    }
  }
}

/** The product of 32 whole numbers with 32 others. */
function dot(numbers, at, whole, from) {
  let one = 0, two = 0;
  for (let i = 0; i < BLOCK; i += 4) {
    one = (one + Math.imul(numbers[at + i], whole[from + i]) + Math.imul(numbers[at + i + 1], whole[from + i + 1])) | 0;
    two = (two + Math.imul(numbers[at + i + 2], whole[from + i + 2]) + Math.imul(numbers[at + i + 3], whole[from + i + 3])) | 0;
  }
  return (one + two) | 0;
}
