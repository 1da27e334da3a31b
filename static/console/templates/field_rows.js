// Rows of declared fields are added and removed in place; without this the server adds them, and an empty name removes one.

export function attachRows(root, changed) {
  const rows = root.querySelector("[data-field-rows]");
  const blank = root.querySelector("[data-row-template]");
  const adder = root.querySelector("[data-add-row]");
  let number = rows.childElementCount;

  const ready = (row) => {
    const remover = row.querySelector("[data-remove-row]");
    remover.hidden = false;
    remover.addEventListener("click", () => { row.remove(); adder.focus(); changed(); });
  };

  for (const row of rows.children) ready(row);
  adder.addEventListener("click", (event) => {
    event.preventDefault();
    rows.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__n__", String(number++)));
    ready(rows.lastElementChild);
    rows.lastElementChild.querySelector("input").focus();
    changed();
  });
}
