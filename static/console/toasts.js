// Messages can be dismissed; a brief one leaves by itself, but not while someone points at it or is inside it.

const BRIEF_MS = 8000;

export function attach([region]) {
  for (const toast of region.querySelectorAll("[data-toast]")) prepare(toast);
}

function prepare(toast) {
  const dismiss = toast.querySelector("[data-toast-dismiss]");
  dismiss.hidden = false;
  dismiss.addEventListener("click", () => toast.remove());
  if (toast.dataset.toast !== "brief" || toast.querySelector("form")) return;
  let timer = setTimeout(() => toast.remove(), BRIEF_MS);
  const hold = () => clearTimeout(timer);
  const release = () => { hold(); timer = setTimeout(() => toast.remove(), BRIEF_MS); };
  for (const kind of ["pointerenter", "focusin"]) toast.addEventListener(kind, hold);
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, release);
}
