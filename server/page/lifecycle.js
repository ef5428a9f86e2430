// The machines of the daemon, live: the generated drawings with the figures of
// the running program laid over them, read once a second while the page is seen.

const $ = (id) => document.getElementById(id);
const interval = 1000;
const ns = "http://www.w3.org/2000/svg";
const cards = new Map(); // machine name → what is on the page for it
let selected = decodeURIComponent(location.hash.slice(1));

const short = (n) => (n < 10_000 ? String(n) : n < 1e6 ? `${(n / 1e3).toFixed(n < 1e5 ? 1 : 0)}k` : `${(n / 1e6).toFixed(1)}M`);

function duration(seconds) {
  if (seconds < 0.0005) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

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
    for (const text of [s.name, "", ""]) li.append(Object.assign(document.createElement("span"), { textContent: text }));
    list.append(li);
    return li;
  });
  const tab = document.createElement("button");
  tab.type = "button";
  tab.append(m.name, Object.assign(document.createElement("span"), { className: "count" }));
  tab.onclick = () => select(m.name);
  $("tabs").append(tab);
  $("machines").append(section);
  const card = { section, tab, rows, svg: null, measured: false, states: [], edges: [], last: m.edges.map((e) => e.count) };
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
  card.edges = m.edges.map((e) => tally(card.svg.querySelector(`#${CSS.escape(e.id)}`)));
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
    const [, now, time] = card.rows[i].children;
    now.textContent = s.now > 0 ? short(s.now) : "";
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
      const sum = sums.get(t) ?? { count: 0, moved: false };
      sum.count += e.count;
      sum.moved ||= e.count > card.last[i];
      sums.set(t, sum);
    }
    card.last[i] = e.count;
  });
  for (const [t, { count, moved }] of sums) {
    t.text.textContent = count > 0 ? short(count) : "";
    t.edge.classList.toggle("never", count === 0);
    t.edge.classList.toggle("moved", moved);
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

async function refresh() {
  if (document.hidden) return;
  let machines;
  try {
    const answer = await fetch("/lifecycle/figures", { cache: "no-store" });
    ({ machines } = await answer.json());
  } catch {
    $("link").dataset.state = "lost";
    $("link-text").textContent = "the server does not answer";
    return;
  }
  $("link").dataset.state = "open";
  $("link-text").textContent = "live";
  for (const m of machines) {
    update(cards.get(m.name) ?? createCard(m), m);
  }
  if (!cards.has(selected)) selected = machines.some((m) => m.name === "connection") ? "connection" : machines[0].name;
  if (machines.some((m) => cards.get(m.name).section.hidden !== (m.name !== selected))) select(selected);
}

await refresh();
setInterval(refresh, interval);
