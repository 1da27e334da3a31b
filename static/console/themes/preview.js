// The preview's frame: the compiled sheet is put over the saved one, scheme and width follow the buttons.

export class Preview {
  #css = null;
  #scheme = "light";

  constructor(root) {
    this.frame = root.querySelector("[data-preview-frame]");
    this.stage = root.querySelector("[data-preview-stage]");
    this.schemes = [...root.querySelectorAll("[data-preview-scheme]")];
    this.widths = [...root.querySelectorAll("[data-preview-width]")];
  }

  attach() {
    this.stage.classList.add("is-fitted");
    this.frame.addEventListener("load", () => { this.#apply(); this.#showScheme(); });
    for (const button of this.schemes) {
      button.addEventListener("click", (event) => { event.preventDefault(); this.scheme = button.value; });
    }
    for (const radio of this.widths) radio.addEventListener("change", () => this.fit());
    new ResizeObserver(() => this.fit()).observe(this.stage);
    this.#showScheme();
  }

  get scheme() {
    return this.#scheme;
  }

  set scheme(scheme) {
    this.#scheme = scheme;
    this.#showScheme();
  }

  set css(css) {
    this.#css = css;
    this.#apply();
  }

  // On a small screen the first look is that of a phone.
  suitWidth() {
    if (this.stage.clientWidth < 600) this.widths[0].checked = true;
  }

  // Shows a page of the chosen width, made smaller where the stage is narrower.
  fit() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const wanted = Number(this.widths.find((radio) => radio.checked).value);
    const shown = wanted >= 1280 ? Math.max(wanted, width) : wanted;
    const scale = Math.min(1, width / shown);
    Object.assign(this.frame.style, {
      inlineSize: `${shown}px`,
      blockSize: `${height / scale}px`,
      transform: `scale(${scale}) translateX(-50%)`,
    });
  }

  #apply() {
    const { contentWindow, contentDocument } = this.frame;
    if (this.#css === null || !contentDocument?.body) return;
    const sheet = new contentWindow.CSSStyleSheet();
    sheet.replaceSync(this.#css);
    contentDocument.adoptedStyleSheets = [sheet];
  }

  #showScheme() {
    const page = this.frame.contentDocument?.documentElement;
    if (page) page.dataset.theme = this.#scheme;
    for (const button of this.schemes) button.setAttribute("aria-pressed", String(button.value === this.#scheme));
  }
}
