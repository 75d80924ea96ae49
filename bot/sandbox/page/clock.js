// The time in the sandbox, which may pass faster than that of the machine.

/** What the server said last: its time in milliseconds, when by the machine's clock, and how fast it passes. */
let told = { now: 0, at: 0, speed: 1 };

export function set({ now, speed }) {
  if (now !== told.now) told = { now, at: Date.now(), speed };
}

/** Milliseconds since 1970. */
export const present = () => (told.now === 0 ? Date.now() : told.now + (Date.now() - told.at) * told.speed);

export const speed = () => told.speed;

/** Whether it is another time here than outside. */
export const isElsewhere = () => told.speed !== 1 || Math.abs(present() - Date.now()) > 60_000;
