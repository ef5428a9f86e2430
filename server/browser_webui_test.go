package server_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"musicdb/server"
)

// A page that is built like the WebUI of MusicDB 8, in a browser over HTTPS: with the
// script that has the key, scripts and styles in the page, a websocket on another
// port, a worker, a cover and a song.
func TestAnotherWebUIInABrowser(t *testing.T) {
	t.Parallel()
	d, _ := secured(t, server.TLSOn, daemonOptions{installed: true, change: func(o *server.Options) { o.WebUI = "testdata/webui" }})
	b := browse(t, "https://"+d.HTTPAddr().String()+"/")
	b.until(`document.title === "A WebUI"`)
	b.until(`document.querySelector("#said").textContent === "playing"`)
	b.until(`document.querySelector("#preview").currentTime > 0`)
	b.until(`document.querySelector("#cover").naturalWidth > 0`)
	b.until(`document.querySelector("#icon").naturalWidth === 8`)
	b.until(`window.inline === true && getComputedStyle(document.body).color === "rgb(1, 2, 3)"`)
	do(b, chromedp.Evaluate[chromedp.Void](`window.worked.then((w) => { window.workerSaid = w; })`))
	b.until(`window.workerSaid === "worker"`)
	want := "LoadWebUIConfiguration/SetupWebUI GetTagsStatistics/UpdateGenreSelection GetMDBState/InitializeWebUI GetArtists/UpdateArtistsCache " +
		"GetTags/UpdateTagsCache GetMDBState/UpdateMDBState GetAudioStreamState/UpdateStreamState GetSongQueue/ShowSongQueue " +
		"GetFilteredArtistsWithAlbums/ShowArtists GetAlbum/ShowAlbum"
	if got := do(b, chromedp.Evaluate[string](`answers.join(" ")`)); got != want {
		t.Errorf("answered in the order %s", got)
	}
	if url := do(b, chromedp.Evaluate[string](`WEBSOCKET_URL`)); !strings.HasPrefix(url, "wss://127.0.0.1:") {
		t.Errorf("the socket is %s", url)
	}
	for _, c := range b.complaints() {
		t.Errorf("the console complains: %s", c)
	}
}

// Whoever opens the address of the websocket in a browser, to accept its certificate,
// sees a page; and our own page works over TLS, and behind a password.
func TestPagesInABrowserOverTLS(t *testing.T) {
	t.Parallel()
	d, _ := secured(t, server.TLSOn, daemonOptions{change: withPassword})
	b := browse(t, "https://"+d.WebSocketAddr().String()+"/")
	b.until(`document.querySelector("h1").textContent.includes("MusicDB")`)
	// The browser remembers what it was asked for, as it does after its own dialog.
	do(b, chromedp.Navigate("https://owner:open%20sesame@"+d.HTTPAddr().String()+"/status"))
	do(b, chromedp.Navigate("https://"+d.HTTPAddr().String()+"/player/"))
	b.until(`document.querySelector("#link").dataset.state === "open"`)
	for _, c := range b.complaints() {
		t.Errorf("the console complains: %s", c)
	}
}
