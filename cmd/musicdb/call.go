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
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"musicdb/server"
	"musicdb/server/client"
)

type callCommand struct {
	Function  string        `arg:"" help:"Name of the function; see musicdb functions."`
	Arguments string        `arg:"" optional:"" help:"Arguments as JSON, such as '{\"songid\":7}'."`
	Timeout   time.Duration `default:"5s" help:"How long to wait for an answer; a failing function does not answer."`
}

// Run calls one function of the server that the settings name and prints its
// result as JSON. What the protocol would answer with silence is found before it
// is sent, as far as the table of functions tells.
func (c callCommand) Run(out io.Writer, file configFile) error {
	arguments, err := c.check()
	if err != nil {
		return err
	}
	config, err := load(string(file))
	if err != nil {
		return err
	}
	options, err := config.clientOptions()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	to, err := client.Open(ctx, options)
	if err != nil {
		return fmt.Errorf("%w; is the server running?", err)
	}
	defer func() { _ = to.Close() }() // the answer is here
	result, err := to.Request(ctx, c.Function, arguments)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer to %s within %v: what it names does not exist, it failed, or the key is wrong; the log of the server tells at the level DEBUG", c.Function, c.Timeout)
	}
	if err != nil {
		return err
	}
	return printJSON(out, result)
}

// check returns the arguments to send: by default none, or an empty object for a
// function whose arguments are all optional.
func (c callCommand) check() (json.RawMessage, error) {
	f := server.FunctionNamed(c.Function)
	if f == nil {
		return nil, fmt.Errorf("there is no function %q; `musicdb functions` lists them", c.Function)
	}
	arguments := json.RawMessage(c.Arguments)
	switch {
	case c.Arguments == "" && len(f.Args) > 0:
		arguments = json.RawMessage("{}")
	case c.Arguments == "":
		arguments = json.RawMessage("null")
	case !json.Valid(arguments):
		return nil, fmt.Errorf("the arguments %q are no JSON; in a shell put them into single quotes", c.Arguments)
	}
	if err := f.Check(arguments); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Function, err)
	}
	return arguments, nil
}

// printJSON prints a result on one line for programs, indented on a terminal.
func printJSON(out io.Writer, result json.RawMessage) error {
	var text bytes.Buffer
	if file, isFile := out.(*os.File); isFile && isTerminal(file) {
		if err := json.Indent(&text, result, "", "  "); err != nil {
			return err
		}
	} else {
		text.Write(result)
	}
	text.WriteByte('\n')
	_, err := out.Write(text.Bytes())
	return err
}

// isTerminal tells whether somebody looks at what is written.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// clientOptions say how a client on this machine reaches the server that the
// settings describe.
func (c *Config) clientOptions() (client.Options, error) {
	options := client.Options{URL: c.socketURL(), Key: string(c.WebSocket.APIKey)}
	if options.Key == "" {
		name := filepath.Join(c.Directories.Data, "config", "wsapikey.txt")
		content, err := os.ReadFile(name)
		if err != nil {
			remedy := "has a server run on this data directory yet?"
			if errors.Is(err, fs.ErrPermission) {
				remedy = "call as the user of the server, or as one of its group"
			}
			return options, fmt.Errorf("the API key cannot be read: %w; %s", err, remedy)
		}
		line, _, _ := strings.Cut(string(content), "\n")
		options.Key = strings.TrimSpace(line)
	}
	var err error
	if strings.HasPrefix(options.URL, "wss:") {
		options.TLS, err = onlyWith(c.WebSocket.Cert)
	}
	return options, err
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
