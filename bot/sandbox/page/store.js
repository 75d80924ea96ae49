// Holds what the servers said last: a snapshot on every connection, then one change at a time.

/** Things by kind and id: people, posts and direct messages on X; users, messages and whispers in Slack; the crowd. */
export class Store {
  #kinds = new Map();
  #watchers = [];
  #arrivals = [];
  #changes = [];
  #waiting = false;

  constructor() {
    this.connected = false;
    this.known = false;
  }

  /**
   * Call `watcher(arrivals, changes)` soon after any change: the things that are new since the last call, and those
   * that are other than they were, with what they were `before`.
   */
  watch(watcher) {
    this.#watchers.push(watcher);
  }

  get(kind, id) {
    return this.#kinds.get(kind)?.get(id) ?? null;
  }

  all(kind) {
    return [...(this.#kinds.get(kind)?.values() ?? [])];
  }

  /** Listen to the servers for as long as the page is open; the browser reconnects by itself. */
  connect(address) {
    const source = new EventSource(address);
    source.addEventListener("snapshot", (event) => this.#replace(JSON.parse(event.data)));
    source.addEventListener("change", (event) => this.#change(JSON.parse(event.data)));
    source.onerror = () => {
      this.connected = false;
      this.touch();
    };
  }

  /** Tell the watchers that something they show has changed. */
  touch() {
    if (this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      const [arrivals, changes] = [this.#arrivals, this.#changes];
      this.#arrivals = [];
      this.#changes = [];
      for (const watcher of this.#watchers) watcher(arrivals, changes);
    }, 16);
  }

  #replace(things) {
    this.#kinds = new Map();
    for (const { kind, id, value } of things) this.#put(kind, id, value);
    this.connected = true;
    this.known = true;
    this.touch();
  }

  #change(things) {
    for (const { kind, id, value } of things) {
      if (value === null) this.#kinds.get(kind)?.delete(id);
      else {
        const before = this.get(kind, id);
        if (before === null) this.#arrivals.push({ kind, id, value });
        else this.#changes.push({ kind, id, value, before });
        this.#put(kind, id, value);
      }
    }
    this.touch();
  }

  #put(kind, id, value) {
    if (!this.#kinds.has(kind)) this.#kinds.set(kind, new Map());
    this.#kinds.get(kind).set(id, value);
  }
}
