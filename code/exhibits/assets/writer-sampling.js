/* How the next token is chosen: as scratch.model.generate does it, but for the random numbers, which are those of
   exhibits.writer.sampling. So a seed means the same in the page and in the run that printed it. */

/** The id of the highest logit; the first one of equals. */
export function best(logits) {
  let top = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[top]) top = id;
  return top;
}

/** The ids of the `most` highest logits, the highest first; of equals the first one first. */
export function ranked(logits, most) {
  return Array.from(logits.keys()).sort((one, other) => logits[other] - logits[one] || one - other).slice(0, most);
}

/** The probabilities of being drawn, summing to 1. temperature: above 0; topK: how many entries stay, 0 for all. */
export function probabilities(logits, temperature = 1, topK = 0) {
  const among = topK > 0 && topK < logits.length ? ranked(logits, topK) : logits.keys();
  const parts = new Float64Array(logits.length);
  const highest = logits[best(logits)];
  let sum = 0;
  for (const id of among) sum += parts[id] = Math.exp((logits[id] - highest) / temperature);
  for (let id = 0; id < parts.length; id++) parts[id] /= sum;
  return parts;
}

/** The first id at which the cumulative probability exceeds a number in [0, 1). */
export function draw(parts, number) {
  let sum = 0;
  let last = 0;
  for (let id = 0; id < parts.length; id++) {
    if (parts[id] === 0) continue;
    sum += parts[id];
    if (number < sum) return id;
    last = id;
  }
  return last; // the sum of all may be a hair below 1
}

/** Random numbers in [0, 1), the same for the same seed: SplitMix32 (a counter, its bits mixed). */
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
