// Loads each behaviour only on pages that hold something for it. A behaviour is a module that exports
// attach(elements); every page works without it.

const BEHAVIOURS = {
  "[data-menu]": "./menus.js",
  "[data-fold]": "./folding.js",
  "[data-opens], [data-dialog]": "./dialogs.js",
  "[data-drawer]": "./drawer.js",
  "[data-bulk]": "./bulk.js",
  "[data-toasts]": "./toasts.js",
  "[data-warn-unsaved]": "./unsaved.js",
  "[data-scheme-switch]": "./scheme.js",
  "[data-copy]": "./copy.js",
  "[data-print]": "./print.js",
  "[data-passkey]": "./passkeys.js",
  "[data-color-field]": "./colors.js",
  "input[type=password]": "./reveal.js",
  "time[data-relative]": "./times.js",
  "[data-progress]": "./progress.js",
  "[data-submit-on-change]": "./autosubmit.js",
  "[data-code-field]": "./code_field.js",
  "[data-entry-editor]": "./entry_editor.js",
  "[data-tags]": "./tags.js",
  "[data-uploader]": "./media/uploader.js",
  "[data-focal]": "./media/focal.js",
  "[data-image-picker]": "./designs/picker.js",
  "[data-design-preview]": "./designs/preview.js",
  "[data-order]": "./order.js",
  "[data-zone]": "./zone.js",
  "[data-palette]": "./palette.js",
  "body": "./keyboard.js",
};

const attached = Object.entries(BEHAVIOURS).map(async ([selector, path]) => {
  const elements = document.querySelectorAll(selector);
  if (elements.length) (await import(path)).attach([...elements]);
});
Promise.allSettled(attached).then(() => document.documentElement.toggleAttribute("data-attached", true));
