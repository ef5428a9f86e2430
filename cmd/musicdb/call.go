package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"musicdb/server/client"
)

type callCommand struct {
	Function  string        `arg:"" help:"Name of the function; see musicdb functions."`
	Arguments string        `arg:"" optional:"" default:"null" help:"Arguments as JSON, such as '{\"songid\":7}'."`
	Timeout   time.Duration `default:"5s" help:"How long to wait for an answer; a failing function does not answer."`
}

// Run calls one function of the server that the settings name and prints its
// result as JSON.
func (c callCommand) Run(out io.Writer, file configFile) error {
	config, err := load(string(file))
	if err != nil {
		return err
	}
	if !json.Valid([]byte(c.Arguments)) {
		return fmt.Errorf("the arguments %q are no JSON; in a shell put them into single quotes", c.Arguments)
	}
	key := string(config.WebSocket.APIKey)
	if key == "" {
		name := filepath.Join(config.Directories.Data, "config", "wsapikey.txt")
		content, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("the API key cannot be read: %w; has a server run on this data directory yet?", err)
		}
		line, _, _ := strings.Cut(string(content), "\n")
		key = strings.TrimSpace(line)
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	options := client.Options{URL: config.socketURL(), Key: key}
	if strings.HasPrefix(options.URL, "wss:") {
		if options.TLS, err = onlyWith(config.WebSocket.Cert); err != nil {
			return err
		}
	}
	to, err := client.Dial(ctx, options)
	if err != nil {
		return fmt.Errorf("%w; is the server running?", err)
	}
	defer func() { _ = to.Close() }() // the answer is here
	result, err := to.Request(ctx, c.Function, json.RawMessage(c.Arguments))
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer to %s within %v: the function is unknown, failed, or the key is wrong; the protocol does not tell", c.Function, c.Timeout)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", result)
	return err
}

// onlyWith accepts the server that shows the certificate of this file: a self-signed
// one has no authority, and an address of this machine no name to check.
func onlyWith(certFile string) (*tls.Config, error) {
	text, err := os.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("the certificate of the server cannot be read: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no certificate in PEM", certFile)
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection is stricter
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !bytes.Equal(s.PeerCertificates[0].Raw, block.Bytes) {
				return fmt.Errorf("the server shows another certificate than %s", certFile)
			}
			return nil
		},
	}, nil
}

// socketURL is the websocket listener of the settings, as a client on this
// machine reaches it.
func (c *Config) socketURL() string {
	host := c.WebSocket.Bind
	ip := net.ParseIP(host)
	if ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "ws"
	loopback := c.WebSocket.Bind == "localhost" || ip != nil && ip.IsLoopback()
	if c.WebSocket.TLS == TLSOn || c.WebSocket.TLS == TLSAuto && !loopback {
		scheme = "wss"
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(c.WebSocket.Port))) + "/"
}
