package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/coreos/go-systemd/v22/journal"
)

// identifier is the name under which the journal keeps the messages.
const identifier = "musicdb"

// journalHandler sends messages to the journal of systemd: the priority is the
// level's, the attributes follow the message.
type journalHandler struct {
	attributes slog.Handler // writes them into shared.text
	shared     *journalText
}

type journalText struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
	// otherwise gets what the journal does not take.
	otherwise slog.Handler
}

func newJournalHandler(level slog.Level, otherwise io.Writer) *journalHandler {
	shared := &journalText{otherwise: slog.NewTextHandler(otherwise, nil)}
	return &journalHandler{shared: shared, attributes: slog.NewTextHandler(&shared.text, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
				return slog.Attr{} // the journal has its own
			}
			return a
		},
	})}
}

// Enabled compares the levels (slog.Handler).
func (h *journalHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.attributes.Enabled(ctx, level)
}

// Handle sends one message (slog.Handler).
func (h *journalHandler) Handle(ctx context.Context, r slog.Record) error {
	h.shared.mu.Lock()
	defer h.shared.mu.Unlock()
	h.shared.text.Reset()
	if err := h.attributes.Handle(ctx, r); err != nil {
		return err
	}
	message := strings.TrimSpace(r.Message + " " + h.shared.text.String())
	if err := journal.Send(message, priority(r.Level), map[string]string{"SYSLOG_IDENTIFIER": identifier}); err != nil {
		return h.shared.otherwise.Handle(ctx, r)
	}
	return nil
}

// WithAttrs keeps attributes for later messages (slog.Handler).
func (h *journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &journalHandler{h.attributes.WithAttrs(attrs), h.shared}
}

// WithGroup keeps a group for later attributes (slog.Handler).
func (h *journalHandler) WithGroup(name string) slog.Handler {
	return &journalHandler{h.attributes.WithGroup(name), h.shared}
}

// priority is the syslog priority of a level.
func priority(level slog.Level) journal.Priority {
	switch {
	case level > slog.LevelError:
		return journal.PriCrit
	case level >= slog.LevelError:
		return journal.PriErr
	case level >= slog.LevelWarn:
		return journal.PriWarning
	case level >= slog.LevelInfo:
		return journal.PriInfo
	default:
		return journal.PriDebug
	}
}
