// The values of the editor's fields: reading and writing them, and which differ from what is saved.

export class Values {
  constructor(form) {
    this.inputs = [...form.elements].filter((element) => element.dataset.saved !== undefined);
  }

  read() {
    return Object.fromEntries(this.inputs.map((input) => [input.name, input.value]));
  }

  // Returns the names of the fields that are different afterwards.
  write(values) {
    const changed = this.inputs.filter((input) => input.name in values && input.value !== values[input.name]);
    for (const input of changed) input.value = values[input.name];
    return changed.map((input) => input.name);
  }

  get unsaved() {
    return this.inputs.filter((input) => input.value.trim() !== input.dataset.saved);
  }

  // Marks the unsaved fields, and says in each section's heading how many it holds.
  mark() {
    const unsaved = new Set(this.unsaved);
    for (const input of this.inputs) input.closest("[data-token]")?.classList.toggle("is-changed", unsaved.has(input));
    for (const section of document.querySelectorAll("[data-section]")) {
      const count = [...unsaved].filter((input) => section.contains(input)).length;
      section.querySelector("[data-section-note]").textContent = count ? `${count} unsaved` : "";
    }
    return unsaved.size;
  }
}
