// The machines of the daemon, live: the generated drawings with the figures of
// the running program laid over them, read once a second while the page is seen.

import * as connections from "/assets/connections.js";
import { Unanswered, duration, rate, read, short } from "/assets/figures.js";

const $ = (id) => document.getElementById(id);
const interval = 1000;
const ns = "http://www.w3.org/2000/svg";
const cards = new Map(); // machine name → what is on the page for it
const perConnection = ["connection", "outbox", "follower"]; // the machines whose states list connections
let selected = decodeURIComponent(location.hash.slice(1));

function element(name, attributes, text) {
  const e = document.createElementNS(ns, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text !== undefined) e.textContent = text;
  return e;
}

// ---- one machine on the page

function createCard(m) {
  const section = $("machine").content.firstElementChild.cloneNode(true);
  section.querySelector("h2").textContent = m.name;
  section.querySelector(".machine-doc").textContent = m.doc;
  const list = section.querySelector(".states");
  const rows = m.states.map((s) => {
    const li = document.createElement("li");
    li.title = s.doc;
    for (const text of [s.name, "", "", ""]) li.append(Object.assign(document.createElement("span"), { textContent: text }));
    list.append(li);
    return li;
  });
  const tab = document.createElement("button");
  tab.type = "button";
  tab.append(m.name, Object.assign(document.createElement("span"), { className: "count" }));
  tab.onclick = () => select(m.name);
  $("tabs").append(tab);
  $("machines").append(section);
  const card = { section, tab, rows, svg: null, measured: false, states: [], edges: [], last: m.edges.map((e) => e.count), machine: m };
  cards.set(m.name, card);
  draw(card, m);
  return card;
}

async function draw(card, m) {
  const place = card.section.querySelector(".drawing");
  const answer = await fetch(`/lifecycle/drawings/${m.file}.svg`).catch(() => null);
  if (!answer || !answer.ok) {
    place.replaceChildren(Object.assign(document.createElement("p"), { className: "quiet", textContent: "There is no drawing of this machine." }));
    return;
  }
  const svg = document.importNode(new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement, true);
  place.replaceChildren(svg);
  card.svg = svg;
}

// The drawing can be measured only while it is seen.
function measure(card, m) {
  if (!card.svg || card.measured || card.section.hidden) return;
  card.measured = true;
  card.states = m.states.map((s) => badge(card.svg.querySelector(`#${CSS.escape(s.id)}`)));
  if (perConnection.includes(m.name)) m.states.forEach((s, i) => offer(card.states[i]?.node, s.name));
  card.edges = m.edges.map((e) => tally(card.svg.querySelector(`#${CSS.escape(e.id)}`)));
}

// A state whose connections can be listed.
function offer(node, state) {
  if (!node) return;
  node.classList.add("offered");
  node.setAttribute("tabindex", "0");
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", `list the connections in ${state}`);
  node.onclick = async () => {
    await guarded(() => connections.list(state));
    node.ownerSVGElement.scrollIntoView({ block: "center" });
  };
  node.onkeydown = (e) => { if (e.key === "Enter") node.onclick(); };
}

// A badge at the upper right corner of a state.
function badge(node) {
  if (!node) return null;
  const box = node.getBBox();
  const group = element("g", { class: "badge", transform: `translate(${box.x + box.width - 3}, ${box.y + 1})` });
  const rect = element("rect", { x: -8, y: -8, width: 16, height: 15, rx: 7.5 });
  const text = element("text", { x: 0, y: 3.200 });
  group.append(rect, text);
  group.style.display = "none";
  node.append(group);
  return { node, group, rect, text };
}

// The count of an arrow, below its label or at its middle.
function tally(edge) {
  if (!edge) return null;
  if (!edge.tally) {
    const path = edge.querySelector("path");
    const labels = [...edge.querySelectorAll("text")];
    const text = element("text", { class: "tally" });
    if (labels.length > 0) {
      const boxes = labels.map((l) => l.getBBox());
      const right = Math.max(...boxes.map((b) => b.x + b.width)), left = Math.min(...boxes.map((b) => b.x));
      const bottom = Math.max(...boxes.map((b) => b.y + b.height));
      text.setAttribute("x", (left + right) / 2);
      text.setAttribute("y", bottom + 8);
    } else if (path) {
      const middle = path.getPointAtLength(path.getTotalLength() / 2);
      text.setAttribute("x", middle.x);
      text.setAttribute("y", middle.y);
    }
    edge.append(text);
    edge.tally = { edge, text };
  }
  return edge.tally;
}

function update(card, m) {
  measure(card, m);
  const alive = m.states.reduce((sum, s) => sum + s.now, 0);
  const figure = (name, value) => { card.section.querySelector(name).textContent = short(value); };
  figure(".alive", alive);
  figure(".started", m.started);
  figure(".ended", m.ended);
  figure(".refused", m.refused);
  card.tab.querySelector(".count").textContent = alive > 0 ? short(alive) : "";
  m.states.forEach((s, i) => {
    const [, now, mean, time] = card.rows[i].children;
    now.textContent = s.now > 0 ? short(s.now) : "";
    mean.textContent = duration(s.mean);
    time.textContent = duration(s.seconds);
    card.rows[i].classList.toggle("here", s.now > 0);
    const b = card.states[i];
    if (!b) return;
    b.node.classList.toggle("here", s.now > 0);
    b.group.style.display = s.now > 0 ? "" : "none";
    b.text.textContent = short(s.now);
    const width = Math.max(16, 8 + b.text.textContent.length * 6.200);
    b.rect.setAttribute("width", width);
    b.rect.setAttribute("x", -width / 2);
  });
  const sums = new Map(); // several events may share an arrow
  m.edges.forEach((e, i) => {
    const t = card.edges[i];
    if (t) {
      const sum = sums.get(t) ?? { count: 0, rate: 0, moved: false };
      sum.count += e.count;
      sum.rate += e.rate;
      sum.moved ||= e.count > card.last[i];
      sums.set(t, sum);
    }
    card.last[i] = e.count;
  });
  for (const [t, { count, rate: perSecond, moved }] of sums) {
    t.text.textContent = count === 0 ? "" : perSecond < 0.05 ? short(count) : `${short(count)} · ${rate(perSecond)}/s`;
    t.edge.classList.toggle("never", count === 0);
    t.edge.classList.toggle("moved", moved);
  }
}

// The way of the connection that is followed, drawn into the drawing of its machine.
function drawWay() {
  const card = cards.get("connection");
  if (!card?.measured) return;
  const { states, edges } = card.machine;
  const steps = connections.trace();
  const [walkedStates, walkedEdges] = [new Set(), new Set()];
  steps.forEach((step, i) => {
    walkedStates.add(step.to);
    const taken = edges.filter((e) => e.on === step.on && e.to === step.to && (i === 0 || e.from === steps[i - 1].to));
    // What came before the first step is known only if one edge can have been taken.
    if (i > 0 || taken.length === 1) taken.forEach((e) => { walkedEdges.add(card.edges[edges.indexOf(e)]); walkedStates.add(e.from); });
  });
  card.svg.classList.toggle("following", steps.length > 0);
  states.forEach((s, i) => {
    const node = card.states[i]?.node;
    node?.classList.toggle("walked", walkedStates.has(s.name));
    node?.classList.toggle("at", steps.at(-1)?.to === s.name);
  });
  for (const t of card.edges) t?.edge.classList.toggle("walked", walkedEdges.has(t));
  for (const name of perConnection) {
    const { machine, states: badges } = cards.get(name) ?? { machine: { states: [] } };
    machine.states.forEach((s, i) => badges[i]?.node.classList.toggle("listed", s.name === connections.listed()));
  }
}

function select(name) {
  selected = name;
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  for (const [n, card] of cards) {
    card.section.hidden = n !== name;
    card.tab.setAttribute("aria-pressed", String(n === name));
  }
}

// ---- the figures

// guarded does something that needs the server, and shows whether it answers.
async function guarded(action) {
  let answers = true;
  try {
    await action();
  } catch (e) {
    if (!(e instanceof Unanswered)) throw e;
    answers = false;
  }
  $("link").dataset.state = answers ? "open" : "lost";
  $("link-text").textContent = answers ? "live" : "the server does not answer";
  drawWay();
}

async function refresh() {
  const { machines } = await read("/lifecycle/figures");
  for (const m of machines) {
    update(cards.get(m.name) ?? createCard(m), m);
  }
  if (!cards.has(selected)) selected = machines.some((m) => m.name === "connection") ? "connection" : machines[0].name;
  if (machines.some((m) => cards.get(m.name).section.hidden !== (m.name !== selected))) select(selected);
  await connections.refresh();
}

$("sightings-close").onclick = () => { connections.close(); drawWay(); };
$("sightings").addEventListener("follow", async () => {
  select("connection");
  await guarded(connections.refresh);
  cards.get("connection").svg?.scrollIntoView({ block: "center" });
});

for (;;) {
  if (!document.hidden) await guarded(refresh);
  await new Promise((wake) => setTimeout(wake, interval));
}
