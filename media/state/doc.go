// Package state keeps the small persistent states of the daemon as plain
// files below its data directory: the genre selection and mode of the user
// interface (state/state.ini), the configurations kept for clients
// (config/webui.ini, config/randy.ini), the API key (config/wsapikey.txt) and
// the tables that other rooms keep as CSV files in state/.
//
// It owns the two dialects these files are written in, so that an installation
// of MusicDB 8 and this server can read each other's files. Files are replaced by
// package durable: one is always the old or the new one, also after kill -9 or a
// power failure. Only [Store.WriteHints] promises less.
//
// It refuses to lose what it cannot read. Reading is tolerant: what can be read
// is used, and a file with damaged parts is copied beside itself (suffix
// ".damaged") before it is written the first time.
//
// It knows no music: names of genres are only names, rows of a table only cells.
//
// All methods of [Store] may be called from any goroutine. Every change re-reads
// the file, changes what was asked for and writes it under one lock, so that no
// client undoes what another one, or an administrator with an editor, has set.
//
// Start reading at [Open], then store.go for the lock, ini.go and csv.go for
// the dialects, and file.go for the writing.
package state
