/* Fetch a file and tell how far it is. */

/** Returns a promise of the file, a Blob. `tell` hears {loaded: bytes so far, of: bytes, or 0 where nobody knows}. */
export async function fetched(address, tell) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const of = answer.headers.get("Content-Encoding") ? 0 : Number(answer.headers.get("Content-Length"));
  const parts = [];
  let loaded = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    tell({ loaded, of });
  }
  return new Blob(parts);
}
