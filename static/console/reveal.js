// A button in each password field that shows what was typed. A password is hidden again before it is sent, so that
// the browser offers to keep it and nothing stays readable on the screen.

export function attach(inputs) {
  for (const input of inputs) prepare(input);
}

function prepare(input) {
  const [label] = input.labels;
  const hadFocus = document.activeElement === input;
  const frame = document.createElement("div");
  frame.className = "affixed";
  input.replaceWith(frame);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-ghost button-small";
  button.setAttribute("aria-controls", input.id);
  if (label) {
    label.id ||= `${input.id}-label`;
    button.setAttribute("aria-describedby", label.id); // "Show, current password": there may be two of them
  }
  frame.append(input, button);

  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  if (hadFocus) input.focus();
}
