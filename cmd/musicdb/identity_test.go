package main

import (
	"bytes"
	"fmt"
	"os"
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
		{"an unknown user", "no-such-user", group, uid, gid, "", "[musicdb] username is no-such-user, which is no user"},
		{"an unknown group", "nobody", "no-such-group", uid, gid, "", "[musicdb] groupname is no-such-group, which is no group"},
	} {
		s, err := load(configuration(t, "[musicdb]\nusername = "+c.user+"\ngroupname = "+c.group+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		err = s.checkIdentity(c.uid, c.gid)
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
		s.Warnings = nil
		s.remarkOnIdentity()
		if warns := fmt.Sprint(s.Warnings); err == nil && ((len(s.Warnings) > 0) != (c.warns != "") || !strings.Contains(warns, c.warns)) {
			t.Errorf("%s: warnings %s", c.what, warns)
		}
	}
	s, err := load("")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.checkIdentity(0, 0); err != nil {
		t.Errorf("without a configuration file: %v", err)
	}
	if s.remarkOnIdentity(); len(s.Warnings) > 0 {
		t.Errorf("without a configuration file: %v", s.Warnings)
	}
}

// Somebody tries it as root first: what root makes would be in the way of the service.
func TestAStartAsTheWrongUserMakesNothing(t *testing.T) {
	clearSettings(t)
	wrong := "root"
	if os.Geteuid() == 0 {
		wrong = "nobody"
	}
	dir := t.TempDir()
	file := configuration(t, "[musicdb]\nusername = "+wrong+"\n[directories]\nmusic =\ndata = "+dir+"/data\n[log]\nlogfile = "+dir+"/log\ndebugfile = "+dir+"/debug\n")
	var out, complaint bytes.Buffer
	if code := run([]string{"serve", "--config", file}, &out, &complaint); code != exitFailed || !strings.Contains(complaint.String(), "[musicdb] username is "+wrong) {
		t.Errorf("exit code %d: %s", code, &complaint)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
