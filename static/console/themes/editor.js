// The theme editor. The page works without this; with it the preview and the contrast follow every change.

import { ColorField } from "./colors.js";
import { History } from "./history.js";
import { Places } from "./places.js";
import { Preview } from "./preview.js";
import { Report } from "./report.js";
import { attachSteps } from "./steps.js";
import { Surveyor } from "./survey.js";
import { Values } from "./values.js";

class Editor {
  constructor(root) {
    this.root = root;
    this.form = document.getElementById("editor");
    this.status = root.querySelector("[data-editor-status]");
    this.undoButton = root.querySelector("[data-undo]");
    this.redoButton = root.querySelector("[data-redo]");
    this.values = new Values(this.form);
    this.history = new History(this.values.read());
    this.colors = new Map([...root.querySelectorAll(".token-color")].map((token) => [token.dataset.token, new ColorField(token)]));
    this.report = new Report(root);
    this.preview = new Preview(root);
    this.places = new Places(root, this.preview);
    this.surveyor = new Surveyor(this.form, root.dataset.surveyUrl, {
      answered: (answer) => this.answered(answer),
      failed: (text) => this.say(text, "warning"),
    });
    this.isLeaving = false;
    this.typedIn = null;
  }

  attach() {
    const edit = (name, value) => this.edit({ [name]: value }, name);
    this.preview.attach();
    this.places.restore();
    for (const color of this.colors.values()) color.attach(edit);
    attachSteps(this.root.querySelectorAll("[data-step]"), edit);
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("focusin", (event) => this.showSchemeOf(event.target));
    this.form.addEventListener("focusout", () => setTimeout(() => this.report.showErrors()));
    this.form.addEventListener("click", (event) => this.mend(event));
    this.form.addEventListener("submit", () => { this.isLeaving = true; });
    this.undoButton.addEventListener("click", () => this.go("undo"));
    this.redoButton.addEventListener("click", () => this.go("redo"));
    this.root.querySelector("[data-undo-buttons]").hidden = false;
    document.addEventListener("keydown", (event) => this.pressed(event));
    window.addEventListener("pageshow", () => { this.isLeaving = false; });
    window.addEventListener("pagehide", () => this.places.keep());
    window.addEventListener("beforeunload", (event) => { if (!this.isLeaving && this.values.unsaved.length) event.preventDefault(); });
    this.refresh();
    if (this.values.unsaved.length) this.surveyor.askNow();
  }

  typed(input) {
    if (!input.name) return;
    this.typedIn = input;
    this.changed([input.name], input.name);
  }

  // Values that did not come from typing.
  edit(values, field = null) {
    this.typedIn = null;
    this.changed(this.values.write(values), field);
  }

  changed(names, field) {
    if (!names.length) return;
    this.history.record(this.values.read(), field, performance.now());
    this.followed(names);
  }

  followed(names) {
    for (const name of names) this.colors.get(name)?.follow();
    this.refresh();
    this.surveyor.ask();
  }

  go(direction) {
    this.typedIn = null;
    const snapshot = this.history[direction]();
    if (snapshot) this.followed(this.values.write(snapshot));
  }

  answered(answer) {
    this.preview.css = answer.css;
    for (const [name, color] of this.colors) color.settle(answer.fields[name]);
    this.report.show(answer);
    this.refresh();
    if (!Object.keys(answer.values).length) return;
    this.edit(answer.values);
    if (document.activeElement === document.body) this.undoButton.focus();
  }

  refresh() {
    const count = this.values.mark();
    this.undoButton.disabled = !this.history.canUndo;
    this.redoButton.disabled = !this.history.canRedo;
    this.say(count ? `${count} unsaved ${count === 1 ? "change" : "changes"}` : "");
  }

  say(text, tone = "") {
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.dataset.tone = tone;
  }

  // A failing pair's button is mended by the server's own rule; the focus goes to the field, since the button leaves.
  mend(event) {
    const button = event.target.closest("button[name=fix]");
    if (!button) return;
    event.preventDefault();
    const token = button.closest("[data-token]");
    this.surveyor.askNow({ fix: button.value });
    token?.querySelector("[data-saved]").focus();
  }

  // Someone who edits dark colours wants to see them.
  showSchemeOf(element) {
    const section = element.closest("[data-section]")?.dataset.section;
    if (section === "dark_mode") this.preview.scheme = "dark";
    else if (section === "colors") this.preview.scheme = "light";
  }

  // A text field keeps the browser's own undo while the last thing that happened was typing in it.
  pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
    const key = event.key.toLowerCase();
    if (!["z", "y"].includes(key) || event.target === this.typedIn || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.go(key === "y" || event.shiftKey ? "redo" : "undo");
  }
}

for (const root of document.querySelectorAll("[data-theme-editor]")) new Editor(root).attach();
