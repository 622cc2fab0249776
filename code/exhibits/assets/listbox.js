/* A list of chips that can be walked: the Tab key stops once in it, arrows move inside, pointing marks a chip, and Enter or
   a tap holds the mark. */

export class Listbox {
  /** list: an <ol>; mark: is told the place of the chip that is looked at, or -1 for none. */
  constructor(list, mark) {
    this.list = list;
    this.mark = mark;
    this.at = 0; // the chip that the Tab key reaches
    this.pinned = -1;
    this.held = null; // the chip that is selected
    this.reached = null; // the chip at this.at; it moves when others are put before it
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-orientation", "horizontal");
    [...list.children].forEach(option);
    this.reach(0);
    list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.mark(this.placeOf(event.target)));
    list.addEventListener("pointerleave", () => this.mark(this.pinned));
    list.addEventListener("click", (event) => this.pin(this.placeOf(event.target)));
    list.addEventListener("focusin", (event) => {
      if (event.target.matches(":focus-visible")) this.mark(this.placeOf(event.target));
    });
    list.addEventListener("focusout", () => this.mark(this.pinned));
    list.addEventListener("keydown", (event) => this.pressed(event));
  }

  placeOf(target) {
    return [...this.list.children].indexOf(target.closest("li"));
  }

  /** Hold the mark at a place, or let it go if it is held there already. */
  pin(place) {
    if (place < 0) return;
    this.hold(place === this.pinned ? -1 : place);
    this.reach(place);
  }

  hold(place) {
    this.held?.setAttribute("aria-selected", "false");
    this.pinned = place;
    this.held = this.list.children[place] ?? null;
    this.held?.setAttribute("aria-selected", "true");
    this.mark(place);
  }

  /** Let the Tab key stop at one chip of the list. */
  reach(place) {
    this.at = Math.max(0, place);
    const chip = this.list.children[this.at] ?? null;
    if (chip === this.reached) return;
    this.reached?.setAttribute("tabindex", "-1");
    this.reached = chip;
    chip?.setAttribute("tabindex", "0");
  }

  pressed(event) {
    const last = this.list.children.length - 1;
    const [forward, backward] = this.list.dir === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const place = this.placeOf(event.target);
    const goal = { [forward]: place + 1, [backward]: place - 1, Home: 0, End: last }[event.key];
    if (goal !== undefined) {
      event.preventDefault();
      this.reach(Math.min(last, Math.max(0, goal)));
      this.list.children[this.at].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.pin(place);
    } else if (event.key === "Escape") {
      this.hold(-1);
      this.mark(place);
    }
  }
}

/** Make a chip an option of a list box. Its name becomes an attribute: a part out of sight, in each of 600 chips, would
    have to be laid out and painted after every key. */
export function option(item) {
  const name = item.querySelector(".ex-sr");
  if (name) {
    item.setAttribute("aria-label", name.textContent);
    name.remove();
  }
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.setAttribute("tabindex", "-1");
  return item;
}
