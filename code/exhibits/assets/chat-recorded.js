/* Take a recorded conversation from the page, as exhibits.chat.recorded_steps gives it, in the form of one that was had here. */

const bytes = (text) => Array.from(text, (byte) => byte.charCodeAt(0));

/** given: {turns, tokens, end}. Returns the turns, {role, text} or {role, ids, steps}, and words, which gives the bytes of an id. */
export function replay({ turns, tokens, end }) {
  const spelled = new Map(Object.entries(tokens).map(([id, text]) => [Number(id), bytes(text)]));
  const told = turns.map(({ role, text, steps }) => {
    if (!steps.length) return { role, text };
    const all = steps.map(([id, p, rank, top]) => ({ id, p, rank, top, end: id === end }));
    return { role, ids: all.filter((step) => !step.end).map(({ id }) => id), steps: all };
  });
  return { turns: told, words: (id) => spelled.get(id) ?? [] };
}
