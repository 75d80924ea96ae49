// Writes instants the way the reader is used to, in the reader's own time zone.

import { present } from "./clock.js";
import { language, t } from "./texts.js";
import { tongue } from "./tongue.js";

const same = (one, other) => one.toDateString() === other.toDateString();

/** The reader's own variety of a language, such as en-GB, so that dates look familiar. */
const locale = (speech) => navigator.languages.find((name) => name.split("-")[0] === speech) ?? speech;

const write = (date, options, speech = language()) => new Intl.DateTimeFormat(locale(speech), { ...options, ...(options.hour || options.timeStyle ? { hourCycle: "h23" } : {}) }).format(date);

function nearby(date, speech = language()) {
  const day = new Date(present());
  if (same(date, day)) return t("today", {}, speech);
  day.setDate(day.getDate() - 1);
  if (same(date, day)) return t("yesterday", {}, speech);
  day.setDate(day.getDate() + 2);
  return same(date, day) ? t("tomorrow", {}, speech) : null;
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MIDDLE = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

// The tokens of Slack's `<!date^…>`.
const TOKENS = {
  date_num: (date, speech) => write(date, { year: "numeric", month: "2-digit", day: "2-digit" }, speech),
  date: (date, speech) => write(date, MIDDLE, speech),
  date_short: (date, speech) => write(date, SHORT, speech),
  date_long: (date, speech) => write(date, LONG, speech),
  date_pretty: (date, speech) => nearby(date, speech) ?? write(date, MIDDLE, speech),
  date_short_pretty: (date, speech) => nearby(date, speech) ?? write(date, SHORT, speech),
  date_long_pretty: (date, speech) => nearby(date, speech) ?? write(date, LONG, speech),
  time: (date, speech) => write(date, { hour: "2-digit", minute: "2-digit" }, speech),
  time_secs: (date, speech) => write(date, { hour: "2-digit", minute: "2-digit", second: "2-digit" }, speech),
  ago: (date, speech) => ago(date, speech),
};

/**
 * Slack's date format filled in, e.g. "{date_short_pretty} at {time}"; null when it has a token nobody knows.
 * It is written in the language of the words in it, or else of the page: what the app said before it spoke another
 * language stays whole.
 */
export function fill(format, seconds) {
  const speech = tongue(format) ?? language();
  const date = new Date(seconds * 1000);
  let known = !Number.isNaN(date.getTime());
  const text = format.replace(/\{(\w+)\}/g, (_, token) => {
    const writer = known ? TOKENS[token] : undefined;
    if (writer !== undefined) return writer(date, speech);
    known = false;
    return "";
  });
  return known ? text : null;
}

/** "3 minutes ago", "in 2 hours". */
export function ago(date, speech = language()) {
  const seconds = Math.round((date.getTime() - present()) / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat(speech, { numeric: "auto" });
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return t("just_now", {}, speech);
}

export const clockTime = (date) => TOKENS.time(date);

/** A day of the week and a time, such as "Tue 14:32". */
export const dayTime = (date) => write(date, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** The full instant, for a tooltip. */
export const full = (date) => write(date, { dateStyle: "full", timeStyle: "medium" });

/** A heading for a day: today, yesterday or the date. */
export const dayName = (date) => nearby(date) ?? write(date, { weekday: "long", day: "numeric", month: "long" });
