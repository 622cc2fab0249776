/* Make a list of chips a list box: the Tab key stops once in it, arrows move inside, pointing marks a chip, and Enter or a
   tap holds the mark. */

export class Listbox {
  /** list: an <ol>; mark: called with the index of the chip that is pointed at, or -1, and whether a mouse only passes over it. */
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
    list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.mark(this.indexOf(event.target), true));
    list.addEventListener("pointerleave", () => this.mark(this.pinned));
    list.addEventListener("click", (event) => this.pin(this.indexOf(event.target)));
    list.addEventListener("focusin", (event) => {
      if (event.target.matches(":focus-visible")) this.mark(this.indexOf(event.target));
    });
    list.addEventListener("focusout", () => this.mark(this.pinned));
    list.addEventListener("keydown", (event) => this.pressed(event));
  }

  indexOf(target) {
    return [...this.list.children].indexOf(target.closest("li"));
  }

  /** Hold the mark at an index, or release it if it is held there. */
  pin(index) {
    if (index < 0) return;
    this.hold(index === this.pinned ? -1 : index);
    this.reach(index);
  }

  hold(index) {
    this.held?.setAttribute("aria-selected", "false");
    this.pinned = index;
    this.held = this.list.children[index] ?? null;
    this.held?.setAttribute("aria-selected", "true");
    this.mark(index);
  }

  /** Let the Tab key stop at one chip of the list. */
  reach(index) {
    this.at = Math.max(0, index);
    const chip = this.list.children[this.at] ?? null;
    if (chip === this.reached) return;
    this.reached?.setAttribute("tabindex", "-1");
    this.reached = chip;
    chip?.setAttribute("tabindex", "0");
  }

  pressed(event) {
    const last = this.list.children.length - 1;
    const [forward, backward] = this.list.dir === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const index = this.indexOf(event.target);
    const goal = { [forward]: index + 1, [backward]: index - 1, Home: 0, End: last }[event.key];
    if (goal !== undefined) {
      event.preventDefault();
      this.reach(Math.min(last, Math.max(0, goal)));
      this.list.children[this.at].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.pin(index);
    } else if (event.key === "Escape") {
      this.hold(-1);
      this.mark(index);
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
