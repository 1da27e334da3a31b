// Filling in what belongs to a starting point chooses it.

for (const start of document.querySelectorAll(".start")) {
  start.addEventListener("input", (event) => {
    if (event.target.type !== "radio") start.querySelector("[type=radio]").checked = true;
  });
}
