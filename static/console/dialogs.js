// Openers: data-opens names a <dialog>; data-opens-action and data-opens-subject fit it to one record.
// Without this module an opener stays a link to a page that asks the same question.

export function attach(elements) {
  for (const element of elements) {
    if (element.matches("[data-dialog]")) prepare(element);
    else prepareOpener(element);
  }
}

export function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

function prepareOpener(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  opener.hidden = false;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { opensAction, opensSubject } = opener.dataset;
    if (opensAction) dialog.querySelector("[data-dialog-form]").action = opensAction;
    const subject = dialog.querySelector("[data-dialog-subject]");
    if (subject) subject.textContent = opensSubject ?? "";
    open(dialog);
  });
}

function prepare(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-dialog-close]")) dialog.close();
  });
  for (const input of dialog.querySelectorAll("[data-confirm-words]")) waitForWords(input);
}

function waitForWords(input) {
  const submit = input.form.querySelector("[type=submit]");
  const check = () => { submit.disabled = input.value.trim() !== input.dataset.confirmWords; };
  input.addEventListener("input", check);
  check();
}
