// Keeps the picture of a design, as an app shows it, in step with the form.

export function attach([preview]) {
  const form = document.querySelector(".entry-form");
  const image = preview.querySelector("[data-shows-image]");

  function show() {
    for (const place of preview.querySelectorAll("[data-shows]")) {
      const text = form.elements[place.dataset.shows]?.value.trim() ?? "";
      place.textContent = text || (place.dataset.shows === "title" ? "No title yet" : "");
      place.hidden = !place.textContent;
    }
    const key = form.elements.r2_object_key.value.trim();
    const url = key ? `/media/${key}?w=640` : "";
    image.hidden = !key;
    if (key && image.getAttribute("src") !== url) image.src = url;
  }

  form.addEventListener("input", show);
}
