/* Show the hits of a search with excerpts, and offer the nearest known word where there are none. press.js loads it with
   the index. */
const room = 32, before = 16;   // words of an excerpt; those before the word that was sought

const wordsOf = ({ raw_content: text }) => text.split(text.includes("\u200b") ? "\u200b" : /\s+/)   // as pagefind counts them
  .map((word) => word.replaceAll("&lt;", "<").replaceAll("&gt;", ">"));
/* What stands around the hits of a part, from the beginning of a sentence on. Date, title and heading are left out: the
   result's own line has them. */
export const excerpt = (one, part, make) => {
  const [words, { anchor, locations, weighted_locations: hits }] = [wordsOf(one), part];
  const length = (text) => text.trim().split(/\s+/).length;
  const heads = one.anchors.filter(({ element }) => /^h\d$/.test(element));
  let first = anchor ? anchor.location : length(`${one.meta.date ?? ""} ${one.meta.title}`);
  for (let head; (head = heads.find(({ location }) => location === first));) first += length(head.text);
  const bounds = one.anchors.filter((other) => heads.includes(other) || other.id === "apart").map(({ location }) => location);   // see press/publish/search_index.py
  const end = (from) => Math.min(from + room, words.length, ...bounds.filter((bound) => bound > from));
  const opens = (at) => at <= first || /[.!?…]["”’)\]]*$/.test(words[at - 1]);
  const begin = (place) => {
    let at = Math.max(first, place);
    while (!opens(at) && place - at < before) at -= 1;
    return at;
  };
  const worth = (from) => hits.map((hit) => ({ ...hit, place: Math.max(first, hit.location) }))
    .reduce((sum, { place, balanced_score: score }) => sum + (from <= place && place < end(from) ? score : 0), 0);
  const from = hits.map((hit) => begin(hit.location)).reduce((best, other) => (worth(other) > worth(best) ? other : best), first);
  const shown = words.slice(from, end(from)).map((word, at) => (locations.includes(from + at) ? make("mark", { textContent: word }) : word));
  return [opens(from) ? "" : "… ", ...shown.flatMap((word) => [word, " "]), end(from) === from + room ? "…" : ""];
};
/* Of a word that no page has, pagefind takes letters off the end until something begins so, down to a single one.
   That finds "tokenizer" for "tokenizing" or "tokeni", and anything for "zzqqxx": more than half must be there. */
const letters = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
export const contains = (one, query) => {
  const words = wordsOf(one);
  const found = [one.meta.title, ...one.locations.map((place) => words[place])].map((word) => letters(word ?? ""));
  const parts = letters(query).match(/[\p{L}\p{N}]+/gu) ?? [];
  return parts.filter((part, _, { length }) => length === 1 || part.length > 1).every((part) => {
    const most = Math.max(3, Math.floor(part.length / 2) + 1);
    return found.some((word) => word.includes(part.slice(0, most)) || `${word.match(/[\p{L}\p{N}]+/u)}s` === part);
  });
};

/* How many letters must be typed, left out, changed or swapped with their neighbour to make one word of another
   (Damerau 1964); more than `most` are not counted. */
export function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [before, last, row] = [[], [], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i += 1) {
    [before, last, row] = [last, row, [i]];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return row.at(-1);
}

/* The known word that is nearest: fewest slips, then the same first letter, then the more frequent (they come so). */
export function nearest(word, known) {
  const most = word.length < 7 ? 1 : 2;
  let best = "", fewest = most + 1;
  for (const other of known) {
    const slips = distance(word, other, most) + (other[0] === word[0] ? 0 : 0.5);
    if (slips < fewest) [best, fewest] = [other, slips];
  }
  return best;
}

let list;
/* The query with each unknown word of four letters or more replaced by the nearest known one; "" if one of them is like no word. */
export async function suggestion(query, address) {
  list ??= fetch(address).then((answer) => (answer.ok ? answer.text() : "")).then((text) => text.split("\n").filter(Boolean));
  const known = await list;
  const typed = letters(query).match(/[\p{L}\p{N}-]+/gu) ?? [];
  const meant = typed.map((word) => (word.length < 4 || known.includes(word) ? word : nearest(word, known)));
  return meant.every(Boolean) && meant.join(" ") !== typed.join(" ") ? meant.join(" ") : "";
}
