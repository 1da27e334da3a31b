// Writes moments as people say them; the full time stays in the title.

const STEPS = [[60, "second"], [3600, "minute"], [86400, "hour"], [604800, "day"], [2629800, "week"], [31557600, "month"], [Infinity, "year"]];
const SECONDS = { second: 1, minute: 60, hour: 3600, day: 86400, week: 604800, month: 2629800, year: 31557600 };

export function relative(seconds, language) {
  const [, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(seconds / SECONDS[unit]), unit);
}

export function attach(moments) {
  const language = document.documentElement.lang;
  for (const moment of moments) {
    moment.textContent = relative((new Date(moment.dateTime) - Date.now()) / 1000, language);
  }
}
