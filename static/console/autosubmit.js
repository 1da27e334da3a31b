// A filter with one choice applies itself; its button is for browsers without scripts.

export function attach(forms) {
  for (const form of forms) {
    form.querySelector("[type=submit]").hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }
}
