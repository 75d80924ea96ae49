// Turns Slack's emoji names into characters, with the table the sandbox serves.

let byName = new Map();

/** Learn the names: an object of name -> character. */
export function learn(table) {
  byName = new Map(Object.entries(table));
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

/** Names that fit what somebody typed, best first. */
export function suggest(typed, limit = 24) {
  const wanted = typed.trim().toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
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
