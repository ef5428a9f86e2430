package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"musicdb/server"
)

// What a file names is looked at where it exists: a check that says "fine" and a
// server that does not start would be of no use.
func TestWhatAFileNamesIsChecked(t *testing.T) {
	clearSettings(t)
	dir := t.TempDir()
	name := func(s string) string { return filepath.Join(dir, s) }
	for _, pair := range []string{"a", "b"} {
		if _, err := server.OpenCertificates(name(pair+".cert"), name(pair+".key")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(name("b.key"), 0o444); err != nil {
		t.Fatal(err)
	}
	const who = "[musicdb]\nusername = root\ngroupname = root\n[directories]\nmusic =\ndata = /no/such/data\n"
	for what, c := range map[string]struct {
		content string
		mode    os.FileMode
		says    string // "": nothing is wrong
		fails   bool
	}{
		"a pair":                {"[websocket]\ncert = " + name("a.cert") + "\nkey = " + name("a.key") + "\n", 0o644, "", false},
		"no pair yet":           {"[websocket]\ncert = " + name("c.cert") + "\nkey = " + name("c.key") + "\n", 0o644, "", false},
		"half a pair":           {"[websocket]\ncert = " + name("a.cert") + "\nkey = " + name("c.key") + "\n", 0o644, ":8: [websocket] cert does not work: the certificate " + name("a.cert"), true},
		"two halves":            {"[websocket]\ncert = " + name("a.cert") + "\nkey = " + name("b.key") + "\n", 0o644, "not matching", true},
		"two halves not needed": {"[websocket]\ntls = off\ncert = " + name("a.cert") + "\nkey = " + name("b.key") + "\n", 0o644, "", false},
		"a key for all":         {"[websocket]\ncert = " + name("b.cert") + "\nkey = " + name("b.key") + "\n", 0o644, "every user of this machine may use the TLS key", false},
		"no WebUI there":        {"[http]\nwebui = " + dir + "\n", 0o644, "has neither index.html nor debug.html", true},
		"every page":            {"[http]\norigins = music.example, *\n", 0o644, `"*" is no name of a host`, true},
		"pages":                 {"[http]\norigins = music.example, null, https://a.example:1, 2001:db8::1, [::1]:80\n", 0o644, "", false},
		"a readable password":   {"[http]\npassword = x\n", 0o604, ":8: [http] password can be read by every user of this machine; chmod o= ", false},
		"a hidden password":     {"[http]\npassword = x\n", 0o640, "", false},
		"the key as password":   {"[http]\npassword = apikey\n", 0o644, "", false},
		"part of a password":    {"[http]\npassword = a%(b)c\n", 0o600, "", false},
		"a strange reference":   {"[http]\npassword = a%(secret)s\n", 0o600, ":8: [http] password is not shown: with \"%(\" it refers to a key", true},
	} {
		file := configuration(t, who+c.content)
		if err := os.Chmod(file, c.mode); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := checkFile(&out, file)
		if (err != nil) != c.fails || !strings.Contains(out.String(), c.says) || strings.Contains(out.String(), "secret") ||
			c.says == "" && out.String() != file+" is fine\n" {
			t.Errorf("%s: %v\n%s", what, err, &out)
		}
	}
}

// Children inherit the environment, and none of them needs a secret.
func TestSecretsAreForgotten(t *testing.T) {
	clearSettings(t)
	for _, variable := range []string{"MUSICDB_WEBSOCKET_APIKEY", "MUSICDB_HTTP_PASSWORD", "MUSICDB_ICECAST_PASSWORD", "MUSICDB_HTTP_PORT"} {
		t.Setenv(variable, "1")
	}
	s, err := load("")
	if err == nil {
		err = s.forgetSecrets()
	}
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, setting := range os.Environ() {
		if strings.HasPrefix(setting, prefix+"_") {
			left = append(left, setting)
		}
	}
	if len(left) != 1 || left[0] != "MUSICDB_HTTP_PORT=1" || s.WebSocket.APIKey != "1" || s.HTTP.Password != "1" {
		t.Errorf("left %q, key %q, password %q", left, string(s.WebSocket.APIKey), string(s.HTTP.Password))
	}
}
