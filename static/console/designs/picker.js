// Choosing the image of a design: from the library, or by uploading one, in a dialog.

export function attach([picker]) {
  const dialog = picker.closest("dialog");
  const field = document.querySelector("[data-image-field]");
  const input = field.querySelector("input");
  const shown = field.querySelector("[data-image-shown]");
  const found = picker.querySelector("[data-picker-found]");
  const search = picker.querySelector("[data-picker-search]");
  let timer;

  async function list() {
    const answer = await fetch(`${picker.dataset.imagePicker}?q=${encodeURIComponent(search.value)}`);
    if (answer.ok) found.innerHTML = await answer.text();
  }

  function choose(key) {
    input.value = key;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    dialog.close();
    input.focus();
  }

  input.addEventListener("input", () => {
    const isKey = input.value && !input.value.includes(":");
    shown.hidden = !isKey;
    if (isKey) shown.src = `/media/${input.value}?w=320`;
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(list, 200);
  });
  found.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (button) choose(button.dataset.pick);
  });
  picker.addEventListener("uploaded", (event) => choose(event.detail.object_key));
  new MutationObserver(() => { if (dialog.open) list(); }).observe(dialog, { attributeFilter: ["open"] });
}
