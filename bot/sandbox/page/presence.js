// Whether an agent is there: how that is shown, and the dialog in which they change it.

import { sandbox } from "./api.js";
import { present } from "./clock.js";
import { confirmed, show } from "./dialog.js";
import { byId, el } from "./dom.js";
import { character } from "./emoji.js";
import { t } from "./texts.js";

/** How long somebody who is not to be disturbed is left alone, in minutes. */
const QUIET = 60;

const isQuiet = ({ quiet_until: until }) => until * 1000 > present();

/** A name in the list of agents, with what keeps them from being there. */
export function named({ name, ...user }) {
  const emoji = user.status_emoji === "" ? "" : character(user.status_emoji.replaceAll(":", ""));
  return [name, user.away ? t("is_away") : "", isQuiet(user) ? t("is_quiet") : "", `${emoji} ${user.status_text}`.trim()].filter((words) => words !== "").join(" · ");
}

/** The button beside the list: whether the agent is there. */
export function drawPresence(user) {
  const button = byId("agent-state");
  button.disabled = user === null;
  if (user !== null) button.dataset.state = user.away ? "away" : isQuiet(user) ? "quiet" : "here";
}

/** Let the agent say whether they are there; `slack` speaks for them. */
export async function changePresence(user, slack) {
  const away = el("input", { type: "checkbox", id: "field-away", checked: user.away });
  const quiet = el("input", { type: "checkbox", id: "field-quiet", checked: isQuiet(user) });
  const status = el("input", { type: "text", id: "field-status", maxlength: 100, autocomplete: "off", value: user.status_text });
  const rows = [[away, "presence_away"], [quiet, "presence_quiet"]].map(([input, words]) =>
    el("p", { class: "field check" }, input, el("label", { for: input.id }, t(words))));
  const answer = await show(user.name, [...rows, el("p", { class: "field" }, el("label", { for: status.id }, t("presence_status")), status)], [
    { label: t("cancel"), value: "" },
    { label: t("deactivate"), value: "deactivate", kind: "danger" },
    { label: t("save"), value: "save", kind: "primary" },
  ]);
  if (answer === "deactivate") await deactivate(user);
  if (answer !== "save") return;
  if (away.checked !== user.away) await slack.setAway(away.checked);
  if (quiet.checked !== isQuiet(user)) await (quiet.checked ? slack.snooze(QUIET) : slack.endSnooze());
  if (status.value.trim() !== user.status_text) await slack.setStatus(status.value.trim());
}

async function deactivate({ id, name }) {
  const agreed = await confirmed({ title: t("deactivate"), text: t("deactivate_text", { name }), yes: t("deactivate"), no: t("cancel"), danger: true });
  if (agreed) await sandbox("deactivate", { agent: id });
}
