// The editor of an entry: while someone types, the server says what is wrong and how the API would answer. Saving and checking
// work without this.

import { codeFieldOf } from "./code_field.js";

const PAUSE_MS = 400;
const AUTOSAVE_MS = 3000;

export function attach(editors) {
  for (const editor of editors) new EntryEditor(editor).attach();
}

class EntryEditor {
  constructor(root) {
    this.root = root;
    this.url = root.dataset.entryEditor;
    this.form = root.querySelector("form");
    this.preview = root.querySelector("[data-preview]");
    this.touched = new Set();
    this.asked = 0;
  }

  attach() {
    for (const place of this.root.querySelectorAll(".no-script")) place.hidden = true;
    this.form.addEventListener("input", (event) => {
      this.touched.add(event.target.name);
      this.preview.dataset.stale = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), PAUSE_MS);
      this.keeping ??= setTimeout(() => this.keep(), AUTOSAVE_MS);
    });
    this.form.addEventListener("submit", () => this.stopKeeping());
    window.addEventListener("pagehide", () => this.keeping && this.keep());
  }

  stopKeeping() {
    clearTimeout(this.keeping);
    this.keeping = null;
  }

  // Keeps what is not saved on the server, for this person alone; it is offered when they come back. The request outlives the page.
  async keep() {
    this.stopKeeping();
    const values = new FormData(this.form);
    values.set("place", this.root.dataset.place);
    const answer = await fetch(this.root.dataset.autosave, { method: "POST", body: values, keepalive: true }).catch(() => null);
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const status = this.root.querySelector("[data-autosave-status]");
    status.textContent = answer?.ok ? `Kept for you at ${time}, not saved yet` : "Could not be kept; save it soon";
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
    codeFieldOf(input)?.mark();
  }
}

function describe(input, field, isWrong) {
  const ids = [...field.querySelectorAll(".hint, .field-errors")].map((element) => element.id);
  if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
