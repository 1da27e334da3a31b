// The focal point: a click on the image, or arrow keys on it, write the two numbers; the numbers move the mark.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function attach(pictures) {
  pictures.forEach(prepare);
}

function prepare(picture) {
  const layer = picture.querySelector("svg");
  const mark = picture.querySelector("[data-focal-mark]");
  const [x, y] = ["focal_x", "focal_y"].map((id) => document.getElementById(id));

  picture.tabIndex = 0;
  picture.setAttribute("role", "group");
  picture.setAttribute("aria-label", "Focal point: arrow keys move it");
  picture.classList.add("focal-ready");

  function set(left, top) {
    for (const [field, share] of [[x, left], [y, top]]) {
      field.value = String(Math.round(Math.min(Math.max(share, 0), 100) * 10) / 10);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function move() {
    const { width, height } = layer.viewBox.baseVal;
    const [left, top] = [(x.valueAsNumber || 0) * width, (y.valueAsNumber || 0) * height];
    mark.setAttribute("transform", `translate(${left / 100} ${top / 100})`);
  }

  for (const field of [x, y]) field.addEventListener("input", move);
  picture.addEventListener("click", (event) => {
    const box = layer.getBoundingClientRect();
    set(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  });
  picture.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 : 1;
    set(x.valueAsNumber + step[0] * size, y.valueAsNumber + step[1] * size);
  });
}
