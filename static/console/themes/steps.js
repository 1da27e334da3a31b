// Arrow keys change the number in a size or ratio: one step, ten with Shift. The unit stays as it is written.

export function attachSteps(inputs, edit) {
  for (const input of inputs) {
    input.addEventListener("keydown", (event) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
      const value = stepped(input.value, direction * Number(input.dataset.step) * (event.shiftKey ? 10 : 1));
      if (value === null) return;
      event.preventDefault();
      edit(input.name, value);
    });
  }
}

// A rem is sixteen pixels, so its steps are finer.
export function stepped(text, step) {
  const match = /^(\d*\.?\d+)(px|rem|em|%|)$/i.exec(text.trim());
  if (!match) return null;
  const size = /rem|em/i.test(match[2]) ? step / 16 : step;
  return `${Math.max(0, Number((Number(match[1]) + size).toFixed(4)))}${match[2]}`;
}
