// Shows Slack's rich_text block: text, lists, quotes and code as structured by the sender, never parsed again.

import { el } from "./dom.js";
import { emoji, instant, link, mention } from "./mrkdwn.js";
import { tongue } from "./tongue.js";

/** The nodes of a rich_text block; `view.people(id)` gives a user's name. */
export function richText(block, view) {
  return block.elements.map((piece) => part(piece, view));
}

function part(piece, view) {
  const inside = piece.elements ?? [];
  if (piece.type === "rich_text_list") {
    const list = el(piece.style === "ordered" ? "ol" : "ul", { start: piece.offset ? piece.offset + 1 : null },
      inside.map((item) => el("li", {}, part(item, view))));
    list.style.setProperty("--indent", piece.indent ?? 0);
    return list;
  }
  const nodes = inside.map((leaf) => styled(leaf, view));
  if (piece.type === "rich_text_preformatted") return el("pre", {}, nodes);
  if (piece.type === "rich_text_quote") return el("blockquote", { lang: tongue(inside.map(({ text }) => text ?? "").join(" ")) }, nodes);
  return el("div", { class: "plain" }, nodes);
}

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]];

function styled(leaf, view) {
  let node = leafNode(leaf, view);
  for (const [style, tag] of STYLES) {
    if (leaf.style?.[style]) node = el(tag, {}, node);
  }
  return node;
}

function leafNode(leaf, view) {
  switch (leaf.type) {
    case "text": return leaf.text;
    case "link": return link(leaf.url, leaf.text ?? null);
    case "emoji": return emoji(leaf.skin_tone ? `${leaf.name}::skin-tone-${leaf.skin_tone}` : leaf.name);
    case "user": return mention(`@${view.people(leaf.user_id) ?? leaf.user_id}`);
    case "usergroup": return mention(`@${leaf.usergroup_id}`, true);
    case "channel": return mention(`#${leaf.channel_id}`);
    case "broadcast": return mention(`@${leaf.range}`, true);
    case "date": return instant(leaf.format, leaf.timestamp, leaf.fallback ?? "");
    default: return leaf.text ?? "";
  }
}
