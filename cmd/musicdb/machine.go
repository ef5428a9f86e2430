package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"musicdb/server"
)

// checkMachine compares a file that is right in itself with this machine: what it
// names must be usable where it exists. What this user may not look at, and
// directories that are still to be made, are only remarked on.
func (s *Settings) checkMachine() (problems SettingErrors) {
	c := &s.Config
	look := func(variable string, err error) {
		switch {
		case err == nil:
		case errors.Is(err, fs.ErrPermission):
			s.warn(variable, "was not checked, because this user may not: %v", err)
		default:
			problems = append(problems, s.problem(variable, "does not work: "+err.Error()))
		}
	}
	if info, err := os.Stat(c.Directories.Data); err == nil && !info.IsDir() {
		problems = append(problems, s.problem("MUSICDB_DIRECTORIES_DATA", "is "+c.Directories.Data+", which is no directory"))
	}
	if c.WebSocket.TLS != TLSOff || c.HTTP.TLS != TLSOff {
		concerns, err := server.CheckCertificates(c.WebSocket.Cert, c.WebSocket.Key)
		look("MUSICDB_WEBSOCKET_CERT", err)
		for _, sentence := range concerns {
			s.warn("MUSICDB_WEBSOCKET_CERT", "should be looked after: %s", sentence)
		}
	}
	if c.HTTP.WebUI != "" {
		look("MUSICDB_HTTP_WEBUI", server.CheckWebUI(c.HTTP.WebUI))
	}
	for variable, path := range map[string]string{"MUSICDB_LOG_LOGFILE": string(c.Log.LogFile), "MUSICDB_LOG_DEBUGFILE": c.Log.DebugFile} {
		dir := filepath.Dir(path)
		if _, err := os.Stat(dir); filepath.IsAbs(path) && errors.Is(err, fs.ErrNotExist) {
			s.warn(variable, "is %s, and there is no directory %s; a server does not start without it", path, dir)
		}
	}
	s.remarkOnIdentity()
	s.remarkOnSecrets()
	sortByLine(problems)
	sortByLine(s.Warnings)
	return problems
}

// remarkOnSecrets warns about secrets in a file that every user of this machine may
// read. The password for Icecast is not one: the file has always had it.
func (s *Settings) remarkOnSecrets() {
	info, err := os.Stat(s.File)
	if err != nil || info.Mode()&0o004 == 0 {
		return
	}
	for variable, secret := range map[string]Secret{"MUSICDB_WEBSOCKET_APIKEY": s.WebSocket.APIKey, "MUSICDB_HTTP_PASSWORD": s.HTTP.Password} {
		if secret != "" && secret != passwordIsKey && s.origins[variable].kind == fromFile {
			s.warn(variable, "can be read by every user of this machine; chmod o= %s, and chgrp it to the server's group", quoted(s.File))
		}
	}
}
