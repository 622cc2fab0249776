/* Keep settings in the address's fragment, #word=cat&step=400: what a live part shows, so that a link to it can be passed
   on. Several parts of a page share it: each reads and writes its own names and leaves the others' alone. */

function parts() {
  return location.hash.slice(1).split("&").filter((part) => part.includes("=")); // an anchor alone is no setting
}

/** What a name is set to, or null. */
export function setting(name) {
  const part = parts().find((one) => one.startsWith(`${name}=`));
  try {
    return part === undefined ? null : decodeURIComponent(part.slice(name.length + 1));
  } catch {
    return null; // not written by `keep`
  }
}

/** The page's address with other settings: {name: text}, null to take one out. Lone surrogates become U+FFFD. */
export function addressWith(settings) {
  const kept = parts().filter((part) => !(part.split("=", 1)[0] in settings));
  const own = Object.entries(settings).filter(([, text]) => text !== null)
    .map(([name, text]) => `${name}=${encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"))}`);
  const address = new URL(location.href);
  address.hash = [...kept, ...own].join("&");
  return address.hash ? address.href : address.href.replace(/#$/, "");
}

/** Write settings into the address, without a new entry in the browser's history. */
export function keep(settings) {
  history.replaceState(history.state, "", addressWith(settings));
}
