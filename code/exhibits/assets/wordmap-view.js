/* Draw a map of words on a canvas: the camera, where each word is seen, names that don't overlap. It knows no control. */

const INSET = 0.94; // of the field is used, as in exhibits.wordmap.still_map
const SHAPES = 4; // as many as exhibits.wordmap.still_map has glyphs
const [NEAREST, FARTHEST] = [12, 0.7]; // zoom
const DOT = 3; // px
const [APART, LINE] = [6, 15]; // px between two names of one line, and between two lines
const CROWDED = 1.8; // zoom from which words without a group are named, too

/** What is seen at first: two or three dimensions, zoom, the shift in halves of the field, two angles. */
export const START = { deep: false, zoom: 1, across: 0, down: 0, yaw: 0.6, pitch: 0.35 };

/** Write a camera for the address; null for the one at the start. */
export function cameraText({ deep, zoom, across, down, yaw, pitch }) {
  if (!deep && zoom === START.zoom && !across && !down) return null;
  const numbers = [zoom, across, down, ...(deep ? [yaw, pitch] : [])];
  return [deep ? "3d" : "2d", ...numbers.map((one) => String(Math.round(one * 100) / 100))].join(",");
}

/** Read a camera from the address, or null; what is missing or no number is that of the start. */
export function cameraFrom(text) {
  const [kind, ...numbers] = (text ?? "2d").split(",");
  const given = ["zoom", "across", "down", "yaw", "pitch"].map((name, at) => [name, Number(numbers[at])]).filter(([, value]) => Number.isFinite(value));
  const camera = { ...START, deep: kind === "3d", ...Object.fromEntries(given) };
  return { ...camera, zoom: Math.min(NEAREST, Math.max(FARTHEST, camera.zoom || 1)) };
}

export class MapView {
  /** camera: what is seen, and changed from outside; time: a step's number, in between while a word is on its way. */
  constructor(canvas, data) {
    this.canvas = canvas;
    this.data = data;
    this.pen = canvas.getContext("2d");
    this.camera = { ...START };
    this.hidden = new Set(); // groups
    this.side = 0;
    this.points = new Float32Array(3 * data.count); // places at `time`, on the three axes
    this.spots = new Float32Array(3 * data.count); // x and y in px, depth in [-1, 1]
    this.widths = new Float32Array(data.count); // of names, px; 0: not measured yet
    const numbers = data.words.map((_, word) => word);
    this.grouped = numbers.filter((word) => data.member[word] >= 0);
    this.others = numbers.filter((word) => data.member[word] < 0).sort((a, b) => data.counts[b] - data.counts[a]);
    this.#at(data.steps.length - 1);
  }

  /** Colours by name, and the font of names. */
  set ink(ink) {
    this.colours = ink;
    this.widths.fill(0);
  }

  set time(time) {
    if (time !== this.now) this.#at(time);
  }

  get time() {
    return this.now;
  }

  #at(time) {
    this.now = time;
    const { data, points } = this;
    const before = Math.floor(time);
    const after = Math.min(before + 1, data.steps.length - 1);
    const share = time - before;
    for (let axis = 0; axis < 3; axis++) {
      for (let word = 0; word < data.count; word++) {
        const from = data.coordinate(before, axis, word);
        points[3 * word + axis] = share ? from + share * (data.coordinate(after, axis, word) - from) : from;
      }
    }
  }

  #locate() {
    const { points, spots, camera } = this;
    const half = this.side / 2;
    const scale = INSET * camera.zoom * half;
    const [left, top] = [half + camera.across * half, half - camera.down * half];
    const [cosYaw, sinYaw, cosPitch, sinPitch] = [Math.cos(camera.yaw), Math.sin(camera.yaw), Math.cos(camera.pitch), Math.sin(camera.pitch)];
    for (let at = 0; at < points.length; at += 3) {
      let x = points[at];
      let y = points[at + 1];
      let z = 0;
      if (camera.deep) {
        const turned = x * cosYaw + points[at + 2] * sinYaw;
        const deep = points[at + 2] * cosYaw - x * sinYaw;
        z = y * sinPitch + deep * cosPitch;
        const near = 1 + 0.25 * z;
        x = turned * near;
        y = (y * cosPitch - deep * sinPitch) * near;
      }
      spots[at] = left + x * scale;
      spots[at + 1] = top - y * scale;
      spots[at + 2] = z;
    }
  }

  /** Zoom about a place of the field (px; its middle if none is given). */
  zoom(by, x = this.side / 2, y = this.side / 2) {
    const { camera } = this;
    const before = camera.zoom;
    camera.zoom = Math.min(NEAREST, Math.max(FARTHEST, before * by));
    const half = this.side / 2 || 1;
    const real = camera.zoom / before;
    const [right, up] = [(x - half) / half, (half - y) / half];
    camera.across = right + (camera.across - right) * real;
    camera.down = up + (camera.down - up) * real;
  }

  /** Move or, in three dimensions, turn; in halves of the field. */
  move(right, up) {
    const { camera } = this;
    if (camera.deep) { camera.yaw += right * 2.4; camera.pitch -= up * 2.4; } else { camera.across += right; camera.down += up; }
  }

  /** Move so that a word lies inside the field. */
  reveal(word) {
    if (!this.side) return; // nothing is drawn yet
    this.#locate();
    const half = this.side / 2;
    const inside = (place) => Math.min(this.side - 24, Math.max(24, place));
    const [x, y] = [this.spots[3 * word], this.spots[3 * word + 1]];
    this.camera.across += (inside(x) - x) / half;
    this.camera.down -= (inside(y) - y) / half;
  }

  off(word) {
    return this.hidden.has(this.data.member[word]);
  }

  /** The word at a place of the field, or -1; `reach` in px. */
  at(x, y, reach) {
    let best = -1;
    for (let word = 0; word < this.data.count; word++) {
      const away = Math.hypot(this.spots[3 * word] - x, this.spots[3 * word + 1] - y) + (this.data.member[word] < 0 ? 2 : 0);
      if (away < reach && !this.off(word)) [best, reach] = [word, away];
    }
    return best;
  }

  /** The next word from one on in a direction (right, up: -1, 0 or 1), or -1: near, and not far off the straight line. */
  towards(from, right, up) {
    this.#locate();
    const [x, y] = [this.spots[3 * from], this.spots[3 * from + 1]];
    let [best, least] = [-1, Infinity];
    for (let word = 0; word < this.data.count; word++) {
      const [dx, dy] = [this.spots[3 * word] - x, y - this.spots[3 * word + 1]];
      const ahead = dx * right + dy * up;
      const aside = Math.abs(dx * up) + Math.abs(dy * right);
      if (ahead <= 0.5 || aside > ahead || word === from || this.off(word)) continue;
      if (ahead + 2 * aside < least) [best, least] = [word, ahead + 2 * aside];
    }
    return best;
  }

  /** Draw. chosen, second, hovered: words or -1; near: words to which the chosen one is tied. */
  draw({ chosen, second, hovered, near }) {
    const { pen, canvas, spots, data, colours } = this;
    const ratio = devicePixelRatio || 1;
    this.side = canvas.clientWidth;
    const pixels = Math.round(this.side * ratio);
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    this.#locate();
    this.#dust(new Set([chosen, second, hovered, ...near]), pixels, ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const seen = (word) => spots[3 * word] > -9 && spots[3 * word] < this.side + 9 && spots[3 * word + 1] > -9 && spots[3 * word + 1] < this.side + 9;
    pen.strokeStyle = colours["ink-soft"];
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    const line = (one, other) => {
      pen.beginPath();
      pen.moveTo(spots[3 * one], spots[3 * one + 1]);
      pen.lineTo(spots[3 * other], spots[3 * other + 1]);
      pen.stroke();
    };
    near.forEach((word) => line(chosen, word));
    for (const word of this.grouped) {
      if (!seen(word)) continue;
      pen.globalAlpha = this.off(word) ? 0.12 : 0.9;
      pen.fillStyle = colours[`hue-${data.member[word] + 1}`];
      glyph(pen, data.member[word] % SHAPES, spots[3 * word], spots[3 * word + 1], 4 + spots[3 * word + 2]);
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = colours.machine;
    pen.lineWidth = 2;
    pen.setLineDash([5, 3]);
    if (second >= 0) {
      line(chosen, second);
      pen.setLineDash([]);
      ring(pen, spots[3 * second], spots[3 * second + 1]);
    }
    pen.setLineDash([]);
    pen.strokeStyle = colours.ink;
    ring(pen, spots[3 * chosen], spots[3 * chosen + 1]);
    this.#names([chosen, second, hovered, ...near].filter((word) => word >= 0), near.length);
  }

  /** Words without a group, as dots. They are written into the pixels, which replace the whole field: of thousands of
      dots a canvas's own rectangles would take four times as long. */
  #dust(lit, pixels, ratio) {
    if (this.image?.width !== pixels) {
      this.image = this.pen.createImageData(pixels, pixels);
      this.bits = new Uint32Array(this.image.data.buffer); // alpha, blue, green, red
    }
    const { spots, bits, camera } = this;
    const [red, green, blue] = this.colours["ink-soft"].match(/\d+/g).map(Number);
    const ink = (blue << 16) | (green << 8) | red;
    const size = Math.max(2, Math.round(DOT * ratio));
    bits.fill(0);
    for (const word of this.others) {
      const left = Math.round(spots[3 * word] * ratio - size / 2);
      const top = Math.round(spots[3 * word + 1] * ratio - size / 2);
      if (left < 0 || top < 0 || left + size > pixels || top + size > pixels) continue;
      const alpha = lit.has(word) ? 255 : Math.round(255 * (0.38 + (camera.deep ? 0.2 * spots[3 * word + 2] : 0)));
      const dot = (alpha << 24) | ink;
      for (let row = top * pixels + left, end = row + size * pixels; row < end; row += pixels) {
        for (let at = row; at < row + size; at++) bits[at] = dot;
      }
    }
    this.pen.putImageData(this.image, 0, 0);
  }

  /** Names where there is room, beside the word or on its other side, off all other names and marks: first those that are asked
      for, then of the groups, zoomed in of frequent words too. The chosen words are named in any case. */
  #names(asked, tied) {
    const { pen, data, colours, camera, side, spots } = this;
    const boxes = [];
    const marks = this.grouped.filter((word) => !this.off(word));
    const first = asked.length - tied;
    const most = Math.round(14 * camera.zoom + side / 12) + asked.length;
    pen.font = colours.font;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3;
    pen.strokeStyle = colours.paper;
    const named = new Set();
    const free = (word, left, right, y) => left >= 2 && right <= side - 2
      && boxes.every((box) => left > box.right + APART || right + APART < box.left || Math.abs(y - box.y) > LINE)
      && marks.every((other) => other === word || spots[3 * other] < left - 4 || spots[3 * other] > right + 4 || Math.abs(spots[3 * other + 1] - y) > LINE / 2);
    const name = (word, order) => {
      const [x, y] = [spots[3 * word], spots[3 * word + 1]];
      if (x < -20 || x > side + 20 || y < 0 || y > side || named.has(word)) return;
      this.widths[word] ||= pen.measureText(data.words[word]).width;
      const width = this.widths[word];
      const sides = [x + 9, x - 9 - width];
      let left = sides.find((start) => free(word, start, start + width, y));
      if (left === undefined && order >= first) return;
      left ??= sides[0] + width > side ? sides[1] : sides[0];
      boxes.push({ left, right: left + width, y });
      named.add(word);
      pen.fillStyle = order < asked.length || data.member[word] >= 0 ? colours.ink : colours["ink-soft"];
      pen.strokeText(data.words[word], left, y);
      pen.fillText(data.words[word], left, y);
    };
    let order = 0;
    for (const word of asked) name(word, order++);
    for (const word of marks) if (boxes.length < most) name(word, order++);
    if (camera.zoom <= CROWDED) return;
    for (const word of this.others) if (boxes.length < most) name(word, order++);
  }
}

function ring(pen, x, y) {
  pen.beginPath();
  pen.arc(x, y, 8, 0, 2 * Math.PI);
  pen.stroke();
}

function glyph(pen, shape, x, y, size) {
  pen.beginPath();
  if (shape === 0) pen.arc(x, y, size, 0, 2 * Math.PI);
  else if (shape === 1) pen.rect(x - size * 0.88, y - size * 0.88, size * 1.76, size * 1.76);
  else if (shape === 2) { pen.moveTo(x, y - size * 1.2); pen.lineTo(x + size * 1.1, y + size * 0.8); pen.lineTo(x - size * 1.1, y + size * 0.8); }
  else { pen.moveTo(x, y - size * 1.3); pen.lineTo(x + size * 1.2, y); pen.lineTo(x, y + size * 1.3); pen.lineTo(x - size * 1.2, y); }
  pen.fill();
}
