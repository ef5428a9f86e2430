package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// expected is what MusicDB 8 wants of a directory or file below the data directory.
type expected struct {
	path string
	mode fs.FileMode
}

// dataDirs are made when they are missing.
var dataDirs = []expected{
	{".", 0o775}, {"state", 0o755}, {"webdata", 0o755}, {"webdata/artwork", 0o775},
	{"uploads", 0o750}, {"tasks", 0o750}, {"config", 0o755},
}

// dataFiles are made by whoever owns them.
var dataFiles = []expected{
	{"config/webui.ini", 0o664}, {"webdata/artwork/default.jpg", 0o644}, {"webdata/config.js", 0o664},
	{"config/wsapikey.txt", 0o660}, {"music.db", 0o664}, {"tracker.db", 0o664},
}

// attributes corrects modes and groups as the reference server expects to find
// them, which refuses to run otherwise. What belongs to others is only warned
// about.
type attributes struct {
	uid, gid int // who the server runs as, and the group of the files; -1: any
	log      *slog.Logger
}

// attributes are those of the settings; only a configuration file asks for them.
func (s *Settings) attributes(log *slog.Logger) attributes {
	a := attributes{uid: os.Geteuid(), gid: -1, log: log}
	if group, err := user.LookupGroup(s.MusicDB.GroupName); err == nil {
		if gid, err := strconv.Atoi(group.Gid); err == nil {
			a.gid = gid
		}
	}
	return a
}

// correct looks at what exists of a list.
func (a attributes) correct(dir string, list []expected) {
	for _, e := range list {
		a.one(filepath.Join(dir, e.path), e.mode)
	}
}

func (a attributes) one(path string, mode fs.FileMode) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		a.log.Warn("a file of the data directory cannot be looked at", "path", path, "err", err)
		return
	}
	owner, ours := info.Sys().(*syscall.Stat_t)
	if !ours {
		return
	}
	wrongMode, wrongGroup := info.Mode().Perm() != mode, a.gid >= 0 && int(owner.Gid) != a.gid
	if int(owner.Uid) != a.uid {
		a.log.Warn("a file of the data directory belongs to another user", "path", path, "user", userName(int(owner.Uid)), "remedy", "chown it to "+userName(a.uid))
		return
	}
	if wrongGroup {
		if err := os.Chown(path, -1, a.gid); err != nil {
			a.log.Warn("a file of the data directory belongs to another group", "path", path, "group", groupName(int(owner.Gid)), "remedy", "chgrp it to "+groupName(a.gid))
		}
	}
	if wrongMode {
		// Special bits are an administrator's own; only the permissions are ours.
		if err := os.Chmod(path, info.Mode()&^fs.ModePerm&(fs.ModeSetgid|fs.ModeSticky|fs.ModeSetuid)|mode); err != nil {
			a.log.Warn("a file of the data directory has other permissions than it should", "path", path, "mode", info.Mode(), "want", mode, "err", err)
			return
		}
		a.log.Debug("permissions were corrected", "path", path, "were", info.Mode().Perm(), "are", mode)
	}
}

// secretKey takes the key of the websocket from those whom it does not concern:
// reading is for the owner and, if an administrator wants that, a group.
func (a attributes) secretKey(path string) {
	const others = 0o027
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&others == 0 {
		return // whoever reads it says what is wrong
	}
	if err := os.Chmod(path, info.Mode().Perm()&^others); err != nil {
		a.log.Warn("others may read or change the TLS key", "path", path, "mode", info.Mode(), "remedy", "chmod 400")
		return
	}
	a.log.Warn("others could read or change the TLS key; that was ended", "path", path)
}
