// Speaks to the servers: as a customer through X's API, as an agent through Slack's, and to the sandbox itself.

/** A refusal in the server's own words. */
export class Refusal extends Error {}

async function call(address, { token = null, method = "POST", body = null } = {}) {
  const headers = {};
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  if (body !== null) headers["Content-Type"] = "application/json; charset=utf-8";
  const response = await fetch(address, { method, headers, body: body === null ? null : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(answer.detail ?? answer.error ?? answer.title ?? `HTTP ${response.status}`);
  return answer;
}

/** One customer on X. */
export class Customer {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  post(text, parent = null) {
    const body = parent === null ? { text } : { text, reply: { in_reply_to_tweet_id: parent } };
    return call(`${this.base}/2/tweets`, { token: this.token, body });
  }

  remove(post) {
    return call(`${this.base}/2/tweets/${encodeURIComponent(post)}`, { token: this.token, method: "DELETE" });
  }

  tell(person, text) {
    return call(`${this.base}/2/dm_conversations/with/${encodeURIComponent(person)}/messages`, { token: this.token, body: { text } });
  }
}

/** One agent in the Slack workspace. */
export class Agent {
  constructor(base, id, token, channel) {
    Object.assign(this, { base, id, token, channel });
  }

  async #ask(method, body) {
    const answer = await call(`${this.base}${method}`, { token: this.token, body });
    if (answer.ok === false) throw new Refusal(answer.error);
    return answer;
  }

  write(text, thread = null) {
    const body = { channel: this.channel, text };
    if (thread !== null) body.thread_ts = thread;
    return this.#ask("chat.postMessage", body);
  }

  edit(ts, text) {
    return this.#ask("chat.update", { channel: this.channel, ts, text });
  }

  remove(ts) {
    return this.#ask("chat.delete", { channel: this.channel, ts });
  }

  react(ts, name, on) {
    return this.#ask(on ? "reactions.add" : "reactions.remove", { channel: this.channel, timestamp: ts, name });
  }

  setAway(away) {
    return this.#ask("users.setPresence", { presence: away ? "away" : "auto" });
  }

  snooze(minutes) {
    return this.#ask("dnd.setSnooze", { num_minutes: minutes });
  }

  endSnooze() {
    return this.#ask("dnd.endSnooze", {});
  }

  setStatus(text) {
    return this.#ask("users.profile.set", { profile: { status_text: text, status_emoji: "", status_expiration: 0 } });
  }

  /** Work a control of a message: `action` says which one, in `block_id` and `action_id`, and the `value` chosen. */
  press(ts, action) {
    return this.#tell("press", { channel: this.channel, ts, ...action });
  }

  pressInView(view, action, values) {
    return this.#tell("press", { view, values, ...action });
  }

  shortcut(ts, callback) {
    return this.#tell("shortcut", { channel: this.channel, ts, callback });
  }

  slash(command, text) {
    return this.#tell("slash", { channel: this.channel, command, text });
  }

  /** Send a modal off with what was filled in, by action id; without that, close it. */
  answerView(view, values = null) {
    return this.#tell("view", { view, values });
  }

  async #tell(what, body) {
    const answer = await sandbox(what, { agent: this.id, ...body });
    if (!answer.ok) throw new Refusal(answer.error);
    return answer;
  }
}

/** Ask something of the sandbox itself. */
export function sandbox(what, body) {
  return call(`sandbox/${what}`, { body });
}

/** What the sandbox tells a script: addresses, people, tokens. */
export function description() {
  return call("sandbox.json", { method: "GET" });
}

export function emojiTable() {
  return call("sandbox/emoji.json", { method: "GET" });
}
