// Shows the modal that the app opened for the agent: its blocks, its fields, and what the app says is wrong.

import { renderBlocks } from "./blocks.js";
import { el, giveBack, placeOf } from "./dom.js";
import { t } from "./texts.js";

/** The dialog that is on the screen, with the signature of the modal it shows and where the focus was before it. */
let shown = null;

/** Show, redraw or take away the agent's modal. `view` gives the store, the agent and what can be done. */
export function drawModal(view) {
  const modal = view.store.get("modal", view.agent);
  const signature = modal === null ? null : JSON.stringify([modal, view.agent, view.language]);
  if (shown?.signature === signature) return;
  const typed = shown === null ? {} : filled(shown.dialog);
  const place = shown?.place ?? placeOf(document.activeElement);
  const field = shown?.dialog.contains(document.activeElement) ? document.activeElement.id : "";
  shown?.dialog.remove();
  shown = null;
  if (modal === null) {
    giveBack(place);
    return;
  }
  const dialog = build(modal, typed, view);
  shown = { dialog, signature, place };
  document.body.append(dialog);
  dialog.showModal();
  const again = field === "" ? null : dialog.querySelector(`#${CSS.escape(field)}`);
  (dialog.querySelector("[aria-invalid]") ?? again)?.focus();
}

function build(modal, typed, view) {
  const leave = () => view.answerModal(modal.id, null);
  const problem = el("p", { class: "problem", role: "alert" });
  const form = el("form", {},
    el("h2", { id: "modal-title" }, modal.title.text),
    modal.blocks.map((block) => (block.type === "input" ? field(block, typed, modal.errors, view) : renderBlocks([block], {
      people: view.people,
      press: (action) => view.pressInModal(modal.id, action, filled(dialog)),
    }))),
    problem,
    el("div", { class: "dialog-foot" },
      el("button", { class: "button", type: "button", onclick: leave }, modal.close?.text ?? t("cancel")),
      modal.submit ? el("button", { class: "button primary", type: "submit" }, modal.submit.text) : null));
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "modal-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.textContent = (await view.answerModal(modal.id, filled(dialog))) ?? "";
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  return dialog;
}

function field(block, typed, errors, view) {
  const id = `modal-${block.element.action_id}`;
  const input = control(block.element, block.optional !== true, typed[block.element.action_id], view);
  const choices = input.matches("fieldset");
  const wrong = errors[block.block_id];
  const name = block.label.text;
  input.id = id;
  input.dataset.action = block.element.action_id;
  if (!choices) input.required = block.optional !== true;
  if (wrong) {
    input.setAttribute("aria-describedby", `${id}-wrong`);
    if (!choices) input.setAttribute("aria-invalid", "true");
  }
  if (choices) input.prepend(el("legend", {}, name));
  return el("div", { class: "field" },
    choices ? null : el("label", { for: id }, name),
    input,
    block.hint ? el("p", { class: "muted" }, block.hint.text) : null,
    wrong ? el("p", { class: "problem", id: `${id}-wrong` }, wrong) : null);
}

const PLAIN = { number_input: "number", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time" };

function control(element, required, typed, view) {
  switch (element.type) {
    case "static_select": return select(element.options ?? element.option_groups.flatMap(({ options }) => options), typed ?? element.initial_option?.value);
    case "users_select": return select(people(view), typed ?? element.initial_user);
    case "radio_buttons": return choices("radio", element, required, [typed ?? element.initial_option?.value]);
    case "checkboxes": return choices("checkbox", element, false, typed ?? (element.initial_options ?? []).map(({ value }) => value));
    default: return text(element, typed ?? element.initial_value ?? element.initial_date ?? element.initial_time ?? "");
  }
}

const people = (view) => view.store.all("user").filter(({ bot, deleted }) => !bot && !deleted).map(({ id, name }) => ({ value: id, text: { text: name } }));

function text(element, value) {
  const attributes = { placeholder: element.placeholder?.text, maxlength: element.max_length, minlength: element.min_length };
  const input = element.multiline ? el("textarea", { rows: 4, ...attributes }) : el("input", { type: PLAIN[element.type] ?? "text", ...attributes });
  input.value = value;
  return input;
}

function select(options, chosen) {
  return el("select", {}, el("option", { value: "" }, t("choose")),
    options.map((option) => el("option", { value: option.value, selected: option.value === chosen }, option.text.text)));
}

function choices(type, element, required, chosen) {
  return el("fieldset", {}, element.options.map((option) => el("label", { class: "choice" },
    el("input", { type, name: element.action_id, value: option.value, required, checked: chosen.includes(option.value) }), option.text.text)));
}

/** What was put in, by action id: text, an option's value, or a list of values for checkboxes. */
function filled(dialog) {
  const values = {};
  for (const input of dialog.querySelectorAll("[data-action]")) {
    if (!input.matches("fieldset")) values[input.dataset.action] = input.value === "" ? null : input.value;
    else {
      const ticked = [...input.querySelectorAll("input:checked")].map(({ value }) => value);
      const many = input.querySelector('input[type="checkbox"]') !== null;
      values[input.dataset.action] = many ? ticked : ticked[0] ?? null;
    }
  }
  return values;
}
