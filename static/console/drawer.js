// What a drawer holds is fetched whenever it is opened. Its opener is a link to a page with the same.

export function attach(places) {
  for (const place of places) {
    const { id } = place.closest("dialog");
    for (const opener of document.querySelectorAll(`[data-opens="${CSS.escape(id)}"]`)) {
      opener.addEventListener("click", () => load(place));
    }
  }
}

async function load(place) {
  const answer = await fetch(place.dataset.drawer).catch(() => null);
  if (answer?.ok) place.innerHTML = await answer.text();
  else place.textContent = "This could not be loaded. Try it again.";
}
