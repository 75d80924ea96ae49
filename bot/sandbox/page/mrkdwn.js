// Reads Slack's mrkdwn and shows it as elements: the formatting is Slack's, the text inside is only ever text.

import { fill, full } from "./dates.js";
import { el, ownAddress } from "./dom.js";
import { character } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const NOTIFYING = new Set(["here", "channel", "everyone"]);

/** Slack's three entities, decoded once. */
export const decode = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

/** Slack's three entities, as its own client writes them. */
export const encode = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/**
 * The nodes of a mrkdwn text.
 *
 * `people` gives a user's name by id. With `verbatim` bare addresses and @here are left alone; without it they
 * come alive, as they do in Slack.
 */
export function mrkdwn(text, { people = () => null, verbatim = false } = {}) {
  const parts = [];
  const fences = text.split("```");
  fences.forEach((piece, index) => {
    const inside = index % 2 === 1 && index < fences.length - 1;
    if (inside) parts.push(el("pre", {}, decode(piece.replace(/^\n|\n$/g, ""))));
    else parts.push(...lines(index % 2 === 1 ? "```" + piece : piece, { people, verbatim }));
  });
  return parts;
}

function lines(text, context) {
  const parts = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const quoted = /^&gt; ?(?!&gt;)/.exec(line);
    if (quoted === null) {
      if (index > 0 && quote === null) parts.push(el("br"));
      quote = null;
      parts.push(...inline(line, context));
    } else if (quote === null) {
      quote = el("blockquote", {}, inline(line.slice(quoted[0].length), context));
      parts.push(quote);
    } else quote.append(el("br"), ...inline(line.slice(quoted[0].length), context));
  });
  return parts;
}

// One alternative for each thing that can stand in a line; a mark opens and closes only at the edge of a word.
const INLINE = new RegExp(
  [
    "<(?<special>[^<>\\n]+)>",
    "`(?<code>[^`\\n]+)`",
    "(?<![\\p{L}\\p{N}*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?<italic>[^\\s_](?:[^_\\n]*[^\\s_])?)_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\p{L}\\p{N}~])",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):",
    "(?<bare>https?://[^\\s<>|]+[^\\s<>|.,;:!?)\\]'\"])",
    "(?<![\\p{L}\\p{N}_])@(?<shout>here|channel|everyone)\\b",
  ].join("|"),
  "gu",
);

const MARKS = { bold: "strong", italic: "em", strike: "s" };

function inline(text, context) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const shown = show(match, context);
    if (shown === null) continue;
    parts.push(decode(text.slice(end, match.index)), shown);
    end = match.index + match[0].length;
  }
  parts.push(decode(text.slice(end)));
  return parts.filter((part) => part !== "");
}

function show({ groups }, context) {
  if (groups.special !== undefined) return special(groups.special, context);
  if (groups.code !== undefined) return el("code", {}, decode(groups.code));
  if (groups.emoji !== undefined) return emoji(groups.emoji);
  if (groups.bare !== undefined) return context.verbatim ? null : link(decode(groups.bare), null);
  if (groups.shout !== undefined) return context.verbatim ? null : mention(`@${groups.shout}`, true);
  for (const [mark, tag] of Object.entries(MARKS)) {
    if (groups[mark] !== undefined) return el(tag, {}, inline(groups[mark], context));
  }
  return null;
}

function special(inside, { people }) {
  const [target, ...rest] = inside.split("|");
  const label = rest.length === 0 ? null : decode(rest.join("|"));
  if (target.startsWith("@")) return mention(`@${people(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return mention(`#${label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) return date(target, label ?? "");
  if (target.startsWith("!subteam^")) return mention(label ?? `@${target.slice(9)}`, true);
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`, NOTIFYING.has(target.slice(1)));
  return link(decode(target), label);
}

/** A pill: a person, a channel, or a shout that would notify everybody. */
export function mention(text, loud = false) {
  return el("span", { class: loud ? "mention loud" : "mention" }, text);
}

/** A link that opens apart and tells its target nothing; anything but http, https and mailto stays text. */
export function link(target, label) {
  let safe = null;
  try {
    safe = ["http:", "https:", "mailto:"].includes(new URL(target).protocol) ? target : null;
  } catch {
    safe = null;
  }
  const text = label ?? target;
  if (safe === null) return el("span", {}, text);
  const outside = ownAddress(safe) === null ? "noopener noreferrer nofollow" : "noopener";
  return el("a", { href: safe, target: "_blank", rel: outside }, text);
}

/** An emoji by its Slack name; its name is what a screen reader and the pointer get. */
export function emoji(name) {
  const shown = character(name);
  if (shown.startsWith(":")) return el("span", {}, shown);
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, shown);
}

function date(target, fallback) {
  const [, seconds, format, address] = target.split("^");
  const time = instant(format ?? "", seconds, fallback);
  return address === undefined || time.tagName !== "TIME" ? time : el("span", {}, link(address, time.textContent));
}

/** A moment in Slack's date format, kept current by `refreshAges`; the fallback where nobody knows the format. */
export function instant(format, seconds, fallback) {
  const text = fill(format, Number(seconds));
  if (text === null) return el("span", {}, fallback);
  const time = el("time", { datetime: new Date(seconds * 1000).toISOString(), title: full(new Date(seconds * 1000)) }, text);
  if (/\{(?:ago|date\w*_pretty)\}/.test(format)) {
    time.dataset.format = format;
    time.dataset.seconds = seconds;
  }
  return time;
}

/** Write "3 minutes ago" and "today" anew wherever it stands. */
export function refreshAges(root) {
  for (const time of root.querySelectorAll("time[data-format]")) {
    const text = fill(time.dataset.format, Number(time.dataset.seconds));
    if (time.textContent !== text) time.textContent = text;
  }
}
