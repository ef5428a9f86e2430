//go:build linux

package conn

import (
	"testing"
	"time"
)

// formerFailures are what the simulation and the exploration have found, as short as it
// gets. What the actions mean is said by verbNames and actorNames; an actor or a person
// stands before its number.
var formerFailures = []struct {
	name string
	setting
	actions string
}{
	{"a message is held while the end begins, and keeps the peer's close frame from being read", setting{Loops: 2},
		"connect:0:0 loop:1 connect:0:0 ask:1:1 say:1:p loop:0 loop:0 loop:0 loop:0 say:1:e loop:0 loop:0 loop:0 loop:0 say:1:y13"},
	{"the stream is ended by two writers", setting{Loops: 1, Prompt: true},
		"connect:0:0 ask:0:1 loop:0 loop:0 loop:0 loop:0 say:0:b loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 close:0:0"},
	{"the stream is ended after the descriptor was given back, without one", setting{Loops: 1, BySession: true, Idle: 2 * time.Second},
		"connect:0:0 ask:0:1 leave:0:0"},
	{"the session is told that its answer is on the way when the end has only half begun", setting{Loops: 2, Prompt: true, BySession: true, OutboxBytes: 300},
		"connect:0:0 ask:0:1 say:0:S say:0:P"},
	{"an answer is queued for one who is evicted by the broadcasts before it", setting{Loops: 2, Prompt: true, BySession: true, OutboxBytes: 300},
		"loop:0 connect:0:0 connect:0:0 ask:1:1 loop:0 loop:1 loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 add:1:0 loop:0 " +
			"publish:0:0 say:1:P loop:0 publish:0:121 publish:0:0 publish:0:120 loop:0 loop:0 publish:0:0 say:1:o13"},
	{"a message comes while a worker executes a prompt one, and is never executed", setting{Loops: 2, Prompt: true, BySession: true, OutboxBytes: 300},
		"connect:0:0 loop:1 loop:1 loop:1 connect:0:0 loop:1 loop:1 connect:0:0 connect:0:0 loop:0 loop:0 loop:0 loop:0 ask:3:1 loop:0 loop:0 loop:0 loop:0 " +
			"say:3:y say:3:n loop:0 loop:0 loop:0 loop:0 loop:0 loop:0 begin:3:0 worker:3 worker:3 worker:3 say:3:a"},
	{"the same behind a message in two parts", setting{Loops: 2, Prompt: true, OutboxBytes: 200},
		"connect:0:0 loop:1 loop:1 loop:1 loop:1 connect:0:0 loop:1 loop:1 loop:1 connect:0:0 loop:0 ask:2:1 loop:0 loop:0 loop:1 loop:0 loop:1 loop:1 loop:1 loop:1 " +
			"say:2:L5 loop:1 finish:2:0 loop:1 loop:1 loop:1 loop:1 loop:1 loop:1 loop:1 loop:1 loop:1 loop:1 begin:2:0 say:2:f loop:1 worker:2 loop:1 loop:1 say:2:S worker:2"},
	{"a connection is lost while a worker executes a prompt message, and its reader waits for ever", setting{Streams: 2, Prompt: true, OutboxBytes: 500},
		"connect:0:0 reader:0 reader:0 reader:0 reader:0 ask:0:1 reader:0 reader:0 reader:0 reader:0 say:0:b reader:0 reader:0 say:0:f writer:0 writer:0 " +
			"reader:0 reader:0 reader:0 writer:0 begin:0:0 worker:0 worker:0 writer:0 break:0:0 writer:0"},
	{"a connection that is about to get its record is overlooked by a shutdown, and lives on", setting{Loops: 1},
		"loop:0 connect:0:0 loop:0 shutdown:0:0"},
	{"the same, and the shutdown says that nothing is left", setting{Loops: 1},
		"loop:0 connect:0:0 loop:0 shutdown:0:0 late:0:0 shutdown:0 shutdown:0"},
}

func TestFormerFailures(t *testing.T) {
	for _, f := range formerFailures {
		t.Run(f.name, func(t *testing.T) {
			w := newWorld(f.setting)
			defer w.dismiss()
			list := parse(f.actions)
			if again := format(list); again != f.actions {
				t.Fatalf("%q is read as %q", f.actions, again)
			}
			if failed := w.replay(list); failed != "" {
				t.Error(failed)
			}
		})
	}
}
