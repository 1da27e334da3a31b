// Selecting rows: the checkbox of the page, ranges with Shift+click, and the words that say how much is meant.

export function attach(lists) {
  lists.forEach(prepare);
}

function prepare(list) {
  const rows = [...list.querySelectorAll("[data-bulk-row]")];
  const page = list.querySelector("[data-bulk-page]");
  const pageBox = page?.querySelector("input");
  const all = list.querySelector("[data-bulk-all]");
  const count = list.querySelector("[data-bulk-count]");
  const form = list.querySelector(".bulk-bar");
  let last = null;

  function show() {
    const selected = rows.filter((row) => row.checked).length;
    const onPage = selected === rows.length;
    if (pageBox) {
      pageBox.checked = rows.length > 0 && onPage;
      pageBox.indeterminate = selected > 0 && !onPage;
    }
    if (all) {
      all.closest("label").hidden = !onPage;
      if (!onPage) all.checked = false;
    }
    if (count && selected) count.textContent = all?.checked ? "All that match selected" : `${selected} selected`;
  }

  rows.forEach((row, index) => row.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) {
      const [from, to] = [Math.min(last, index), Math.max(last, index)];
      for (const other of rows.slice(from, to + 1)) other.checked = row.checked;
    }
    last = index;
    show();
  }));
  if (page) {
    page.hidden = false;
    pageBox.addEventListener("change", () => {
      for (const row of rows) row.checked = pageBox.checked;
      show();
    });
  }
  all?.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
}
