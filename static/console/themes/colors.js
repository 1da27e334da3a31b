// The picker and the well beside a colour's text. Only the server knows what a colour comes out as; the browser's own
// parser paints the well until the answer is there.

export class ColorField {
  constructor(token) {
    this.input = token.querySelector("input.code");
    this.picker = token.querySelector("[data-picker]");
    this.well = token.querySelector(".color-well rect");
    this.derive = token.querySelector("[data-derive]");
    this.notes = [token.querySelector("[data-derived-note]"), token.querySelector("[data-set-note]")];
    this.shipped = this.well.getAttribute("fill");
    this.lastSet = this.input.value;
  }

  // `edit(name, value)` is called for what a person picks or derives.
  attach(edit) {
    this.picker.hidden = false;
    this.picker.addEventListener("input", () => edit(this.input.name, this.picker.value));
    if (!this.derive) return;
    this.derive.closest(".derive").hidden = false;
    this.derive.addEventListener("change", () => edit(this.input.name, this.derive.checked ? "" : this.lastSet || this.shipped));
  }

  // Follows the text at once.
  follow() {
    const text = this.input.value.trim();
    if (text) this.lastSet = text;
    if (text && CSS.supports("color", text)) this.well.setAttribute("fill", text);
    this.#showDerived(!text);
  }

  // Takes over what the server made of the text.
  settle({ hex, color, derived }) {
    this.shipped = color;
    this.picker.value = hex;
    this.well.setAttribute("fill", color);
    if (this.derive && derived) this.input.placeholder = color;
    this.#showDerived(derived);
  }

  #showDerived(derived) {
    if (!this.derive) return;
    this.derive.checked = derived;
    const [derivedNote, setNote] = this.notes;
    derivedNote.hidden = !derived;
    setNote.hidden = derived;
  }
}
