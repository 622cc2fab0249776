/* How the next token is chosen: as scratch.model.generate does it, but for the random numbers, which are those of
   exhibits.writer.sampling. So a seed means the same in the page and in the run that printed it. */

/** The best entry; the first one of equals. */
export function best(scores) {
  let found = 0;
  for (let id = 1; id < scores.length; id++) if (scores[id] > scores[found]) found = id;
  return found;
}

/** Entries from the best on, of equals the first one first: the ids of the `most` best. */
export function ranked(scores, most) {
  return Array.from(scores.keys()).sort((one, other) => scores[other] - scores[one] || one - other).slice(0, most);
}

/** Probabilities of being drawn, summing to 1. temperature: above 0; topK: how many entries stay, 0 for all. */
export function sharesOf(scores, temperature = 1, topK = 0) {
  const kept = topK > 0 && topK < scores.length ? ranked(scores, topK) : scores.keys();
  const shares = new Float64Array(scores.length);
  const highest = scores[best(scores)];
  let sum = 0;
  for (const id of kept) sum += shares[id] = Math.exp((scores[id] - highest) / temperature);
  for (let id = 0; id < shares.length; id++) shares[id] /= sum;
  return shares;
}

/** The entry at which the shares, added up from the first entry on, exceed a number from 0 to below 1. */
export function draw(shares, number) {
  let sum = 0;
  let last = 0;
  for (let id = 0; id < shares.length; id++) {
    if (shares[id] === 0) continue;
    sum += shares[id];
    if (number < sum) return id;
    last = id;
  }
  return last; // the sum of all may be a hair below 1
}

/** Random numbers from 0 to below 1, the same for the same seed: SplitMix32 (a counter, its bits mixed). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  };
}
