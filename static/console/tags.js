// Suggests tags for the last name of a list that commas divide. The browser's own list of suggestions shows them.

const PAUSE_MS = 150;

export function attach(inputs) {
  for (const input of inputs) prepare(input);
}

function prepare(input) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-suggestions`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer = null;
  let asked = null;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE_MS);
  });

  async function suggest() {
    const at = input.value.lastIndexOf(",") + 1;
    const head = at ? `${input.value.slice(0, at)} ` : "";
    const word = input.value.slice(at).trim();
    if (!word || word === asked) return;
    asked = word;
    const answer = await fetch(`${input.dataset.tags}?q=${encodeURIComponent(word)}`).catch(() => null);
    if (!answer?.ok || word !== asked) return;
    const names = await answer.json();
    list.replaceChildren(...names.map((name) => new Option("", head + (name.includes(",") ? `"${name}"` : name))));
  }
}
