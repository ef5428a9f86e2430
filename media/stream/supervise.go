package stream

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// survived runs work and reports whether it panicked; the panic is logged.
func survived(log *slog.Logger, name string, work func()) (panicked bool) {
	defer func() {
		if value := recover(); value != nil {
			panicked = true
			log.Error("a worker of the stream failed and is started again", "worker", name,
				"panic", fmt.Sprint(value), "stack", string(debug.Stack()))
		}
	}()
	work()
	return false
}
