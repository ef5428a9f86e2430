// Does what the WebUI of MusicDB 8 does first: one socket, named by config.js, and its
// first requests; then it shows a cover and plays a song.
"use strict";

const said = (text) => { document.getElementById("said").textContent = text; };
const answers = [];
const socket = new WebSocket(WEBSOCKET_URL);
const task = crypto.randomUUID(); // exists in a secure context only

const request = (fncname, fncsig, args = null) => socket.send(JSON.stringify({
  method: "request", fncname, fncsig, arguments: args, pass: { webuitaskid: task }, key: WEBSOCKET_APIKEY }));

// The path as the WebUI escapes it: directories as a URI, the file as a part of one.
const escaped = (path) => {
  const slash = path.lastIndexOf("/") + 1;
  return encodeURI(path.slice(0, slash)) + encodeURIComponent(path.slice(slash));
};

socket.onopen = () => {
  request("LoadWebUIConfiguration", "SetupWebUI");
  request("GetTagsStatistics", "UpdateGenreSelection");
  request("GetMDBState", "InitializeWebUI");
  request("GetArtists", "UpdateArtistsCache");
  request("GetTags", "UpdateTagsCache");
  request("GetMDBState", "UpdateMDBState");
  request("GetAudioStreamState", "UpdateStreamState");
  request("GetSongQueue", "ShowSongQueue");
  request("GetFilteredArtistsWithAlbums", "ShowArtists");
};

const react = {
  ShowArtists: (artists) => request("GetAlbum", "ShowAlbum", { albumid: artists[0].albums[0].album.id }),
  ShowAlbum: ({ album, cds }) => {
    document.getElementById("cover").src = `webdata/artwork/500x500/${escaped(album.artworkpath)}`;
    const audio = document.getElementById("preview");
    audio.src = `/musicdb/music/${escaped(cds[0][0].song.path)}`;
    audio.play().then(() => said("playing"), (err) => said(`not playing: ${err}`));
  },
};

socket.onmessage = (event) => {
  const packet = JSON.parse(event.data);
  if (packet.method !== "response" || packet.pass.webuitaskid !== task) return;
  answers.push(`${packet.fncname}/${packet.fncsig}`);
  react[packet.fncsig]?.(packet.arguments);
};
socket.onclose = () => said("closed");

// A worker from a blob, and sound from another port, as the settings may name it.
window.worked = new Promise((done) => {
  const worker = new Worker(URL.createObjectURL(new Blob(["postMessage('worker')"], { type: "text/javascript" })));
  worker.onmessage = (event) => { worker.terminate(); done(event.data); };
});
