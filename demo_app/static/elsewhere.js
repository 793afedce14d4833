// Lists what the page of the running club hears of its bookers, the newest first.
(() => {
  "use strict";
  const list = document.getElementById("heard");
  for (const name of ["ready", "viewed", "slot-selected", "booked", "rescheduled", "cancelled", "failed"]) {
    document.addEventListener(`booker:${name}`, ({ type, detail }) => {
      const line = document.createElement("li"), word = document.createElement("code"), said = document.createElement("span");
      line.className = "heard__line";
      word.className = "heard__name";
      word.textContent = type;
      said.textContent = Object.entries(detail).map(([key, value]) => `${key}: ${value}`).join(", ");
      line.append(word, " ", said);
      list.prepend(line);
    });
  }
})();
