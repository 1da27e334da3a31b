"""What the browser measures of a page that is laid out: a program for its frame, in a world of its own.

It waits for fonts; images are there with the page. Elements with ``data-field`` show a field of the card;
with ``data-fit`` they also say how small (in CSS pixels) their text may become to fit their box. Its answer:

``fits``      {field: font size in pixels} where the text had to become smaller
``overflows`` fields whose content does not fit, each once
``broken``    how many images did not load
``missing``   characters that no installed font has
"""

WRITE = "function (html) { document.open(); document.write(html); document.close(); }"
"""Puts a page in the place of the one that is there. It has loaded when its images have."""

MEASURE = r"""
(async () => {
  const SAMPLE_MAX = 400;
  await document.fonts.ready;

  const isOver = (box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
  const isBoxed = (box) => getComputedStyle(box).display !== 'inline' && box.clientHeight > 0;
  const fits = {}, overflows = new Set();
  for (const box of document.querySelectorAll('[data-field]')) {
    if (!isBoxed(box)) continue;
    const name = box.dataset.field;
    const smallest = parseFloat(box.dataset.fit);
    if (smallest > 0 && isOver(box)) {
      let low = smallest, high = parseFloat(getComputedStyle(box).fontSize);
      const set = (size) => box.style.setProperty('font-size', size + 'px', 'important');
      while (high - low > 0.5) {
        const middle = (low + high) / 2;
        set(middle);
        if (isOver(box)) high = middle; else low = middle;
      }
      low = Math.floor(low * 4) / 4;
      set(low);
      fits[name] = low;
    }
    const edge = document.documentElement;
    const place = box.getBoundingClientRect();
    const isOut = place.right > edge.clientWidth + 1 || place.bottom > edge.clientHeight + 1 ||
      place.left < -1 || place.top < -1;
    if (isOver(box) || isOut) overflows.add(name);
  }

  const broken = [...document.images].filter((image) => !image.complete || !image.naturalWidth).length;

  const characters = [...new Set(document.body.innerText)].filter((c) => c > '~' &&
    !/[\p{M}\p{Z}\p{C}\p{Variation_Selector}]/u.test(c) || /\p{Co}/u.test(c)).slice(0, SAMPLE_MAX);
  const missing = [];
  if (characters.length) {
    const canvas = new OffscreenCanvas(40, 40);
    const pen = canvas.getContext('2d', {willReadFrequently: true});
    pen.font = '24px ' + getComputedStyle(document.body).fontFamily;
    const draw = (character) => {
      pen.clearRect(0, 0, 40, 40);
      pen.fillText(character, 4, 30);
      return pen.getImageData(0, 0, 40, 40).data.join();
    };
    const box = draw('\u{10FFFD}');
    for (const character of characters) if (draw(character) === box) missing.push(character);
  }
  return {fits, overflows: [...overflows], broken, missing};
})()
"""
