// Code in a text field: numbered lines, those with something wrong marked, and messages that lead to their line. Messages are
// elements with data-line, or say "Line 3, column 5".

const fields = new WeakMap();

export function attach(frames) {
  for (const frame of frames) new CodeField(frame).attach();
}

// The field around a textarea, once it is attached.
export function codeFieldOf(input) {
  return fields.get(input);
}

class CodeField {
  constructor(frame) {
    this.input = frame.querySelector("textarea");
    this.frame = frame;
    this.lines = document.createElement("pre");
    this.lines.className = "code-lines";
    this.lines.setAttribute("aria-hidden", "true");
    fields.set(this.input, this);
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

  get places() {
    const field = this.frame.closest(".field");
    const listed = [...field.querySelectorAll("[data-line]")].map(placeOf);
    const words = field.querySelector(".field-errors")?.textContent ?? "";
    const found = /Line (\d+), column (\d+)/.exec(words);
    return found ? [...listed, { line: Number(found[1]), column: Number(found[2]), isError: true }] : listed;
  }

  mark() {
    const places = this.places;
    const isAt = (index, isError) => places.some((place) => place.line === index + 1 && place.isError === isError);
    [...this.lines.children].forEach((line, index) => {
      line.toggleAttribute("data-wrong", isAt(index, true));
      line.toggleAttribute("data-doubtful", isAt(index, false));
    });
  }

  // The message leads to its place.
  goTo(event) {
    const message = event.target.closest(".field-errors, [data-line]");
    const place = message?.matches("[data-line]") ? placeOf(message) : message && this.places.find((found) => found.column > 1 || found.isError);
    if (!place) return;
    const lines = this.input.value.split("\n");
    const start = lines.slice(0, place.line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const at = start + Math.min(place.column - 1, (lines[place.line - 1] ?? "").length);
    this.input.focus();
    this.input.setSelectionRange(at, at);
    const height = parseFloat(getComputedStyle(this.input).lineHeight);
    this.input.scrollTop = Math.max(0, (place.line - 4) * height);
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

function placeOf(message) {
  return { line: Number(message.dataset.line), column: 1, isError: "isError" in message.dataset };
}
