/* Choose the next token by temperature, top-k or top-p, as scratch.model.generate does it. A seed of the random numbers, those
   of exhibits.writer.portable_random, means the same in the page and in the run that printed it. A table of 50,000 entries
   is never sorted whole. */

const FAR = 30; // an entry so many units of logit below the best has less than 1e-13 of its probability

/** The id of the highest logit; the first one of equals. */
export function best(logits) {
  let top = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[top]) top = id;
  return top;
}

/** The ids of the `most` highest logits, the highest first; of equals the first one first. */
export function ranked(logits, most) {
  const found = [];
  for (let id = 0; id < logits.length; id++) {
    if (found.length === most && logits[id] <= logits[found[most - 1]]) continue;
    let at = found.length < most ? found.length : most - 1;
    for (; at > 0 && logits[found[at - 1]] < logits[id]; at--) found[at] = found[at - 1];
    found[at] = id;
  }
  return found;
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

/** Choose an entry. temperature: 0 takes the best; topP: the best entries that together have so much stay; random: gives
    numbers from 0 to below 1. */
export function choose(logits, temperature, topP, random) {
  if (temperature === 0) return best(logits);
  const highest = logits[best(logits)];
  const near = [];
  for (let id = 0; id < logits.length; id++) if ((logits[id] - highest) / temperature > -FAR) near.push(id);
  near.sort((one, other) => logits[other] - logits[one] || one - other);
  const weights = near.map((id) => Math.exp((logits[id] - highest) / temperature));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  let kept = 0;
  while (kept < near.length && (topP >= 1 || before < topP)) before += weights[kept++] / all;
  return near[draw(weights.slice(0, kept).map((weight) => weight / all / before), random())];
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

/** The logarithm of the sum of all exponentials: a logit minus it is the logarithm of a probability. */
export function logSum(logits) {
  const highest = logits[best(logits)];
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id] - highest);
  return highest + Math.log(sum);
}

/** One token's probability, its rank (1 is the best), and the `most` likeliest with their probabilities. */
export function tokenDetails(logits, id, most) {
  const sum = logSum(logits);
  let rank = 1;
  for (let other = 0; other < logits.length; other++) rank += logits[other] > logits[id] || (logits[other] === logits[id] && other < id);
  return { id, p: Math.exp(logits[id] - sum), rank, top: ranked(logits, most).map((one) => [one, Math.exp(logits[one] - sum)]) };
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
