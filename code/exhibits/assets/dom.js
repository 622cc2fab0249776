/* Make elements, and write numbers, for the other modules. */

/** Make an element: its properties, its attributes, and what is inside. */
export function element(tag, { attributes = {}, ...fields } = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), fields);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

/** Write a whole number with a comma at each thousand; Intl.NumberFormat holds a slow browser for a tenth of a second. */
export const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
export const many = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
export const hex = (byte) => byte.toString(16).toUpperCase().padStart(2, "0");

/** Write a cosine: two decimals, a minus sign; what rounds to 0 has no sign. */
export const cosineText = (cosine) => cosine.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "\u2212");
