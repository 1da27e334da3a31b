// A time zone that is not chosen yet is the browser's own.

export function attach(inputs) {
  for (const input of inputs) if (!input.value) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
}
