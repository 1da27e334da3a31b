// Forms that a passkey answers (WebAuthn Level 3): the server's options go to the device, its answer into the form.

const NO_HOST_NAME = "Passkeys need a host name: open this page at localhost instead of a number.";

export function attach(forms) {
  if (!globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    for (const form of forms) tell(form, "This browser knows no passkeys.");
    return;
  }
  for (const way of document.querySelectorAll("[data-passkey-way]")) way.hidden = false;
  for (const form of forms) {
    tell(form, "");
    form.addEventListener("submit", (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      ask(form);
    });
  }
}

async function ask(form) {
  const button = form.querySelector("[data-passkey-button]");
  button.disabled = true;
  try {
    const answer = await ceremony(form.dataset.passkey, await options(form));
    form.elements.answer.value = JSON.stringify(answer.toJSON());
    form.submit();
  } catch (error) {
    tell(form, words(error));
    button.disabled = false;
  }
}

async function options(form) {
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  const answer = await fetch(form.dataset.passkeyOptions, { method: "POST", body, redirect: "error" });
  if (!answer.ok) throw new Error("The server did not answer. Load the page again.");
  return answer.json();
}

function ceremony(kind, json) {
  if (kind === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
}

function words(error) {
  switch (error.name) {
    case "NotAllowedError": return "Nothing was done. Try again when you are ready.";
    case "InvalidStateError": return "This device has a passkey for this account already.";
    case "SecurityError": return NO_HOST_NAME;
    case "TypeError": return "Load the page again: you may have been signed out.";
    default: return error.message;
  }
}

function tell(form, text) {
  form.querySelector("[data-passkey-status]").textContent = text;
}
