// Uploads files as they are chosen, dropped or pasted, each with its own progress and its own error.

const AT_ONCE = 2;

export function attach(forms) {
  forms.forEach(prepare);
}

function prepare(form) {
  const input = form.querySelector("input[type=file]");
  const rows = form.querySelector("[data-uploads]");
  const waiting = [];
  let running = 0;

  form.querySelector(".uploader-more").hidden = false;
  form.querySelector("button[type=submit]").hidden = true;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  dropping(form, add);
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });

  function add(files) {
    for (const file of files) waiting.push([file, row(rows, file.name)]);
    next();
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(form, ...waiting.shift()).finally(() => {
        running -= 1;
        next();
      });
    }
  }
}

function dropping(form, add) {
  const holdsFiles = (event) => [...event.dataTransfer.types].includes("Files");
  const mark = (on) => form.classList.toggle("uploader-over", on);
  form.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) mark(false);
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    add([...event.dataTransfer.files]);
  });
}

async function send(form, file, shown) {
  if (file.size > Number(form.dataset.uploader)) return shown.fail("The file is too large.");
  const body = new FormData(form);
  body.delete("files");
  body.append("files", file, file.name);
  try {
    const answer = await post(form.action, body, shown.progress);
    shown.done();
    show(form, answer);
  } catch (error) {
    shown.fail(error.message);
  }
}

function show(form, answer) {
  const grid = document.querySelector("[data-media-grid]");
  form.dispatchEvent(new CustomEvent("uploaded", { detail: answer, bubbles: true }));
  if (!grid) return;
  const before = [...grid.querySelectorAll("[data-bulk-row]")].find((box) => box.value === answer.object_key);
  before?.closest("li").remove();
  grid.insertAdjacentHTML("afterbegin", answer.card);
  document.querySelector("main .empty")?.remove();
}

function row(rows, name) {
  const item = document.createElement("li");
  const label = document.createElement("span");
  const bar = document.createElement("progress");
  label.textContent = name;
  label.className = "upload-name";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.append(label, bar);
  rows.append(item);
  return {
    progress: (share) => { bar.value = share; },
    done: () => item.remove(),
    fail: (text) => {
      const words = document.createElement("span");
      words.className = "upload-error";
      words.textContent = text;
      bar.replaceWith(words);
    },
  };
}

// XMLHttpRequest, because fetch tells nothing of how much was sent.
function post(url, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(event.lengthComputable ? event.loaded / event.total : 0));
    request.addEventListener("load", () => {
      const answer = request.response ?? {};
      if (request.status === 201) resolve(answer);
      else reject(new Error(answer.error ?? answer.detail ?? "The server did not take it."));
    });
    request.addEventListener("error", () => reject(new Error("The connection was lost.")));
    request.send(body);
  });
}
