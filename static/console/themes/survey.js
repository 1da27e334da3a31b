// Asks the server what the unsaved values come to. Only the newest question counts.

const PAUSE_MS = 120;

export class Surveyor {
  #timer;
  #request;

  constructor(form, url, { answered, failed }) {
    Object.assign(this, { form, url, answered, failed });
  }

  // Soon, unless something else is asked before. An answer that is still on its way speaks of older values.
  ask() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#timer = setTimeout(() => this.askNow(), PAUSE_MS);
  }

  // Now; `extra` are further fields, such as `fix`.
  async askNow(extra = {}) {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = new AbortController();
    const body = new URLSearchParams(new FormData(this.form));
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    try {
      const response = await fetch(this.url, { method: "POST", body, redirect: "manual", signal: this.#request.signal, headers: { Accept: "application/json" } });
      if (response.ok) this.answered(await response.json());
      else this.failed(response.type === "opaqueredirect" ? "You are signed out. Sign in in another tab before you save." : "The preview waits: the server refused it.");
    } catch (error) {
      if (error.name !== "AbortError") this.failed("The preview waits: the server cannot be reached.");
    }
  }
}
