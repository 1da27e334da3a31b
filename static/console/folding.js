// Folds what narrows a list down where it would stand above the list instead of beside it.

export function attach(parts) {
  if (matchMedia("(max-width: 64rem)").matches) for (const part of parts) part.open = false;
}
