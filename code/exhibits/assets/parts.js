/* Find the parts of an exhibit by the names that it was printed with: data-part="chips-total". Never by order or tag: a
   printer may set marks of its own inside a line, and one exhibit may hold others. */

const named = (name) => `[data-part="${name}"]`;

/** The element of a name. Throws an Error if there is none. */
export function part(host, name) {
  const found = host.querySelector(named(name));
  if (!found) throw new Error(`the exhibit has no part ${name}; print the page anew`);
  return found;
}

/** All elements of a name. */
export const parts = (host, name) => [...host.querySelectorAll(named(name))];

/** The data that was printed for the script. */
export const given = (host, name) => JSON.parse(part(host, name).textContent);
