import { Protocol } from "./protocol.js";

const $ = (id) => document.getElementById(id);
const remembered = "musicdb-api-key";
let protocol = null;
let playtime = 0;

// ---- small tools

const clock = (seconds) => {
  const s = Math.max(0, Math.floor(seconds));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
};
const artwork = (path, scale) => {
  const name = encodeURIComponent(path).replaceAll("%2F", "/");
  return path === "default.jpg" || !scale ? `/artwork/${name}` : `/artwork/${scale}x${scale}/${name}`;
};
const year = (album) => (album.release ? `${album.name} (${album.release})` : album.name);
const show = (element, visible) => { element.hidden = !visible; };
const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

function fallback(image) {
  image.onerror = () => { image.onerror = null; image.src = "/artwork/default.jpg"; };
}

// ---- what is playing

let heading = "", silent = false;

// What is first in the queue does not play as long as there is a reason for silence.
function showHeading() { $("eyebrow").textContent = silent && heading === "Now playing" ? "Coming up" : heading; }

async function refreshStream() {
  const state = await protocol.request("GetAudioStreamState");
  document.body.classList.toggle("playing", state.isplaying);
  $("toggle").setAttribute("aria-label", state.isplaying ? "Pause" : "Play");
  heading = !state.hasqueue ? "Silence" : state.isplaying ? "Now playing" : "Paused";
  showHeading();
  const cover = $("cover"), backdrop = $("backdrop");
  fallback(cover);
  if (!state.hasqueue) {
    $("title").textContent = "Nothing is playing";
    $("artist").textContent = $("album").textContent = "";
    cover.src = "/artwork/default.jpg";
    show(backdrop, false);
    playtime = 0;
    document.title = "MusicDB";
    return;
  }
  $("title").textContent = state.song.name;
  $("artist").textContent = state.artist.name;
  $("album").textContent = year(state.album);
  cover.src = artwork(state.album.artworkpath, 500);
  cover.alt = `Cover of ${state.album.name}`;
  backdrop.src = artwork(state.album.artworkpath, 150);
  show(backdrop, true);
  playtime = state.song.playtime;
  $("length").textContent = clock(playtime);
  document.title = `${state.song.name} – ${state.artist.name}`;
  if ("mediaSession" in navigator) {
    navigator.mediaSession.metadata = new MediaMetadata({
      title: state.song.name, artist: state.artist.name, album: state.album.name,
      artwork: [{ src: cover.src, sizes: "500x500", type: "image/jpeg" }],
    });
  }
}

function showTime(seconds) {
  $("elapsed").textContent = clock(Math.min(seconds, playtime || seconds));
  $("progress").value = playtime ? Math.min(seconds / playtime, 1) : 0;
}

// ---- rows of the queue and of what was found

function row({ cover, title, sub, time = "", badge = "" }, actions) {
  const li = $("row").content.firstElementChild.cloneNode(true);
  const thumb = li.querySelector(".thumb");
  fallback(thumb);
  thumb.src = artwork(cover, 150);
  li.querySelector(".row-title").textContent = title;
  li.querySelector(".row-sub").textContent = sub;
  li.querySelector(".row-time").textContent = time;
  const mark = li.querySelector(".row-badge");
  mark.textContent = badge;
  show(mark, badge !== "");
  for (const [label, hint, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "act";
    button.textContent = label;
    button.title = hint;
    button.setAttribute("aria-label", `${hint}: ${title}`);
    button.onclick = act;
    li.querySelector(".row-actions").append(button);
  }
  return li;
}

async function refreshQueue() {
  const entries = await protocol.request("GetSongQueue");
  const next = entries.slice(1);
  $("queue").replaceChildren(...next.map((e) => row(
    { cover: e.album.artworkpath, title: e.song.name, sub: `${e.artist.name} · ${e.album.name}`, time: clock(e.song.playtime), badge: e.israndom ? "random" : "" },
    [
      ["↑", "Play next", () => protocol.call("MoveSongInQueue", { entryid: e.entryid, afterid: entries[0].entryid })],
      ["✕", "Remove", () => protocol.call("RemoveSongFromQueue", { entryid: e.entryid })],
    ])));
  [...$("queue").children].forEach((li, i) => {
    const mark = li.querySelector(".row-badge");
    mark.onpointerenter = () => { if (!mark.title) quietly(explain(mark, next[i].entryid)); };
  });
  show($("random-note"), false);
  show($("queue-empty"), next.length === 0);
}

// A wish for a random song repeats nothing that was heard lately: then there is none.
async function addRandom() {
  const random = await protocol.request("GetRandomState");
  protocol.call("AddRandomSongToQueue", { position: "last" });
  $("random-note").textContent = `No song was added. ${random.text}`;
  show($("random-note"), random.state !== "Fresh");
}

// Pointing at the mark of a random song tells why it was chosen.
async function explain(mark, entryid) {
  const why = await protocol.request("ExplainSong", { entryid });
  mark.title = why?.pick?.text ?? "";
}

// ---- search

let searchTimer = 0, searchSerial = 0;

async function search() {
  const text = $("search-text").value.trim(), serial = ++searchSerial, list = $("found");
  if (text === "") { show(list, false); list.replaceChildren(); return; }
  const found = await protocol.request("Find", { searchstring: text, limit: 5 });
  if (serial !== searchSerial) return; // a newer search is under way
  const rows = [
    ...found.songs.map((f) => row(
      { cover: f.album.artworkpath, title: f.song.name, sub: `${f.artist.name} · ${f.album.name}`, time: clock(f.song.playtime) },
      [
        ["Next", "Add behind the current song", () => protocol.call("AddSongToQueue", { songid: f.song.id, position: "next" })],
        ["Last", "Add at the end", () => protocol.call("AddSongToQueue", { songid: f.song.id, position: "last" })],
      ])),
    ...found.albums.map((f) => row(
      { cover: f.album.artworkpath, title: f.album.name, sub: `${f.artist.name} · album of ${count(f.album.numofsongs ?? 0, "song", "songs")}` },
      [["Add all", "Add the album at the end", () => protocol.call("AddAlbumToQueue", { albumid: f.album.id, position: "last" })]])),
  ];
  if (rows.length === 0) {
    const none = document.createElement("li");
    none.className = "quiet";
    none.textContent = `Nothing resembles “${text}”.`;
    rows.push(none);
  }
  list.replaceChildren(...rows);
  show(list, true);
}

// ---- the state of the server beside the protocol

async function refreshStatus() {
  let status;
  try {
    status = await (await fetch("/status", { cache: "no-store" })).json();
  } catch { return; } // the connection's own state is shown already
  const notice = $("notice"), bar = $("notice-progress"), why = status.silence;
  silent = why !== null;
  showHeading();
  let text = why && why.reason !== "paused" ? why.text : "";
  show(bar, false);
  if (why && why.expected > 0) {
    const left = Math.max(0, Math.round(why.expected - why.seconds));
    text += left > 0 ? ` About ${count(left, "second", "seconds")} to go; the stream is silent until then.` : " Almost done.";
    bar.max = why.expected;
    bar.value = Math.min(why.seconds, why.expected);
    show(bar, true);
  }
  if (status.import?.running) {
    text = `${text} Filling the library: ${count(status.import.albums, "album", "albums")}, ${count(status.import.songs, "song", "songs")} so far.`.trim();
  }
  $("notice-text").textContent = text;
  show(notice, text !== "");
  $("foot").textContent = `${count(status.songs, "song", "songs")} on ${count(status.albums, "album", "albums")} by ${count(status.artists, "artist", "artists")} · ` +
    `${count(status.listeners, "listener", "listeners")} · ${count(status.clients, "client", "clients")} · version ${status.version}`;
}

// ---- listening in this browser

const audio = $("audio");

function listen(on) {
  $("listen").setAttribute("aria-pressed", String(on));
  $("listen-text").textContent = on ? "Listening" : "Listen here";
  show($("volume"), on);
  if (!on) {
    audio.removeAttribute("src"); // ends the connection, which pause alone would keep
    audio.load();
    return;
  }
  audio.src = "/stream";
  audio.volume = Number($("volume").value);
  audio.play().catch(() => listen(false));
}
audio.onerror = () => { if (audio.hasAttribute("src")) setTimeout(() => audio.hasAttribute("src") && listen(true), 2000); };

// ---- connection

const quietly = (promise) => promise.catch((err) => console.debug(err.message));

function linkState(state, text) {
  $("link").dataset.state = state;
  $("link-text").textContent = text;
  for (const id of ["toggle", "skip", "random"]) $(id).disabled = state !== "open";
}

function onPacket(packet) {
  switch (`${packet.fncname}/${packet.fncsig}`) {
    case "MusicDB:AudioStream/onTimeChanged": showTime(packet.arguments); break;
    case "MusicDB:AudioStream/onStatusChanged":
    case "MusicDB:SongQueue/onSongChanged": quietly(refreshStream()); quietly(refreshStatus()); break;
    case "MusicDB:SongQueue/onSongQueueChanged": quietly(refreshQueue()); quietly(refreshStream()); break;
    case "MusicDB:Scan/onScanProgress":
    case "MusicDB:Scan/onScanFinished":
    case "sys:refresh/UpdateCaches": quietly(search()); quietly(refreshStatus()); quietly(refreshStream()); quietly(refreshQueue()); break;
  }
}

function connect(key, typed) {
  protocol = new Protocol(key, {
    packet: onPacket,
    lost: () => linkState("lost", "connection lost, trying again"),
    open: async () => {
      linkState("connecting", "connected");
      try {
        await refreshStream();
      } catch {
        if (typed) askForKey(true);
        return;
      }
      if (typed) localStorage.setItem(remembered, key);
      linkState("open", "connected");
      quietly(refreshQueue());
    },
  });
}

function askForKey(wrong) {
  localStorage.removeItem(remembered);
  show($("key-wrong"), wrong);
  $("key-dialog").showModal();
}

$("key-form").onsubmit = () => {
  const key = $("key-text").value.trim();
  if (protocol) protocol.key = key; // the connection itself is fine
  if (protocol) quietly(refreshStream().then(() => { localStorage.setItem(remembered, key); linkState("open", "connected"); return refreshQueue(); }, () => askForKey(true)));
  else connect(key, true);
};
$("toggle").onclick = () => protocol.call("SetAudioStreamState", { state: "playpause" });
$("skip").onclick = () => protocol.call("PlayNextSong");
$("random").onclick = () => quietly(addRandom());
$("listen").onclick = () => listen($("listen").getAttribute("aria-pressed") !== "true");
$("volume").oninput = () => { audio.volume = Number($("volume").value); };
$("search").onsubmit = (event) => event.preventDefault();
$("search-text").oninput = () => { clearTimeout(searchTimer); searchTimer = setTimeout(() => quietly(search()), 150); };

linkState("connecting", "connecting");
refreshStatus();
setInterval(refreshStatus, 3000);

const granted = await fetch("/status/key", { cache: "no-store" }).then((r) => r.json(), () => ({ key: "" }));
const known = granted.key || localStorage.getItem(remembered);
if (known) connect(known, !granted.key);
else askForKey(false);
