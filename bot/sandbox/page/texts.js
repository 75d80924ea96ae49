// Chooses the language of the page and writes its words into the frame.

import { english } from "./texts.en.js";
import { dutch } from "./texts.nl.js";

const BOOKS = { en: english, nl: dutch };
const KEPT = "webcare-language";

let chosen = "en";

/** The language in use: "nl" or "en". */
export const language = () => chosen;

/** The words for `key`, with `{name}` filled from `values`; in the page's language unless another one is named. */
export function t(key, values = {}, speech = chosen) {
  const words = BOOKS[speech][key];
  if (words === undefined) throw new Error(`No text "${key}" in ${speech}`);
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** "one" or "other" form of a counted thing: the keys `key_one` and `key_other`. */
export function counted(key, count) {
  return t(`${key}_${count === 1 ? "one" : "other"}`, { count });
}

/** Names as one says them: "A, B and C". */
export const listed = (names) => new Intl.ListFormat(chosen).format(names);

/** The reader's earlier choice, else the browser's language, else English. */
export function preferred() {
  const kept = localStorage.getItem(KEPT);
  if (kept in BOOKS) return kept;
  return navigator.language.toLowerCase().startsWith("nl") ? "nl" : "en";
}

/** Speak `name` from now on: the frame at once, the lists when they are drawn next. */
export function speak(name, { keep = false } = {}) {
  chosen = name in BOOKS ? name : "en";
  if (keep) localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen;
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-title]")) element.title = t(element.dataset.title);
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = t(element.dataset.placeholder);
}
