package server_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"musicdb/server"
	"musicdb/server/client"
)

// An administrator replaces the key in its file: whoever has shown one goes on,
// everybody else needs the new key, and where the file cannot be read nobody new
// gets anywhere, and is told so.
func TestChangedKeyHoldsForNewConnections(t *testing.T) {
	t.Parallel()
	var current atomic.Value
	current.Store("first")
	d := startDaemon(t, daemonOptions{change: func(o *server.Options) {
		o.Key = func() (string, error) {
			key, _ := current.Load().(string)
			if key == "unreadable" {
				return "", errors.New("permission denied")
			}
			return key, nil
		}
	}})
	dial := func(key string) *client.Client {
		c := must(client.Dial(t.Context(), client.Options{URL: "ws://" + d.WebSocketAddr().String() + "/", Key: key}))(t)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	// A wrong key is answered with silence.
	answered := func(c *client.Client, within time.Duration) bool {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		_, err := c.Request(ctx, "Bounce", nil)
		return err == nil
	}
	old := dial("first")
	if !answered(old, patience) {
		t.Fatal("the first key is refused")
	}
	current.Store("second")
	if !answered(old, patience) {
		t.Error("a connection lost its key while it lasted")
	}
	if !answered(dial("second"), patience) {
		t.Error("the second key is refused")
	}
	if answered(dial("first"), time.Second) {
		t.Error("the first key still opens new connections")
	}
	current.Store("unreadable")
	if !answered(old, patience) {
		t.Error("a connection lost its key when the file could not be read")
	}
	var closed wsutil.ClosedError
	_, err := dial("second").Request(t.Context(), "Bounce", nil)
	if !errors.As(err, &closed) || closed.Code != ws.StatusInternalServerError || closed.Reason != "the server cannot read its key" {
		t.Errorf("a connection without a key to compare with: %v", err)
	}
}
