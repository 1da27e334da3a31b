// Filling in what belongs to a starting point chooses it; the picker and the text of the one colour keep in step.

for (const start of document.querySelectorAll(".start")) {
  start.addEventListener("input", (event) => {
    if (event.target.type !== "radio") start.querySelector("[type=radio]").checked = true;
  });
}

for (const picker of document.querySelectorAll("[data-picker]")) {
  const text = picker.closest("[data-color-field]").querySelector("input.code");
  picker.hidden = false;
  picker.addEventListener("input", () => {
    text.value = picker.value;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const follow = () => { if (/^#[\da-f]{6}$/i.test(text.value.trim())) picker.value = text.value.trim(); };
  text.addEventListener("input", follow);
  follow();
}
