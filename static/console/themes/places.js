// Saving loads the page again: open sections, the place on the page and the preview's choices are as they were.

export class Places {
  constructor(root, preview) {
    this.key = `rangoli-editor:${location.pathname}`;
    this.sections = [...root.querySelectorAll(".editor-section")];
    this.preview = preview;
  }

  restore() {
    const kept = this.#load();
    if (!kept) {
      this.preview.suitWidth();
      return;
    }
    for (const section of this.sections) section.open ||= kept.open.includes(section.dataset.section);
    const radio = this.preview.widths.find((found) => found.value === kept.width);
    if (radio) radio.checked = true;
    this.preview.scheme = kept.scheme;
    if (!document.querySelector("[data-error-summary]")) window.scrollTo({ top: kept.top, behavior: "instant" });
  }

  keep() {
    const state = {
      open: this.sections.filter((section) => section.open).map((section) => section.dataset.section),
      top: window.scrollY,
      width: this.preview.widths.find((radio) => radio.checked).value,
      scheme: this.preview.scheme,
    };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(state));
    } catch {
      // storage is blocked: the page starts at its top
    }
  }

  #load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key));
    } catch {
      return null; // storage is blocked
    }
  }
}
