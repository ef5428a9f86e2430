// The list of connections in a state, and the one of them whose way is drawn: asked
// for together with the figures, and never longer than limit, whatever the server holds.

import { duration, read, short } from "/assets/figures.js";

const $ = (id) => document.getElementById(id);
const limit = 100;
const rows = new Map(); // id → its row, of those in the list
let state = ""; // whose connections are listed
let followed = null; // { id, seen, ended }

export const isOpen = () => !$("sightings").hidden;

// The state that is listed, and the steps of the connection that is followed.
export const listed = () => (isOpen() ? state : "");
export const trace = () => (isOpen() && followed?.seen ? followed.seen.trace : []);

export async function list(name) {
  state = name;
  followed = null;
  $("sightings").hidden = false;
  document.body.classList.add("looking");
  await refresh();
}

export function close() {
  $("sightings").hidden = true;
  document.body.classList.remove("looking");
  followed = null;
}

const ask = async (query) => (await read(`/lifecycle/connections?${new URLSearchParams(query)}`)).connections;

// refresh asks anew and draws. It throws Unanswered.
export async function refresh() {
  if (!isOpen()) return;
  const [asked, following] = [state, followed];
  const seen = await ask({ state: asked, limit });
  if (following && !following.ended) {
    const now = seen.find((c) => c.id === following.id) ?? (await ask({ id: following.id }))[0];
    following.seen = now ?? following.seen;
    following.ended = !now;
  }
  if (asked === state) draw(seen);
}

function draw(seen) {
  $("sightings-title").textContent = state;
  $("sightings-note").textContent =
    seen.length === 0 ? "No connection is in this state right now." : seen.length === limit ? `the oldest ${limit} of those in this state` : `${seen.length} ${seen.length === 1 ? "connection" : "connections"} in this state`;
  const here = new Set(seen.map((c) => c.id));
  for (const [id, row] of rows) {
    if (!here.has(id)) {
      row.remove();
      rows.delete(id);
    }
  }
  let next = $("connections").firstElementChild; // the server sorts by id
  for (const c of seen) {
    const row = rows.get(c.id) ?? createRow(c.id);
    if (row === next) next = next.nextElementSibling;
    else $("connections").insertBefore(row, next);
    const cells = [`#${c.id}`, c.remote, c.state, duration(c.instate), duration(c.age), c.outbox, `${short(c.waiting)} B`, short(c.received), short(c.sent)];
    cells.forEach((text, i) => {
      if (row.children[i].textContent !== text) row.children[i].textContent = text;
    });
    row.setAttribute("aria-selected", String(c.id === followed?.id));
  }
  drawTrace();
}

function createRow(id) {
  const row = document.createElement("tr");
  for (let i = 0; i < 9; i++) row.append(document.createElement("td"));
  row.tabIndex = 0;
  row.onclick = () => follow(id);
  row.onkeydown = (e) => { if (e.key === "Enter") follow(id); };
  rows.set(id, row);
  return row;
}

function follow(id) {
  followed = { id, seen: null, ended: false };
  $("sightings").dispatchEvent(new Event("follow"));
}

function drawTrace() {
  const c = followed?.seen;
  $("trace").hidden = !c;
  if (!c) return;
  const now = followed.ended ? "has ended; its last known way" : `has been in ${c.state} for ${duration(c.instate)}; its way`;
  const steps = c.trace.map((s) => Object.assign(document.createElement("li"), { textContent: s.to, title: s.on }));
  $("trace").replaceChildren(Object.assign(document.createElement("li"), { textContent: `#${c.id} ${now}` }), ...steps);
}
