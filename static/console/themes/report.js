// Puts the server's answer beside the fields: errors, pairs of colours, the verdict on all of them.

export class Report {
  constructor(root) {
    this.root = root;
    this.tokens = new Map([...root.querySelectorAll("[data-token]")].map((token) => [token.dataset.token, token]));
    this.errors = {};
  }

  show(answer) {
    for (const [name, found] of Object.entries(answer.fields)) {
      const token = this.tokens.get(name);
      if (found.pairs !== undefined) replace(token.querySelector("[data-pairs]"), found.pairs);
      this.errors[name] = found.errors;
    }
    replace(this.root.querySelector("[data-summary]"), answer.summary);
    this.showErrors();
  }

  // A field that is being typed in is not called wrong before it is left; mending one shows at once.
  showErrors() {
    for (const [name, markup] of Object.entries(this.errors)) {
      const token = this.tokens.get(name);
      const input = token.querySelector("[data-saved]");
      if (markup && input === document.activeElement && !input.hasAttribute("aria-invalid")) continue;
      replace(token.querySelector("[data-errors]"), markup);
      describe(token, input, Boolean(markup));
    }
  }
}

function describe(token, input, isWrong) {
  token.classList.toggle("field-invalid", isWrong);
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const hint = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id.endsWith("-hint"));
  input.setAttribute("aria-describedby", [...hint, ...(isWrong ? [`${input.name}-error`] : [])].join(" "));
}

// Leaves what is the same alone, so that focus and open parts stay.
function replace(container, markup) {
  if (container.dataset.markup === markup) return;
  const wasOpen = container.querySelector("details")?.open;
  container.innerHTML = markup;
  container.dataset.markup = markup;
  const details = container.querySelector("details");
  if (details && wasOpen) details.open = true;
}
