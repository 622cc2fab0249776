/* Swap two contenders' answers by coins (exhibits/page/coin_swap.py), and pile up the differences that this makes beside the
   real one. exhibits.js loads this when the exhibit comes near the view. */
(() => {
  "use strict";

  const { part, make } = window.exhibitParts; // of exhibits.js, which loads this
  const MANY = 100; // swaps by one button
  const LEAST = 10; // swaps that make a full bar, so that the first ones are low
  const signed = (value) => `${value > 0.049 ? "+" : value < -0.049 ? "\u2212" : ""}${Math.abs(value).toFixed(1)}`;

  window.exhibitCoins = (host) => {
    const questions = JSON.parse(part(host, "coins-data").textContent);
    const plot = part(host, "coins-plot");
    const bars = [...plot.querySelectorAll("i")];
    const [low, , high] = plot.querySelectorAll("span");
    let asked, pile, swaps, far;

    function begin() {
      asked = questions[Number(host.querySelector(":checked").value)];
      pile = bars.map(() => 0);
      swaps = far = 0;
      [asked.at, 100 - asked.at].forEach((at, side) => plot.querySelectorAll("b")[side].style.setProperty("--at", `${at}%`));
      low.textContent = signed(-asked.most);
      high.textContent = signed(asked.most);
      show();
      part(host, "coins-said").textContent = `They are really ${signed(asked.real)} points apart, the red lines: so far, either way. How far apart do coins set them?`;
    }

    /** The difference in points, once each message has had its coin. */
    const swapped = () => asked.values.reduce((sum, value) => sum + (Math.random() < 0.5 ? value : -value), 0);
    const place = (points) => Math.min(bars.length - 1, Math.max(0, Math.round(((points / asked.most + 1) / 2) * (bars.length - 1))));

    function show(last = -1) {
      const full = Math.max(LEAST, ...pile);
      bars.forEach((bar, at) => {
        bar.style.setProperty("--n", `${(100 * pile[at]) / full}%`);
        bar.classList.toggle("ex-now", at === last);
      });
    }

    function swap(times) {
      let points = 0;
      for (let time = 0; time < times; time++) {
        points = swapped();
        pile[place(points)] += 1;
        swaps += 1;
        if (Math.abs(points) >= Math.abs(asked.real) - 1e-3) far += 1;
      }
      show(times === 1 ? place(points) : -1);
      const now = times === 1 ? `This time ${signed(points)}. ` : "";
      part(host, "coins-said").textContent = `${now}As far apart as really, or further, either way: ${far} of ${swaps} swaps.`;
    }

    const buttons = [["Swap by coins", () => swap(1)], [`${MANY} times`, () => swap(MANY)], ["Start again", begin]].map(([textContent, act]) => {
      const button = make("button", { type: "button", textContent });
      button.addEventListener("click", act);
      return button;
    });
    part(host, "coins-room").replaceChildren(...buttons);
    host.querySelector("fieldset").addEventListener("change", begin);
    begin();
    host.classList.add("ex-drawn");
  };
})();
