// The preview's frame. Each look is a new frame that takes the place of the one before once it is there: nothing flashes, and the
// browser's history stays as it is.

export class CardFrame {
  #count = 0;
  #scheme = "light";

  constructor(root, form) {
    this.form = form;
    this.url = root.dataset.frameUrl;
    this.stage = root.querySelector("[data-preview-stage]");
    this.shown = root.querySelector("[data-preview-frame]");
    this.schemes = [...root.querySelectorAll("[data-preview-scheme]")];
    this.choices = [...root.querySelectorAll("[data-preview-choice]")];
    this.window = [Number(this.shown.dataset.width), Number(this.shown.dataset.height)];
  }

  attach(again) {
    this.stage.classList.add("is-fitted");
    for (const button of this.schemes) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.#scheme = button.value;
        for (const each of this.schemes) each.setAttribute("aria-pressed", String(each === button));
        again();
      });
    }
    for (const choice of this.choices) {
      choice.addEventListener("input", (event) => event.stopImmediatePropagation());
      choice.addEventListener("change", again);
    }
    new ResizeObserver(() => this.fit()).observe(this.stage);
  }

  set isStale(isStale) {
    this.stage.toggleAttribute("data-stale", isStale);
  }

  show(fits, window) {
    this.window = window;
    const next = this.shown.cloneNode();
    next.removeAttribute("src");
    next.removeAttribute("data-preview-frame");
    next.name = `preview-${++this.#count}`;
    next.classList.add("is-waiting");
    this.next?.remove();
    this.next = next;
    this.stage.append(next);
    this.fit();
    next.addEventListener("load", () => this.#swap(next), { once: true });
    this.#send(next.name, fits);
  }

  #send(target, fits) {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: this.url, target, hidden: true });
    const values = new FormData(this.form);
    values.set("fits", fits);
    values.set("scheme", this.#scheme);
    for (const [name, value] of values) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
    document.body.append(form);
    form.submit();
    form.remove();
  }

  #swap(next) {
    if (next !== this.next) return;
    this.shown.remove();
    next.classList.remove("is-waiting");
    this.shown = next;
    this.next = null;
    this.isStale = false;
  }

  // The whole window is in sight, however small the stage.
  fit() {
    const [width, height] = this.window;
    const scale = Math.min(1, this.stage.clientWidth / width, this.stage.clientHeight / height);
    for (const frame of [this.shown, this.next]) {
      if (!frame) continue;
      Object.assign(frame.style, { inlineSize: `${width}px`, blockSize: `${height}px`, transform: `scale(${scale}) translate(-50%, -50%)` });
    }
  }
}
