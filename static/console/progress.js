// Follows a job: moves its bar while it runs, and shows the page anew when its state changes.

const EVERY_MS = 1500;

export function attach(elements) {
  for (const element of elements) follow(element);
}

async function follow(element) {
  const bar = element.querySelector("progress");
  const text = element.querySelector("[data-progress-text]");
  const seen = element.dataset.progressState;
  while (true) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    if (document.hidden) continue;
    const answer = await fetch(element.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) continue;
    const job = await answer.json();
    if (job.state !== seen) return location.reload();
    if (job.total) {
      bar.max = job.total;
      bar.value = job.done;
      text.textContent = `${job.done} of ${job.total}`;
    }
  }
}
