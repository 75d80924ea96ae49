// Small dialogs: to confirm a button, to add a person, to read the keys.

import { byId, el, giveBack, placeOf } from "./dom.js";
import { t } from "./texts.js";

/**
 * Show a dialog with these contents; resolves with the value of the button that closed it, "" for Escape.
 * The focus returns to where it was, also when that was drawn anew meanwhile.
 */
export function show(title, contents, buttons) {
  const place = placeOf(document.activeElement);
  const heading = el("h2", { id: "dialog-title" }, title);
  const foot = el("div", { class: "dialog-foot" }, buttons.map(({ label, value, kind }) =>
    el("button", { class: `button ${kind ?? ""}`, type: "submit", value, formnovalidate: value === "" }, label)));
  const form = el("form", { method: "dialog" }, heading, contents, foot);
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      giveBack(place);
      resolve(dialog.returnValue);
    });
  });
}

/** Slack's confirmation of a button; resolves with yes or no. `text` holds ready nodes. */
export async function confirmed({ title, text, yes, no, danger }) {
  const buttons = [
    { label: no, value: "" },
    { label: yes, value: "yes", kind: danger ? "danger" : "primary" },
  ];
  return (await show(title, el("p", {}, text), buttons)) === "yes";
}

/** Ask for a new person; resolves with what was filled in, or null. Fields are {name, label, pattern?, check?}. */
export async function askFor(title, fields) {
  const inputs = fields.map(({ name, label, pattern, check }) => ({
    name,
    label,
    check,
    input: check
      ? el("input", { type: "checkbox", id: `field-${name}` })
      : el("input", { type: "text", id: `field-${name}`, required: true, pattern, autocomplete: "off", maxlength: 60 }),
  }));
  const rows = inputs.map(({ name, label, check, input }) => {
    const words = el("label", { for: `field-${name}` }, label);
    return el("p", { class: check ? "field check" : "field" }, check ? [input, words] : [words, input]);
  });
  const answer = await show(title, rows, [
    { label: t("cancel"), value: "" },
    { label: t("person_add"), value: "add", kind: "primary" },
  ]);
  if (answer !== "add") return null;
  return Object.fromEntries(inputs.map(({ name, check, input }) => [name, check ? input.checked : input.value.trim()]));
}

/** The keys, and how the page works. */
export function help() {
  const keys = [
    [["Enter"], "help_enter"],
    [["Shift", "Enter"], "help_newline"],
    [["↑", "↓"], "help_arrows"],
    [["Tab"], "help_tab"],
    [["Home", "End"], "help_home"],
    [["Esc"], "help_escape"],
    [["F6"], "help_jump"],
  ];
  const rows = keys.map(([names, text]) =>
    el("div", {}, el("dt", {}, names.map((name) => el("kbd", {}, name))), el("dd", {}, t(text))));
  const contents = [
    el("p", {}, t("help_intro")),
    el("h3", {}, t("help_keys")),
    el("dl", { class: "keys" }, rows),
    el("p", {}, t("help_words")),
  ];
  return show(t("help_title"), contents, [{ label: t("close"), value: "", kind: "primary" }]);
}

/**
 * Say under a form what would come of it, before anything is sent. `choices` are {label, act}; the first one gets the
 * focus, so that Enter goes on. The sentence and the labels are functions, asked again when the language changes.
 */
export function advise(id, sentence, choices) {
  const line = byId(id);
  const buttons = choices.map(({ label, act }, index) => el("button", { class: index === 0 ? "button primary small" : "button small", type: "button", onclick: () => {
    stopAdvising(id);
    act();
  } }, label()));
  const words = el("p", { role: "alert" }, sentence());
  line.hidden = false;
  line.replaceChildren(words, el("p", { class: "choices" }, buttons));
  advices.set(id, () => {
    words.textContent = sentence();
    buttons.forEach((button, index) => { button.textContent = choices[index].label(); });
  });
  buttons[0].focus();
}

/** What is advised now: id -> a function that says it in the language of the page. */
const advices = new Map();

/** Say nothing under this form any more. */
export function stopAdvising(id) {
  advices.delete(id);
  byId(id)?.replaceChildren();
  byId(id)?.toggleAttribute("hidden", true);
}

/** Why something did not work, by form. */
const problems = new Map();

/** Say under a form why it did not work; with no reason the line is emptied. */
export function problem(id, reason = null) {
  problems.set(id, reason);
  byId(id).textContent = reason === null ? "" : t("problem", { reason: inWords(reason) });
}

/** The app's silence in words; every other refusal as it came. */
export const inWords = (reason) => (SILENCE.has(reason) ? t(reason) : reason);
const SILENCE = new Set(["dispatch_failed", "operation_timeout"]);

/** Say everything that stands under a form in the language of the page. */
export function sayAgain() {
  for (const say of advices.values()) say();
  for (const [id, reason] of problems) problem(id, reason);
}
