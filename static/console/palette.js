// Ctrl or ⌘ + K: one search over pages and records. A combobox (WAI-ARIA 1.2): the focus stays in the field while the arrow
// keys move through the list. Without this the button in the top bar leads to a page that searches the same.

import { isOff } from "./keyboard.js";

const PAUSE_MS = 120;

export function attach([dialog]) {
  new Palette(dialog).attach();
}

class Palette {
  constructor(dialog) {
    this.dialog = dialog;
    this.input = dialog.querySelector("input");
    this.list = dialog.querySelector("[role=listbox]");
    this.status = dialog.querySelector("[role=status]");
    this.icons = dialog.dataset.icons;
    this.asked = 0;
    this.at = 0;
  }

  attach() {
    document.addEventListener("keydown", (event) => {
      const isCalled = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
      if (!isCalled || isOff() || event.defaultPrevented) return;
      event.preventDefault();
      this.toggle();
    });
    for (const opener of document.querySelectorAll("[data-palette-opener]")) {
      opener.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.toggle();
      });
    }
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => this.pressed(event));
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else if (!document.querySelector("dialog[open]")) {
      this.dialog.showModal();
      this.input.select();
      this.ask();
    }
  }

  async ask() {
    const number = ++this.asked;
    const url = `${this.dialog.dataset.palette}?q=${encodeURIComponent(this.input.value)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (number !== this.asked) return;
    if (!answer?.ok) this.status.textContent = "The server does not answer.";
    else this.show(await answer.json());
  }

  show(hits) {
    this.list.replaceChildren(...hits.map((hit, index) => this.option(hit, index)));
    this.status.textContent = hits.length ? "" : "Nothing matches.";
    this.choose(0);
  }

  option({ label, url, kind, icon }, index) {
    const link = document.createElement("a");
    link.href = url;
    link.id = `palette-${index}`;
    link.className = "palette-hit";
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = label;
    const note = document.createElement("span");
    note.className = "muted small";
    note.textContent = kind;
    link.append(this.picture(icon), name, note);
    return link;
  }

  picture(icon) {
    const template = this.dialog.querySelector("template").content.firstElementChild.cloneNode(true);
    template.querySelector("use").setAttribute("href", `${this.icons}#${icon}`);
    return template;
  }

  choose(index) {
    const options = [...this.list.children];
    this.at = options.length ? (index + options.length) % options.length : 0;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.at)));
    const chosen = options[this.at];
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.choose(this.at + 1);
    else if (event.key === "ArrowUp") this.choose(this.at - 1);
    else if (event.key === "Enter") this.list.children[this.at]?.click();
    else return;
    event.preventDefault();
  }
}
