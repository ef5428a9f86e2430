package main

import (
	"bytes"
	"log/slog"
	"os/user"
	"strconv"
	"strings"
	"testing"
)

func TestWhoMayRunTheServer(t *testing.T) {
	clearSettings(t)
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.Atoi(nobody.Gid)
	if err != nil {
		t.Fatal(err)
	}
	group := groupName(gid)
	for _, c := range []struct {
		what, user, group string
		uid, gid          int
		says, warns       string
	}{
		{"as the user of the file", "nobody", group, uid, gid, "", ""},
		{"root where the file says so", "root", "root", 0, 0, "", ""},
		{"root where the file says otherwise", "nobody", group, 0, gid, "[musicdb] username is nobody, but the server was started as root", ""},
		{"root where the user is unknown", "no-such-user", group, 0, gid, "no user of this machine", ""},
		{"somebody else", "root", group, uid, gid, "started as nobody", ""},
		{"another group", "nobody", "root", uid, gid, "[musicdb] groupname is root", ""},
		{"an unknown user", "no-such-user", group, uid, gid, "", "user of the server's files is unknown"},
		{"an unknown group", "nobody", "no-such-group", uid, gid, "", "group of the server's files is unknown"},
	} {
		s, err := load(configuration(t, "[musicdb]\nusername = "+c.user+"\ngroupname = "+c.group+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		err = s.checkIdentity(c.uid, c.gid, slog.New(slog.NewTextHandler(&log, nil)))
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
		if (log.Len() > 0) != (c.warns != "") || !strings.Contains(log.String(), c.warns) {
			t.Errorf("%s: log %s", c.what, &log)
		}
	}
	s, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.checkIdentity(0, 0, slog.New(slog.DiscardHandler)); err != nil {
		t.Errorf("without a configuration file: %v", err)
	}
}
