/* Download a model's shards, one after another, into the browser's Cache Storage, each checked by its SHA-256; what is
   kept is not loaded again, and a shard that is lost leaves the others as they are. */

const NAMES = "talk-"; // what the names of our caches begin with
const ALTERED = "what came is not what was sent";

/** The name of a model's cache; key: what changes with the model. */
export const cacheName = (key) => `${NAMES}${key}`;

/** How many of a model's files the browser keeps. Returns a promise of a number. */
export async function keptFiles(key) {
  if (!globalThis.caches || !(await caches.has(cacheName(key)))) return 0;
  return (await (await caches.open(cacheName(key))).keys()).length;
}

/** Remove what is kept, of this model and of earlier ones; `but`: the key of one that stays. */
export async function removeKept(but = null) {
  if (!globalThis.caches) return;
  const names = (await caches.keys()).filter((name) => name.startsWith(NAMES) && (but === null || name !== cacheName(but)));
  await Promise.all(names.map((name) => caches.delete(name)));
}

export class Download {
  /** files: {file, bytes, sha256} in order; base: the address beside which they lie; tell: hears {loaded, of} in bytes and,
      once, {memory: why} if the browser keeps nothing. */
  constructor(files, base, key, tell) {
    this.files = files;
    this.base = base;
    this.key = key;
    this.tell = tell;
    this.next = 0; // the first file that has not been taken
    this.loaded = 0; // bytes of those before
    this.of = files.reduce((sum, file) => sum + file.bytes, 0);
    this.store = undefined; // null once nothing can be kept
  }

  /** Load the files that are missing; take(number, bytes) has each one and copies what it
      keeps. After a failure it may be called again and goes on.
      Throws an Error that says which part is lost. */
  async run(take) {
    if (this.store === undefined) await this.#open();
    while (this.next < this.files.length) {
      const bytes = await this.#file(this.files[this.next]).catch((error) => {
        throw new Error(`part ${this.next + 1} of ${this.files.length} could not be loaded: ${error.message}`);
      });
      this.loaded += bytes.length;
      this.tell({ loaded: this.loaded, of: this.of });
      await take(this.next, bytes);
      bytes.buffer.transfer?.(0); // ten megabytes less, and not when the collector comes by
      this.next += 1;
    }
  }

  async #open() {
    try {
      this.store = await caches.open(cacheName(this.key));
      await removeKept(this.key);
    } catch {
      this.#memory("this browser keeps no files for a page that comes without https or in a private window");
    }
  }

  #memory(why) {
    this.store = null;
    this.tell({ memory: why });
  }

  async #file(file) {
    const address = new URL(file.file, this.base).href;
    for (const kept of [true, false]) {
      if (!kept) await this.#keep(address);
      const found = await this.store?.match(address);
      if (!found) continue;
      const bytes = new Uint8Array(await found.arrayBuffer());
      if (await fits(bytes, file)) return bytes;
      await this.store.delete(address); // damaged, or cut short
      if (!kept) throw new Error(ALTERED);
    }
    const bytes = new Uint8Array(await (await this.#fetched(address)).arrayBuffer());
    if (!(await fits(bytes, file))) throw new Error(ALTERED);
    return bytes;
  }

  /** Fetch a file, and tell of each piece that comes. Returns a promise of a Response that nobody has read. */
  async #fetched(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    let at = 0;
    const counted = new TransformStream({
      transform: (piece, out) => {
        at += piece.length;
        this.tell({ loaded: this.loaded + at, of: this.of });
        out.enqueue(piece);
      },
    });
    return new Response(answer.body.pipeThrough(counted), { headers: { "Content-Type": "application/octet-stream" } });
  }

  /** Let the browser keep a file as it comes. */
  async #keep(address) {
    if (!this.store) return;
    const answer = await this.#fetched(address);
    try {
      await this.store.put(address, answer);
    } catch (error) {
      if (error.name === "TypeError") throw error; // the connection broke
      const full = error.name === "QuotaExceededError";
      this.#memory(full ? "the browser has no room left for this site" : `the browser refuses (${error.message})`);
    }
  }
}

/** Whether bytes are those of a file; their hash can be asked only where the page came by https, or from this machine. */
async function fits(bytes, file) {
  if (bytes.length !== file.bytes) return false;
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === file.sha256;
}
