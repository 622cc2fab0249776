/* How the next token of an answer is chosen: temperature, then top-p, as scratch.model.generate does it; and which entries were
   likeliest. Tables of 50,000 entries are never sorted whole. */

import { best, draw } from "./writer-sampling.js";

const FAR = 30; // an entry so many units of logit below the best has less than 1e-13 of its probability

/** The ids of the `most` best, the best first. */
export function leading(logits, most) {
  const found = [];
  for (let id = 0; id < logits.length; id++) {
    if (found.length === most && logits[id] <= logits[found[most - 1]]) continue;
    let at = found.length < most ? found.length : most - 1;
    for (; at > 0 && logits[found[at - 1]] < logits[id]; at--) found[at] = found[at - 1];
    found[at] = id;
  }
  return found;
}

/** The logarithm of the sum of all exponentials: a logit minus it is the logarithm of a probability. */
export function logSum(logits) {
  const highest = logits[best(logits)];
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id] - highest);
  return highest + Math.log(sum);
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

/** What is told of one token: its probability, its rank (1 is the best), and the `most` likeliest with theirs. */
export function told(logits, id, most) {
  const sum = logSum(logits);
  let rank = 1;
  for (let other = 0; other < logits.length; other++) rank += logits[other] > logits[id] || (logits[other] === logits[id] && other < id);
  return { id, p: Math.exp(logits[id] - sum), rank, top: leading(logits, most).map((one) => [one, Math.exp(logits[one] - sum)]) };
}
