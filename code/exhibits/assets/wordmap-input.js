/* Listen to pointers and keys on a map's canvas. Both functions take the Explorer, whose actions they call. */

const STEP = 0.08; // of half the field, that a key moves the map
const [FINGER, MOUSE] = [24, 12]; // px from a word at which it is hit
const STILL = 4; // px that a pointer may move and still pick a word

/** One pointer moves the map or picks a word, two zoom. A finger that goes up or down scrolls the page. */
export function listenToPointers(map) {
  const { canvas, view } = map;
  const grips = new Map(); // pointer -> its point
  let moved = false;
  const point = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  const word = (event) => view.at(...point(event), event.pointerType === "touch" ? FINGER : MOUSE);
  const middle = () => { const all = [...grips.values()]; return [0, 1].map((axis) => all.reduce((sum, one) => sum + one[axis], 0) / all.length); };
  const distance = () => { const [[a, b], [c, d]] = [...grips.values()]; return Math.hypot(a - c, b - d); };
  canvas.addEventListener("pointerdown", (event) => {
    if (!grips.size) moved = false;
    grips.set(event.pointerId, point(event));
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!grips.has(event.pointerId)) { if (event.pointerType !== "touch") map.hover(word(event)); return; }
    const [before, wide] = [middle(), grips.size === 2 ? distance() : 0];
    const [x, y] = point(event);
    if (!moved && grips.size === 1 && Math.hypot(x - before[0], y - before[1]) < STILL) return;
    moved = true;
    grips.set(event.pointerId, [x, y]);
    map.hover(-1);
    const now = middle();
    const half = view.side / 2;
    if (wide && !view.camera.deep) view.zoom(distance() / wide, ...now);
    else if (wide) view.zoom(distance() / wide);
    view.move((now[0] - before[0]) / half, (before[1] - now[1]) / half);
    map.moved();
  });
  canvas.addEventListener("pointerup", (event) => {
    const picked = grips.has(event.pointerId) && !moved ? word(event) : -1;
    grips.delete(event.pointerId);
    if (picked < 0) return;
    if (event.shiftKey) map.compare(picked);
    else map.choose(picked);
  });
  canvas.addEventListener("pointercancel", (event) => grips.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => map.hover(-1));
  canvas.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    map.zoom(Math.exp(-event.deltaY / 200), ...point(event));
  }, { passive: false });
}

/** Do what a key asks for, as the note below the map explains. */
export function pressed(map, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const way = ways[event.key];
  if (way && event.shiftKey) { map.view.move(-way[0] * STEP, -way[1] * STEP); map.moved(); }
  else if (way) map.walk(...way);
  else if (event.key === "n" || event.key === "N") map.onward();
  else if (event.key === "Backspace") map.backward();
  else if (event.key === "c" || event.key === "C") map.hold();
  else if (event.key === "Escape" && map.second >= 0) map.compare(-1);
  else if (event.key === "+" || event.key === "=") map.zoom(1.4);
  else if (event.key === "-") map.zoom(1 / 1.4);
  else if (event.key === "0") map.reset();
  else return;
  event.preventDefault();
}
