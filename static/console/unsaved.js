// Warns before a page with unsaved changes is left.

export function attach(forms) {
  const saved = new Map(forms.map((form) => [form, contents(form)]));
  const submitted = new Set();
  for (const form of forms) form.addEventListener("submit", () => submitted.add(form));
  window.addEventListener("pageshow", () => submitted.clear());
  window.addEventListener("beforeunload", (event) => {
    if (forms.some((form) => !submitted.has(form) && contents(form) !== saved.get(form))) event.preventDefault();
  });
}

function contents(form) {
  const values = [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]);
  return JSON.stringify(values);
}
