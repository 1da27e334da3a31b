// The template editor: while someone types, the server says what is wrong at which line and draws a card of samples. Saving and
// previewing work without this.

import { codeFieldOf } from "../code_field.js";
import { CardFrame } from "./card_frame.js";
import { attachRows } from "./field_rows.js";

const PAUSE_MS = 450;

class TemplateEditor {
  #timer;
  #request;

  constructor(root) {
    this.root = root;
    this.form = document.getElementById("editor");
    this.status = root.querySelector("[data-editor-status]");
    this.verdict = root.querySelector("[data-verdict]");
    this.samples = root.querySelector("[data-samples]");
    this.frame = new CardFrame(root, this.form);
    this.used = this.status.textContent;
    this.isChanged = false;
  }

  attach() {
    this.frame.attach(() => this.checkNow());
    attachRows(this.root, () => this.changed());
    this.form.addEventListener("input", () => this.changed());
    this.checkNow();
  }

  changed() {
    this.isChanged = true;
    this.frame.isStale = true;
    this.say("");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.checkNow(), PAUSE_MS);
  }

  async checkNow() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = new AbortController();
    try {
      const options = { method: "POST", body: new FormData(this.form), redirect: "manual", signal: this.#request.signal };
      const response = await fetch(this.root.dataset.checkUrl, options);
      if (response.ok) this.answered(await response.json());
      else this.say(response.type === "opaqueredirect" ? "You are signed out. Sign in in another tab before you save." : "The preview waits: the server refused it.", "warning");
    } catch (error) {
      if (error.name !== "AbortError") this.say("The preview waits: the server cannot be reached.", "warning");
    }
  }

  answered(report) {
    for (const [name, markup] of Object.entries(report.findings)) {
      this.root.querySelector(`[data-findings="${name}"]`).innerHTML = markup;
      codeFieldOf(this.form.elements[name])?.mark();
    }
    for (const [name, markup] of Object.entries(report.errors)) this.tell(name, markup);
    this.verdict.innerHTML = report.verdict;
    if (!this.samples.contains(document.activeElement)) this.samples.innerHTML = report.samples;
    this.say("");
    if (report.fits !== null) this.frame.show(report.fits, report.window);
  }

  tell(name, markup) {
    const place = this.form.querySelector(`[data-errors-of="${CSS.escape(name)}"]`);
    if (!place) return;
    place.innerHTML = markup;
    place.closest(".field").classList.toggle("field-invalid", markup !== "");
    const input = this.form.elements[name];
    if (markup) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  say(text, tone = "") {
    const words = text || (this.isChanged ? "Unsaved changes" : this.used);
    if (this.status.textContent !== words) this.status.textContent = words;
    this.status.dataset.tone = tone;
  }
}

for (const root of document.querySelectorAll("[data-template-editor]")) new TemplateEditor(root).attach();
