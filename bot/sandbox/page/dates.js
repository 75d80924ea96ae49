// Writes instants the way the reader is used to, in the reader's own time zone.

import { language, t } from "./texts.js";

const same = (one, other) => one.toDateString() === other.toDateString();

/** The reader's own variety of the page's language, such as en-GB, so that hours look familiar. */
const locale = () => navigator.languages.find((name) => name.split("-")[0] === language()) ?? language();

const write = (date, options) => new Intl.DateTimeFormat(locale(), options).format(date);

function nearby(date) {
  const day = new Date();
  if (same(date, day)) return t("today");
  day.setDate(day.getDate() - 1);
  if (same(date, day)) return t("yesterday");
  day.setDate(day.getDate() + 2);
  return same(date, day) ? t("tomorrow") : null;
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MIDDLE = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

// The tokens of Slack's `<!date^…>`.
const TOKENS = {
  date_num: (date) => write(date, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (date) => write(date, MIDDLE),
  date_short: (date) => write(date, SHORT),
  date_long: (date) => write(date, LONG),
  date_pretty: (date) => nearby(date) ?? write(date, MIDDLE),
  date_short_pretty: (date) => nearby(date) ?? write(date, SHORT),
  date_long_pretty: (date) => nearby(date) ?? write(date, LONG),
  time: (date) => write(date, { hour: "numeric", minute: "2-digit" }),
  time_secs: (date) => write(date, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (date) => ago(date),
};

/** Slack's date format filled in, e.g. "{date_short_pretty} {time}"; null when it has a token nobody knows. */
export function fill(format, seconds) {
  const date = new Date(seconds * 1000);
  let known = !Number.isNaN(date.getTime());
  const text = format.replace(/\{(\w+)\}/g, (_, token) => {
    const writer = known ? TOKENS[token] : undefined;
    if (writer !== undefined) return writer(date);
    known = false;
    return "";
  });
  return known ? text : null;
}

/** "3 minutes ago", "in 2 hours". */
export function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return t("just_now");
}

export const clockTime = (date) => TOKENS.time(date);

/** The full instant, for a tooltip. */
export const full = (date) => write(date, { dateStyle: "full", timeStyle: "medium" });

/** A heading for a day: today, yesterday or the date. */
export const dayName = (date) => nearby(date) ?? write(date, { weekday: "long", day: "numeric", month: "long" });
