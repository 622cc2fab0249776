/* Hold a share of the model in a worker of its own. It is told:
   {sizes, which, of}       -> {ready: true}
   {pieces, bytes}          takes its rows of a shard -> {taken: true}
   {attend, T, start, x}, {feed, T, x}, {head, x}: a part of the work -> {numbers} */

import { Share } from "./chat-share.js";

let share = null;

const done = {
  sizes: ({ sizes, which, of }) => {
    share = new Share(sizes, which, of);
    return { ready: true };
  },
  pieces: ({ pieces, bytes }) => {
    for (const piece of pieces) share.take(piece, new Uint8Array(bytes));
    bytes.transfer?.(0); // at once, and not when the collector comes by
    return { taken: true };
  },
  attend: ({ attend, x, T, start }) => ({ numbers: share.attend(attend, x, T, start) }),
  feed: ({ feed, x, T }) => ({ numbers: share.feed(feed, x, T) }),
  head: ({ x }) => ({ numbers: share.head(x) }),
};

addEventListener("message", ({ data }) => {
  const answer = done[Object.keys(done).find((name) => name in data)](data);
  postMessage(answer, answer.numbers ? [answer.numbers.buffer] : []);
});
