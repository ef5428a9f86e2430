package main

import (
	"context"
	"fmt"
	"log/slog"

	"golang.org/x/sys/unix"

	"musicdb/server"
)

// validateLimits checks that the sizes make sense, alone and together.
func (s *Settings) validateLimits() (problems SettingErrors) {
	l := s.Limits
	for _, size := range []struct {
		variable    string
		value       Bytes
		least, most Bytes
	}{
		{"MUSICDB_LIMITS_HANDSHAKESIZE", l.HandshakeSize, KiB, MiB},
		{"MUSICDB_LIMITS_MESSAGESIZE", l.MessageSize, 64 * KiB, GiB},
		{"MUSICDB_LIMITS_STRANGERSIZE", l.StrangerSize, 4 * KiB, GiB},
		{"MUSICDB_LIMITS_BUFFERED", l.Buffered, MiB, 1 << 10 * GiB},
		{"MUSICDB_LIMITS_OUTBOX", l.Outbox, 64 * KiB, GiB},
	} {
		if size.value < size.least || size.value > size.most {
			problems = append(problems, s.problem(size.variable, fmt.Sprintf("is %q: it must be a size from %v to %v", size.value, size.least, size.most)))
		}
	}
	if l.StrangerSize > l.MessageSize && s.origins["MUSICDB_LIMITS_STRANGERSIZE"].kind != fromDefault {
		problems = append(problems, s.problem("MUSICDB_LIMITS_STRANGERSIZE", fmt.Sprintf("is %q: it must not be more than %s, which is %v",
			l.StrangerSize, s.name("MUSICDB_LIMITS_MESSAGESIZE"), l.MessageSize)))
	}
	if l.Buffered < l.MessageSize && s.origins["MUSICDB_LIMITS_BUFFERED"].kind != fromDefault {
		problems = append(problems, s.problem("MUSICDB_LIMITS_BUFFERED", fmt.Sprintf("is %q: it must not be less than %s, which is %v",
			l.Buffered, s.name("MUSICDB_LIMITS_MESSAGESIZE"), l.MessageSize)))
	}
	return problems
}

// keptFiles is how many files the server may have open besides connections, so that no
// crowd of clients keeps it from opening the next song: databases, logs, and what a
// decoder, an encoder and imports need.
const keptFiles = 256

// openFiles is how many files this process may have open. The Go runtime has raised the
// soft limit to the hard one before main began.
func openFiles() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return unix.RLIM_INFINITY // who sets no limit has none to fear
	}
	return limit.Cur
}

// limits are the limits for the server, as far as the limit of open files allows them.
// An HTTP connection may have a second file open: the one it is sent.
func (s *Settings) limits(ctx context.Context, files uint64, log *slog.Logger) server.Limits {
	l := s.Limits
	websockets, pages := fit(uint64(l.Connections), uint64(l.HTTPConnections), files)
	if websockets < uint64(l.Connections) || pages < uint64(l.HTTPConnections) {
		level := slog.LevelWarn
		if s.origins["MUSICDB_LIMITS_CONNECTIONS"].kind == fromDefault && s.origins["MUSICDB_LIMITS_HTTPCONNECTIONS"].kind == fromDefault {
			level = slog.LevelInfo // nobody has asked for so many
		}
		log.Log(ctx, level, "the limit of open files allows fewer connections than the settings",
			"files", files, "websockets", websockets, "http", pages,
			"remedy", "raise the limit (LimitNOFILE= in the unit, ulimit -n), or lower MUSICDB_LIMITS_CONNECTIONS and MUSICDB_LIMITS_HTTPCONNECTIONS")
	}
	return server.Limits{
		Connections: int(websockets), HTTPConnections: int(pages), PerAddress: int(l.PerAddress),
		Handshake: int(l.HandshakeSize), Message: int(l.MessageSize), Stranger: int(l.StrangerSize), Outbox: int(l.Outbox),
		Buffered: max(int(l.Buffered), int(l.MessageSize)), Rate: int(l.Rate), IdleTime: l.IdleTime.Duration(),
	}
}

// fit lowers two numbers of connections until they can be open together with what else
// is. Each kind may have half of the files, whatever is asked for of the other one, and
// what that one does not need.
func fit(websockets, pages, files uint64) (w, p uint64) {
	kept := min(uint64(keptFiles), files/2)
	room := files - kept
	w = min(websockets, max(room/2, room-min(room, 2*pages)))
	p = min(pages, (room-w)/2)
	return max(1, w), max(1, p)
}
