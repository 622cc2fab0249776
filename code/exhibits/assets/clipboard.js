/* Buttons that copy, and say so for a moment. */

/** Say something on a button for a moment, and to a screen reader. */
export function flash(button, text, spoken, tell) {
  const before = button.dataset.name ?? button.textContent;
  button.dataset.name = before;
  button.textContent = text;
  tell(spoken);
  setTimeout(() => { button.textContent = before; }, 2000);
}

export async function copy(text, button, done, tell) {
  try {
    await navigator.clipboard.writeText(text);
    flash(button, done, done, tell);
  } catch {
    flash(button, "Copying is not allowed here", "The browser does not let this page copy", tell);
  }
}
