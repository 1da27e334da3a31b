// Buttons that print the page, hidden until the browser can.

export function attach(buttons) {
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}
