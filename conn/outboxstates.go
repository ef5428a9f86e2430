package conn

import "musicdb/fsm"

// OutboxState is how the outgoing frames of one connection wait.
type OutboxState uint8

// The states of an outbox.
const (
	Unopened OutboxState = iota
	Empty
	Flowing
	BackedUp
	Finishing
	Evicted
	Shut
)

// OutboxEvent is what happens to an outbox.
type OutboxEvent uint8

// The events of an outbox.
const (
	Open OutboxEvent = iota
	Queue
	Advance
	CatchUp
	Drain
	Finish
	Overflow
	Discard
)

var outboxStates = []fsm.StateDoc[OutboxState]{
	{State: Unopened, Name: "Unopened", Layer: transport, Doc: "Before the answer to the handshake: nothing may be queued. Left by the 101, by a last HTTP answer, or with the connection."},
	{State: Empty, Name: "Empty", Layer: transport, Doc: "Nothing waits and nothing is being written. Left by the next frame."},
	{State: Flowing, Name: "Flowing", Layer: transport, Doc: "One frame is being written and nothing waits behind it. Left when it is written or another comes."},
	{State: BackedUp, Name: "BackedUp", Layer: transport, Doc: "Frames wait behind the one being written, within the bound. Left by catching up or by going over the bound."},
	{State: Finishing, Name: "Finishing", Layer: transport, Doc: "The last frame is queued; nothing is accepted any more. Left when all is written."},
	{State: Evicted, Name: "Evicted", Layer: transport, Doc: "The client reads too slowly: what waited is dropped and a close frame follows the frame under way. Left when it is written or given up."},
	{State: Shut, Name: "Shut", Layer: transport, Doc: "Nothing is written any more. Terminal.", Terminal: true},
}

var outboxEvents = []fsm.EventDoc[OutboxEvent]{
	{Event: Open, Name: "Open", By: "the handshake", Layer: transport, Doc: "The 101 is the first entry."},
	{Event: Queue, Name: "Queue", By: "the server", Layer: connection, Doc: "A frame enters at the end."},
	{Event: Advance, Name: "Advance", By: "the writer", Layer: transport, Doc: "A write is done and more than one frame is left, or the last ones are."},
	{Event: CatchUp, Name: "CatchUp", By: "the writer", Layer: transport, Doc: "A write is done and exactly one frame is left."},
	{Event: Drain, Name: "Drain", By: "the writer", Layer: transport, Doc: "A write is done and nothing is left."},
	{Event: Finish, Name: "Finish", By: "the connection", Layer: connection, Doc: "The last frame enters: a close frame, or an HTTP answer."},
	{Event: Overflow, Name: "Overflow", By: "the server", Layer: connection, Doc: "A push would wait beyond the bound."},
	{Event: Discard, Name: "Discard", By: "the connection", Layer: transport, Doc: "The socket is gone; what waits is dropped."},
}

var outboxRows = []fsm.Row[OutboxState, OutboxEvent]{
	{From: Unopened, On: Open, To: Flowing},
	{From: Unopened, On: Finish, To: Finishing, Guard: "an HTTP answer that is no upgrade"},
	{From: Unopened, On: Discard, To: Shut},

	{From: Empty, On: Queue, To: Flowing},
	{From: Empty, On: Finish, To: Finishing},
	{From: Empty, On: Discard, To: Shut},

	{From: Flowing, On: Queue, To: BackedUp},
	{From: Flowing, On: Drain, To: Empty},
	{From: Flowing, On: Finish, To: Finishing},
	{From: Flowing, On: Overflow, To: Evicted, Why: "one push larger than the bound, behind a frame that does not move"},
	{From: Flowing, On: Discard, To: Shut},

	{From: BackedUp, On: Queue, To: BackedUp},
	{From: BackedUp, On: Advance, To: BackedUp},
	{From: BackedUp, On: CatchUp, To: Flowing},
	{From: BackedUp, On: Drain, To: Empty},
	{From: BackedUp, On: Finish, To: Finishing},
	{From: BackedUp, On: Overflow, To: Evicted},
	{From: BackedUp, On: Discard, To: Shut},

	{From: Finishing, On: Advance, To: Finishing},
	{From: Finishing, On: Drain, To: Shut},
	{From: Finishing, On: Discard, To: Shut},

	{From: Evicted, On: Advance, To: Evicted},
	{From: Evicted, On: Drain, To: Shut},
	{From: Evicted, On: Discard, To: Shut},
}

// OutboxLifecycle is the machine of an outbox. It is immutable.
var OutboxLifecycle = fsm.MustDefine("outbox",
	"How the outgoing frames of one connection wait, flow, back up, and end.",
	Unopened, outboxStates, outboxEvents, outboxRows)

// Definitions describes every machine of this package.
func Definitions() []fsm.Description {
	return []fsm.Description{Lifecycle.Describe(), OutboxLifecycle.Describe(), FollowLifecycle.Describe()}
}
