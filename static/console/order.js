// Moving rows by dragging them, or with the buttons, which keep the focus; nothing is saved before "Save".

export function attach(forms) {
  forms.forEach(prepare);
}

function prepare(form) {
  const list = form.querySelector("ol");
  const status = form.querySelector("[data-order-status]");
  let lifted = null;

  function tell(row) {
    const rows = [...list.children];
    const title = row.querySelector(".order-title").textContent.trim();
    status.textContent = `${title}: place ${rows.indexOf(row) + 1} of ${rows.length}`;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  for (const row of list.children) {
    row.draggable = true;
    row.querySelector("[data-order-grip]").hidden = false;
  }
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order-up], [data-order-down]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const isUp = button.matches("[data-order-up]");
    const other = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(row);
    else other.after(row);
    tell(row);
    button.focus();
    if (getComputedStyle(button).visibility === "hidden") row.querySelector(isUp ? "[data-order-down]" : "[data-order-up]").focus();
  });
  list.addEventListener("dragstart", (event) => {
    lifted = event.target.closest("li");
    lifted.classList.add("order-lifted");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const row = event.target.closest("li");
    if (!lifted) return;
    event.preventDefault();
    if (!row || row === lifted) return;
    const box = row.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) row.before(lifted);
    else row.after(lifted);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    lifted.classList.remove("order-lifted");
    tell(lifted);
    lifted = null;
  });
}
