package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"musicdb/server"
)

// A browser offers compression of itself. With the setting on it gets it, and reads what
// it gets; without, everything is as ever.
func TestBrowserAndCompression(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			t.Parallel()
			d := startDaemon(t, daemonOptions{change: func(o *server.Options) { o.Deflate = on }})
			list := reply(t, d.dial(), "GetArtistsWithAlbums", `null`)
			if len(list) < 5000 {
				t.Fatalf("the list has only %d bytes", len(list))
			}
			call := `{"method":"request","fncname":"GetArtistsWithAlbums","fncsig":"x","arguments":null,"pass":null,"key":"` + testKey + `"}`
			b := browse(t, "http://"+d.HTTPAddr().String()+"/player/")
			got := do(b, chromedp.Evaluate[string](fmt.Sprintf(`new Promise((done) => {
				const socket = new WebSocket("ws://%s/ws");
				socket.onopen = () => socket.send(%s);
				socket.onmessage = (m) => { done(m.data.includes(%s) + " " + socket.extensions); socket.close(); };
				socket.onerror = () => done("failed");
			})`, d.HTTPAddr(), must(json.Marshal(call))(t), must(json.Marshal(list))(t)), chromedp.EvalAwaitPromise))
			if whole, extensions, _ := strings.Cut(got, " "); whole != "true" || strings.Contains(extensions, "permessage-deflate") != on {
				t.Errorf("the browser has the list and the extensions %q", got)
			}
		})
	}
}
