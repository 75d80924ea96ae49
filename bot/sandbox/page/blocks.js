// Shows Block Kit: the blocks of a message as Slack would lay them out.

import { confirmed } from "./dialog.js";
import { el, ownAddress } from "./dom.js";
import { withCharacters } from "./emoji.js";
import { richText } from "./richtext.js";
import { link, mrkdwn } from "./mrkdwn.js";
import { t } from "./texts.js";

/**
 * The elements of `blocks`. `view` gives `people(id)`, a user's name, and `press({block_id, action_id, value?})`,
 * which tells the app that a button was pressed or an option chosen.
 */
export function renderBlocks(blocks, view) {
  return blocks.map((block) => {
    const builder = BLOCKS[block.type];
    if (builder === undefined) return el("p", { class: "block unknown" }, t("block_unknown", { type: block.type }));
    return builder(block, view);
  });
}

const BLOCKS = {
  header: (block) => el("p", { class: "block header", role: "heading", "aria-level": "4" }, plain(block.text)),
  divider: () => el("hr", { class: "block" }),
  section,
  context: (block, view) => el("div", { class: "block context" }, block.elements.map((piece) => contextPiece(piece, view))),
  actions: (block, view) => el("div", { class: "block actions" }, block.elements.map((piece) => control(piece, block, view))),
  image: (block) => el("figure", { class: "block" },
    block.title ? el("figcaption", {}, plain(block.title)) : null, picture(block)),
  rich_text: (block, view) => el("div", { class: "block" }, richText(block, view)),
  markdown: (block) => el("div", { class: "block plain" }, block.text),
};

/** A text object as nodes. */
export function words(text, view) {
  if (text.type === "plain_text") return plain(text);
  return mrkdwn(text.text, { people: view.people, verbatim: text.verbatim === true });
}

function plain(text) {
  return text.emoji === false ? text.text : withCharacters(text.text);
}

function section(block, view) {
  const body = el("div", { class: "section-body" },
    block.text ? el("div", { class: "plain" }, words(block.text, view)) : null,
    block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", { class: "plain" }, words(field, view)))) : null);
  const beside = block.accessory ? el("div", { class: "accessory" }, control(block.accessory, block, view)) : null;
  return el("div", { class: "block section" }, body, beside);
}

function contextPiece(piece, view) {
  return piece.type === "image" ? picture(piece) : el("span", { class: "plain" }, words(piece, view));
}

/** A picture of the page's own origin; from anywhere else only its description is shown. */
function picture({ image_url: address, alt_text: alt }) {
  const own = ownAddress(address ?? "");
  if (own === null) return el("span", { class: "no-image" }, t("image_outside", { alt: alt ?? "" }));
  return el("img", { src: own, alt: alt ?? "", loading: "lazy" });
}

const CONTROLS = { button, static_select: menu, overflow: menu, image: picture };

function control(piece, block, view) {
  const builder = CONTROLS[piece.type];
  if (builder === undefined) return el("span", { class: "unknown" }, t("block_unknown", { type: piece.type }));
  return builder(piece, block, view);
}

function button(piece, block, view) {
  const style = piece.style === "primary" ? "primary" : piece.style === "danger" ? "danger" : "";
  const send = () => view.press({ block_id: block.block_id, action_id: piece.action_id });
  const label = piece.accessibility_label ?? null;
  if (piece.url) {
    const anchor = link(piece.url, plain(piece.text));
    anchor.className = `button small ${style}`;
    anchor.dataset.focus = piece.action_id;
    if (label !== null) anchor.setAttribute("aria-label", label);
    anchor.addEventListener("click", send);
    return anchor;
  }
  const press = async () => {
    if (!piece.confirm || await agreed(piece.confirm, view)) await send();
  };
  return el("button", { class: `button small ${style}`, type: "button", "aria-label": label, "data-focus": `${block.block_id}/${piece.action_id}`, onclick: press }, plain(piece.text));
}

function menu(piece, block, view) {
  const options = piece.options ?? (piece.option_groups ?? []).flatMap((group) => group.options);
  const first = piece.placeholder ? plain(piece.placeholder) : piece.type === "overflow" ? "⋯" : t("choose");
  const chosen = piece.initial_option?.value;
  const select = el("select", { class: piece.type === "overflow" ? "menu overflow" : "menu", "aria-label": piece.placeholder ? first : t("choose"), "data-focus": `${block.block_id}/${piece.action_id}` },
    el("option", { value: "" }, first),
    options.map((option) => el("option", { value: option.value, selected: option.value === chosen }, plain(option.text))));
  select.addEventListener("change", async () => {
    const option = options.find(({ value }) => value === select.value);
    if (option === undefined) return;
    if (piece.confirm && !(await agreed(piece.confirm, view))) select.value = chosen ?? "";
    else await view.press({ block_id: block.block_id, action_id: piece.action_id, value: option.value });
    if (piece.type === "overflow") select.value = "";
  });
  return select;
}

function agreed(confirm, view) {
  return confirmed({
    title: plain(confirm.title ?? { text: "" }),
    text: confirm.text ? words(confirm.text, view) : "",
    yes: confirm.confirm ? plain(confirm.confirm) : t("confirm"),
    no: confirm.deny ? plain(confirm.deny) : t("cancel"),
    danger: confirm.style === "danger",
  });
}
