// Buttons that copy data-copy, hidden until the browser can.

export function attach(buttons) {
  if (!navigator.clipboard) return;
  for (const button of buttons) {
    const words = button.querySelector("span") ?? button;
    const before = words.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        words.textContent = "Copied";
      } catch {
        words.textContent = "Not allowed";
      }
      setTimeout(() => { words.textContent = before; }, 2000);
    });
  }
}
