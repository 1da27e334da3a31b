// The editor of an entry: while someone types, the server says what is wrong and how the API would answer. JSON gets numbered
// lines, the wrong one marked. Saving and checking work without this.

const PAUSE_MS = 400;

export function attach(editors) {
  for (const editor of editors) {
    if (editor.matches("[data-entry-editor]")) new EntryEditor(editor).attach();
    else if (!editor.closest("[data-entry-editor]")) new JsonField(editor).attach();
  }
}

class EntryEditor {
  constructor(root) {
    this.root = root;
    this.url = root.dataset.entryEditor;
    this.form = root.querySelector("form");
    this.preview = root.querySelector("[data-preview]");
    this.json = [...root.querySelectorAll("[data-json-editor]")].map((element) => new JsonField(element));
    this.touched = new Set();
    this.asked = 0;
  }

  attach() {
    for (const place of this.root.querySelectorAll(".no-script")) place.hidden = true;
    for (const field of this.json) field.attach();
    this.form.addEventListener("input", (event) => {
      this.touched.add(event.target.name);
      this.preview.dataset.stale = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), PAUSE_MS);
    });
  }

  async check() {
    const number = ++this.asked;
    const answer = await fetch(this.url, { method: "POST", body: new FormData(this.form) }).catch(() => null);
    if (!answer?.ok || number !== this.asked) return;
    const report = await answer.json();
    for (const [name, markup] of Object.entries(report.errors)) if (this.touched.has(name)) this.tell(name, markup);
    if (report.preview === null) return;
    this.preview.textContent = report.preview;
    delete this.preview.dataset.stale;
  }

  // Only fields that someone has been in are found fault with: the rest of a new form is merely not filled in yet.
  tell(name, markup) {
    const place = this.root.querySelector(`[data-errors-of="${CSS.escape(name)}"]`);
    const input = this.form.elements[name];
    const field = input.closest(".field");
    const list = field.querySelector(".field-errors");
    if ((list?.outerHTML ?? "") === markup) return;
    list?.remove();
    ("isField" in place.dataset ? field : place).insertAdjacentHTML("beforeend", markup);
    field.classList.toggle("field-invalid", markup !== "");
    describe(input, field, markup !== "");
    this.json.find((json) => json.input === input)?.mark();
  }
}

function describe(input, field, isWrong) {
  const ids = [...field.querySelectorAll(".hint, .field-errors")].map((element) => element.id);
  if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

class JsonField {
  constructor(frame) {
    this.input = frame.querySelector("textarea");
    this.frame = frame;
    this.lines = document.createElement("pre");
    this.lines.className = "json-lines";
    this.lines.setAttribute("aria-hidden", "true");
  }

  attach() {
    this.frame.prepend(this.lines);
    this.input.addEventListener("input", () => this.number());
    this.input.addEventListener("scroll", () => { this.lines.scrollTop = this.input.scrollTop; });
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.frame.closest(".field").addEventListener("click", (event) => this.goTo(event));
    this.number();
    this.mark();
  }

  number() {
    const count = this.input.value.split("\n").length;
    if (this.lines.childElementCount === count) return;
    this.lines.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const line = document.createElement("span");
      line.textContent = String(index + 1);
      return line;
    }));
    this.lines.scrollTop = this.input.scrollTop;
    this.mark();
  }

  get place() {
    const words = this.frame.closest(".field").querySelector(".field-errors")?.textContent ?? "";
    const found = /Line (\d+), column (\d+)/.exec(words);
    return found && { line: Number(found[1]), column: Number(found[2]) };
  }

  mark() {
    const wrong = this.place?.line;
    [...this.lines.children].forEach((line, index) => line.toggleAttribute("data-wrong", index + 1 === wrong));
  }

  // The message leads to its place.
  goTo(event) {
    if (!event.target.closest(".field-errors") || !this.place) return;
    const { line, column } = this.place;
    const lines = this.input.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const at = start + Math.min(column - 1, (lines[line - 1] ?? "").length);
    this.input.focus();
    this.input.setSelectionRange(at, at);
  }

  // A new line starts as far in as the one before it; after an opening bracket, one step further. Tab still leaves the field.
  pressed(event) {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const before = this.input.value.slice(0, this.input.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const indent = /^\s*/.exec(line)[0] + (/[[{]\s*$/.test(line) ? "  " : "");
    if (!indent) return;
    event.preventDefault();
    this.input.setRangeText(`\n${indent}`, this.input.selectionStart, this.input.selectionEnd, "end");
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
