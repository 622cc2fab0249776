/* Let the reader judge messages (exhibits/page/message_quiz.py) and count beside the contenders; exhibits.js loads this when
   the exhibit comes near the view. */
(() => {
  "use strict";

  const { part, make } = window.exhibitParts; // of exhibits.js, which loads this

  window.exhibitQuiz = (host) => {
    const kinds = JSON.parse(part(host, "quiz-data").textContent);
    const given = { right: 0, of: 0, theirs: 0 };
    for (const item of host.querySelectorAll("li")) {
      const buttons = kinds.map((kind) => {
        const button = make("button", { type: "button", textContent: kind });
        button.addEventListener("click", () => answer(item, button, kind));
        return button;
      });
      part(item, "quiz-room").replaceChildren(...buttons);
    }

    function answer(item, chosen, kind) {
      const right = kind === item.dataset.kind;
      part(item, "quiz-room").querySelectorAll("button").forEach((button) => { button.disabled = true; });
      chosen.setAttribute("aria-pressed", "true");
      item.classList.add(right ? "ex-right" : "ex-wrong");
      item.querySelector("summary").textContent = right ? "\u2713 right" : "\u2717 not so";
      item.querySelector("details").open = true;
      given.of += 1;
      given.right += Number(right);
      given.theirs += 1 - Number(item.dataset.wrong);
      part(host, "quiz-sum").textContent = `You: ${given.right} of ${given.of}. The contenders, on average: ${given.theirs.toFixed(1)} of these ${given.of}.`;
    }
    host.classList.add("ex-drawn");
  };
})();
