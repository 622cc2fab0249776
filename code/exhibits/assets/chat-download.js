/* A model's shards, one after another, kept by the browser's Cache Storage: what is kept is not loaded again, each shard is known
   by its SHA-256, and a shard that is lost leaves the others as they are. */

const NAMES = "talk-"; // what the names of our caches begin with

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

async function sha256(bytes) {
  if (!globalThis.crypto?.subtle) return null; // only from a server with https, or on this machine
  return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("");
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

  /** Load the files that are missing; take(number, bytes) has each one. After a failure it may be called again and goes on.
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
    const kept = await this.store?.match(address);
    if (kept) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      if (await fits(bytes, file)) return bytes;
      await this.store.delete(address); // damaged, or cut short
    }
    const bytes = await this.#fetched(address, file);
    if (!(await fits(bytes, file))) throw new Error("what came is not what was sent");
    await this.#keep(address, bytes);
    return bytes;
  }

  async #fetched(address, { bytes: size }) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    const bytes = new Uint8Array(size);
    const reader = answer.body.getReader();
    let at = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) throw new Error("what came is longer than what was sent");
      bytes.set(value, at);
      at += value.length;
      this.tell({ loaded: this.loaded + at, of: this.of });
    }
    return bytes.subarray(0, at);
  }

  async #keep(address, bytes) {
    if (!this.store) return;
    try {
      await this.store.put(address, new Response(bytes, { headers: { "Content-Type": "application/octet-stream" } }));
    } catch (error) {
      const full = error.name === "QuotaExceededError";
      this.#memory(full ? "the browser has no room left for this site" : `the browser refuses (${error.message})`);
    }
  }
}

async function fits(bytes, file) {
  if (bytes.length !== file.bytes) return false;
  const found = await sha256(bytes);
  return found === null || found === file.sha256;
}
