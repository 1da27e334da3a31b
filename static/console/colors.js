// The swatch beside a colour's text follows it while the text is a colour.

export function attach(fields) {
  for (const field of fields) {
    const input = field.querySelector("input");
    const well = field.querySelector(".color-well rect");
    input.addEventListener("input", () => {
      if (CSS.supports("color", input.value.trim())) well.setAttribute("fill", input.value.trim());
    });
  }
}
