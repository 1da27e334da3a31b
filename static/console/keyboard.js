// `/` to the search, `?` for the list of shortcuts, Ctrl or ⌘ + S to save. Single keys are silent while someone
// types; they and the palette can be switched off (WCAG 2.2, 2.1.4). The browser keeps that choice.

const OFF = "rangoli-shortcuts-off";

export function attach() {
  const toggle = document.querySelector("[data-shortcuts-switch]");
  if (toggle) {
    toggle.checked = !isOff();
    toggle.addEventListener("change", () => keep(!toggle.checked));
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") save(event);
    else if (!event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && !isOff()) single(event);
  });
}

function single(event) {
  const target = { "/": "[data-search]", "?": "#shortcuts" }[event.key];
  const element = target && document.querySelector(target);
  if (!element || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (element instanceof HTMLDialogElement) element.showModal();
  else element.select();
}

function save(event) {
  const form = event.target.closest?.("[data-save]") ?? document.querySelector("[data-save]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function isTyping(element) {
  return element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

export function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false; // storage is blocked: shortcuts stay on
  }
}

function keep(off) {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // storage is blocked: the choice lasts as long as the page
  }
}
