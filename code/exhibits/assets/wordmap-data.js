/* Read the file of a map of words, as exhibits.wordmap.map_file writes it: points and rounded vectors of all words at all
   steps. Neighbours and cosines are computed from the vectors, in all dimensions, when they are asked for. */

const POINT = 32767; // the integer of a coordinate of 1
const AXES = 3;
const CACHED = 64; // answers of `near`

/** Fetch the file and unpack it; mark: the id that the page and its file share. Returns a promise of a MapData. */
export async function readMap(address, mark) {
  const answer = await fetch(`${address}?${mark}`); // another printing of the page has another mark, and asks anew
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const stream = answer.body.pipeThrough(new DecompressionStream("gzip"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  if (head.mark !== mark) throw new Error("its file belongs to another printing of this page");
  return new MapData(head, buffer, 4 + length);
}

export class MapData {
  constructor(head, buffer, start) {
    Object.assign(this, head); // words, counts, groups, member, steps, pairs, count, width, grouped
    const coordinates = this.steps.length * AXES * this.count;
    this.points = new Int16Array(buffer, start, coordinates); // step, axis, word
    this.levels = new Int8Array(buffer, start + 2 * coordinates); // step, dimension, word
    const table = this.width * this.count;
    for (let at = table; at < this.levels.length; at++) this.levels[at] += this.levels[at - table]; // modulo 256
    this.number = new Map(this.words.map((word, index) => [word, index]));
    this.lengths = this.steps.map(() => null); // of the rounded vectors, a table for each step that was asked for
    this.answers = new Map();
  }

  coordinate(step, axis, word) {
    return this.points[(step * AXES + axis) * this.count + word] / POINT;
  }

  #lengths(step) {
    if (!this.lengths[step]) {
      const squares = new Int32Array(this.count);
      const first = step * this.width * this.count;
      for (let axis = 0, at = first; axis < this.width; axis++) {
        for (let word = 0; word < this.count; word++, at++) squares[word] += this.levels[at] * this.levels[at];
      }
      this.lengths[step] = Float64Array.from(squares, Math.sqrt);
    }
    return this.lengths[step];
  }

  /** Cosines of a word with all words. Returns Float64Array; 0 for a vector of length 0. */
  cosines(step, word) {
    const sums = new Int32Array(this.count);
    const first = step * this.width * this.count;
    for (let axis = 0, at = first; axis < this.width; axis++) {
      const own = this.levels[at + word];
      for (let other = 0; other < this.count; other++, at++) sums[other] += own * this.levels[at];
    }
    const lengths = this.#lengths(step);
    return Float64Array.from(sums, (sum, other) => (sum === 0 ? 0 : sum / (lengths[word] * lengths[other])));
  }

  /** The cosine of two words. */
  cosine(step, one, other) {
    const lengths = this.#lengths(step);
    let sum = 0;
    for (let axis = 0, at = step * this.width * this.count; axis < this.width; axis++, at += this.count) {
      sum += this.levels[at + one] * this.levels[at + other];
    }
    return sum === 0 ? 0 : sum / (lengths[one] * lengths[other]);
  }

  /** The nearest words, the closest first: [{word, cosine}]; of two equally near the first word comes first. Where `grouped`, only
      words of the groups count. */
  near(step, word, most = 10) {
    const asked = `${step} ${word} ${this.grouped}`;
    if (!this.answers.has(asked)) {
      const all = this.cosines(step, word);
      const nearest = [];
      for (let other = 0; other < this.count; other++) {
        if (other === word || (this.grouped && this.member[other] < 0) || (nearest.length === most && all[other] <= nearest[most - 1].cosine)) continue;
        let at = nearest.length;
        while (at > 0 && nearest[at - 1].cosine < all[other]) at -= 1;
        nearest.splice(at, 0, { word: other, cosine: all[other] });
        if (nearest.length > most) nearest.pop();
      }
      if (this.answers.size >= CACHED) this.answers.clear();
      this.answers.set(asked, nearest);
    }
    return this.answers.get(asked);
  }
}
