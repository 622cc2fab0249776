/* The places of an exhibit, by the names that its printer gave them: data-part="chips-total". Never by order or tag: a printer
   may set marks of its own inside a line, and one exhibit may hold others. */

const named = (name) => `[data-part="${name}"]`;

/** The place of a name. Throws an Error where there is none. */
export function part(host, name) {
  const found = host.querySelector(named(name));
  if (!found) throw new Error(`the exhibit has no part ${name}; print the page anew`);
  return found;
}

/** All places of a name. */
export const parts = (host, name) => [...host.querySelectorAll(named(name))];

/** What the printer left for the script. */
export const given = (host, name) => JSON.parse(part(host, name).textContent);
