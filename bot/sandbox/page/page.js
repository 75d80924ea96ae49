// Brings the page to life: connects to the servers, draws what they say, and works the bar at the top.

import { announce } from "./announce.js";
import { description, emojiTable, sandbox } from "./api.js";
import { help } from "./dialog.js";
import { byId } from "./dom.js";
import { learn } from "./emoji.js";
import { refreshAges } from "./mrkdwn.js";
import { drawNetwork, startNetwork } from "./network.js";
import { drawTeam, startTeam } from "./team.js";
import { language, preferred, speak, t } from "./texts.js";
import { remembered, view } from "./view.js";

const GUIDE_SEEN = "webcare-guide-seen";
const AGES_EVERY = 15_000;

let unseen = 0;

async function refresh() {
  view.sandbox = await description();
  const { brand } = view.sandbox.x;
  view.brand = { name: brand.handle, ...brand };
  view.shortcuts = view.sandbox.slack.shortcuts.map((id) => ({ id, name: id.replaceAll("_", " ") }));
}

function draw(arrivals, changes) {
  drawNetwork(arrivals);
  drawTeam();
  drawBar();
  announce(arrivals, changes);
  const hidden = document.body.dataset.half === "network" ? "message" : "post";
  unseen += arrivals.filter(({ kind }) => kind === hidden).length;
  drawHalves();
}

function drawBar() {
  const { connected, known } = view.store;
  const state = byId("link-state");
  const words = t(connected ? "connected" : known ? "disconnected" : "connecting");
  if (state.textContent !== words) state.textContent = words;
  state.dataset.state = connected ? "up" : "down";
  const crowd = view.store.get("crowd", "crowd") ?? { running: false };
  const toggle = byId("crowd-toggle");
  toggle.setAttribute("aria-pressed", String(crowd.running));
  toggle.textContent = t(crowd.running ? "crowd_stop" : "crowd_start");
  const pace = byId("crowd-pace");
  if (crowd.running && document.activeElement !== pace) pace.value = crowd.pace;
}

function drawHalves() {
  const { half } = document.body.dataset;
  for (const name of ["network", "team"]) byId(`show-${name}`).setAttribute("aria-pressed", String(name === half));
  const mark = byId("unseen");
  mark.hidden = unseen === 0;
  mark.textContent = unseen;
  byId(half === "network" ? "show-team" : "show-network").append(mark);
}

function showHalf(name) {
  document.body.dataset.half = name;
  unseen = 0;
  drawHalves();
}

function tell(name, keep) {
  speak(name, { keep });
  view.language = language();
  const other = language() === "nl" ? "en" : "nl";
  byId("language").textContent = other === "nl" ? "Nederlands" : "English";
  byId("language").lang = other;
  view.store.touch();
}

function startBar() {
  byId("language").addEventListener("click", () => tell(language() === "nl" ? "en" : "nl", true));
  byId("help-open").addEventListener("click", help);
  byId("guide").hidden = localStorage.getItem(GUIDE_SEEN) !== null;
  byId("guide-close").addEventListener("click", () => {
    localStorage.setItem(GUIDE_SEEN, "yes");
    byId("guide").hidden = true;
    byId("post-text").focus();
  });
  for (const name of ["network", "team"]) byId(`show-${name}`).addEventListener("click", () => showHalf(name));
  byId("crowd").addEventListener("submit", async (event) => {
    event.preventDefault();
    const running = byId("crowd-toggle").getAttribute("aria-pressed") === "true";
    await sandbox("crowd", { running: !running, pace: Number(byId("crowd-pace").value) });
  });
  byId("crowd-pace").addEventListener("change", async (event) => {
    const crowd = view.store.get("crowd", "crowd");
    if (crowd?.running && event.target.checkValidity()) await sandbox("crowd", { running: true, pace: Number(event.target.value) });
  });
  for (const link of document.querySelectorAll("[data-skip]")) link.addEventListener("click", skip);
  document.addEventListener("keydown", jump);
  document.addEventListener("click", follow);
}

const ON_X = /^https:\/\/(?:x|twitter)\.com\//;

/** A link to X means the X of this page: a post that is there is shown, and so are the private messages. */
function follow(event) {
  const address = event.target.closest("a[href]")?.href ?? "";
  if (!ON_X.test(address)) return;
  const [, id] = /\/status\/(\d+)/.exec(address) ?? [];
  const post = id === undefined ? null : byId("posts").querySelector(`[data-key="${id}"]`);
  if (post === null && !address.includes("/messages/compose")) return;
  event.preventDefault();
  showHalf("network");
  byId(post === null ? "tab-direct" : "tab-timeline").click();
  (post ?? byId("direct-text")).focus();
}

/** The parts of the page, in order, with the box in each. */
const parts = () => [
  { within: "network", half: "network", box: byId("direct-panel").hidden ? "post-text" : "direct-text" },
  { within: "messages", half: "team", box: "channel-text" },
  ...(view.thread === null ? [] : [{ within: "thread", half: "team", box: "thread-text" }]),
];

function goTo({ half, box }) {
  showHalf(half);
  byId(box).focus();
}

/** F6 goes from part to part, as in Slack's own client: network, channel, thread; with Shift the other way. */
function jump(event) {
  if (event.key !== "F6" || document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  const all = parts();
  const here = all.findIndex(({ within, box }) => byId(within).contains(document.activeElement) || document.activeElement === byId(box));
  const step = event.shiftKey ? -1 : 1;
  const start = here === -1 && event.shiftKey ? 0 : here;
  goTo(all[(start + step + all.length) % all.length]);
}

/** The links before everything else lead to the box that can be seen, or can once its half is shown. */
function skip(event) {
  event.preventDefault();
  goTo(parts().find(({ half }) => half === event.currentTarget.dataset.skip));
}

async function start() {
  tell(preferred(), false);
  view.customer = remembered("customer") ?? "";
  view.agent = remembered("agent") ?? "";
  startBar();
  startNetwork(refresh);
  startTeam(refresh);
  const [table] = await Promise.all([emojiTable(), refresh()]);
  learn(table);
  view.store.watch(draw);
  view.store.connect("sandbox/events");
  setInterval(() => refreshAges(document), AGES_EVERY);
}

start();
