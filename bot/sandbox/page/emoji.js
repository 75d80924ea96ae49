// Turns Slack's emoji names into characters, with the table the sandbox serves.

let byName = new Map();

/** Learn the names: pairs of name and character, in Slack's order. */
export function learn(table) {
  byName = new Map(table);
}

/** The character of a name such as `eyes` or `wave::skin-tone-3`; a name nobody knows stays `:name:`. */
export function character(name) {
  const [base, tone] = name.split("::");
  const found = byName.get(base);
  if (found === undefined) return `:${name}:`;
  return tone === undefined ? found : found.replaceAll("\uFE0F", "") + (byName.get(tone) ?? "");
}

/** The text with every emoji it names shown as a character, to be read or changed as plain text. */
export function withCharacters(text) {
  return text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/g, (_, name) => character(name));
}

/** What a care team uses most, before anything is typed. */
const FREQUENT = ["eyes", "white_check_mark", "see_no_evil", "lock", "rocket", "x", "+1", "raised_hands", "pray", "heart", "tada", "joy"];

/** Names that fit what somebody typed, best first. */
export function suggest(typed, limit = 48) {
  const wanted = typed.trim().toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
  if (wanted === "") return [...FREQUENT, ...all().filter((name) => !FREQUENT.includes(name))].slice(0, limit);
  const seen = new Set();
  const starting = [];
  const within = [];
  for (const [name, shown] of byName) {
    if (name.startsWith("skin-tone-") || seen.has(shown) || !name.includes(wanted)) continue;
    seen.add(shown);
    (name.startsWith(wanted) ? starting : within).push(name);
  }
  return [...starting, ...within].slice(0, limit);
}

/** One name for each character but the shades of skin, in Slack's order. */
const all = () => [...new Map([...byName].reverse().map(([name, shown]) => [shown, name])).values()].reverse().filter((name) => !name.startsWith("skin-tone-"));
