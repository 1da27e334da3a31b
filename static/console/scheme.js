// Changes the colour scheme without loading the page again; the server still keeps the choice in its cookie.

export function attach(switches) {
  for (const form of switches) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const scheme = event.submitter.value;
      const body = new FormData(form, event.submitter);
      show(scheme, switches);
      await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {
        // the server was not reached: the choice lasts as long as the page
      });
    });
  }
}

function show(scheme, switches) {
  if (scheme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = scheme;
  for (const button of switches.flatMap((form) => [...form.querySelectorAll("button")])) {
    button.setAttribute("aria-pressed", String(button.value === scheme));
  }
}
