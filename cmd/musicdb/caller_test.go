package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/server/client"
	"musicdb/server/wire"
)

// caller is a client of a child.
type caller struct {
	t testing.TB
	*client.Client
}

func (c *child) dial(data string) *caller { return c.dialWith(data, nil) }

// dialWith hands what arrives while an answer is waited for to others.
func (c *child) dialWith(data string, others func(wire.Packet)) *caller {
	c.t.Helper()
	key, err := os.ReadFile(filepath.Join(data, "config", "wsapikey.txt"))
	if err != nil {
		c.t.Fatal(err)
	}
	to, err := client.Dial(c.t.Context(), client.Options{URL: "ws" + strings.TrimPrefix(c.page(), "http") + "ws", Key: strings.TrimSpace(string(key)), Others: others})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = to.Close() })
	return &caller{c.t, to}
}

func (c *caller) ask(function string, arguments any) string {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	result, err := c.Request(ctx, function, arguments)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(result)
}
