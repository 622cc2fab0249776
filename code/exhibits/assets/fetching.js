/* Fetch a file and report the progress. */

/** Returns a promise of the file, a Blob. report: called with {loaded: bytes so far, of: all bytes, or 0 if unknown}. */
export async function fetched(address, report) {
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
    report({ loaded, of });
  }
  return new Blob(parts);
}
