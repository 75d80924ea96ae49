// The two "You are" menus: who this page acts as, and how somebody new is added.

import { sandbox } from "./api.js";
import { askFor } from "./dialog.js";
import { byId, el } from "./dom.js";
import { t } from "./texts.js";
import { remember } from "./view.js";

/**
 * Fill a menu with people, keeping the chosen one if it is still there; returns who is chosen. Somebody who was just
 * added is chosen as soon as they are among the people.
 */
export function fill(id, people, chosen, label) {
  const select = byId(id);
  if (people.some((person) => person.id === select.awaited)) {
    chosen = select.awaited;
    select.awaited = undefined;
  }
  const signature = JSON.stringify(people.map((person) => [person.id, label(person)]));
  if (select.signature !== signature) {
    select.signature = signature;
    select.replaceChildren(...people.map((person) => el("option", { value: person.id }, label(person))));
  }
  const known = people.some((person) => person.id === chosen) ? chosen : people[0]?.id ?? "";
  select.value = known;
  return known;
}

/** Call `choose(id)` when another person is picked, and remember the choice in this tab. */
export function onPick(id, choose) {
  byId(id).addEventListener("change", (event) => {
    event.target.awaited = undefined;
    remember(id, event.target.value);
    choose(event.target.value);
  });
}

/** Ask for a new person and add them; resolves with the answer of the sandbox, or null. */
export async function add(kind) {
  const customer = kind === "customer";
  const fields = customer
    ? [{ name: "handle", label: t("person_handle"), pattern: "@?[A-Za-z0-9_]{1,15}" }, { name: "name", label: t("person_name") }]
    : [{ name: "name", label: t("person_name") }, { name: "restricted", label: t("person_guest"), check: true }];
  const answer = await askFor(t(`${kind}_new`), fields);
  if (answer === null) return null;
  if (customer) answer.handle = answer.handle.replace(/^@/, "");
  const added = await sandbox(customer ? "customers" : "agents", answer);
  byId(kind).awaited = added.id;
  return added;
}
