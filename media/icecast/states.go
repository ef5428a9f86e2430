package icecast

import "musicdb/fsm"

// State is where a source is. Its own goroutine moves it.
type State uint8

// The states of a source.
const (
	Idle State = iota
	Connecting
	Authorising
	Sending
	Stalled
	Backoff
	Refused
	Silent
	Stopped
)

func (s State) String() string { return machine.StateName(s) }

// Event is what moves a source.
type Event uint8

// The events of a source, in the order in which a healthy one meets them.
const (
	Begin Event = iota
	Connected
	MethodRefused
	Accepted
	Blocked
	Flowing
	Lost
	Dropped
	Failed
	Rejected
	NoSound
	Retry
	Stop
)

var (
	ours   = fsm.Layer{Name: "we", Color: "black"}
	server = fsm.Layer{Name: "Icecast", Color: "blue"}
	faults = fsm.Layer{Name: "faults", Color: "red"}
)

// machine is a source: one mount of an Icecast server, from the start of the
// daemon to its end. Listeners of our own stream notice none of its states.
var machine = fsm.MustDefine("icecast source",
	"Sends one mount to an Icecast server.",
	Idle,
	[]fsm.StateDoc[State]{
		{State: Idle, Name: "Idle", Doc: "Was set up and does not run yet.", Layer: ours},
		{State: Connecting, Name: "Connecting", Doc: "The host's address is looked up, a connection made, and TLS agreed on.", Layer: server},
		{State: Authorising, Name: "Authorising", Doc: "Name, password and format were sent; the server has not answered yet.", Layer: server},
		{State: Sending, Name: "Sending", Doc: "The server takes the sound as it comes.", Layer: server},
		{State: Stalled, Name: "Stalled", Doc: "The server takes nothing for more than a second. What is missed waits, as long as it is kept.", Layer: faults},
		{State: Backoff, Name: "Backoff", Doc: "There is no connection; the next attempt waits, longer with each failure in a row.", Layer: faults},
		{State: Refused, Name: "Refused", Doc: "The server does not want us: a wrong password, a mount that somebody else uses. The user is told; attempts are rare.", Layer: faults},
		{State: Silent, Name: "Silent", Doc: "The format is not made, so there is nothing to send. The user is told; that stays so until the daemon ends.", Layer: faults},
		{State: Stopped, Name: "Stopped", Doc: "The daemon ends.", Layer: ours, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: Begin, Name: "Begin", Doc: "The client runs.", By: "Run", Layer: ours},
		{Event: Connected, Name: "Connected", Doc: "Bytes can be exchanged.", By: "the server", Layer: server},
		{Event: MethodRefused, Name: "MethodRefused", Doc: "The server does not know PUT, or does not know SOURCE; the other one is tried at once.", By: "the server", Layer: server},
		{Event: Accepted, Name: "Accepted", Doc: "The server wants the sound.", By: "the server", Layer: server},
		{Event: Blocked, Name: "Blocked", Doc: "A piece of sound has been waiting for a second.", By: "a timer", Layer: faults},
		{Event: Flowing, Name: "Flowing", Doc: "It was taken after all.", By: "the server", Layer: server},
		{Event: Lost, Name: "Lost", Doc: "A connection that had lived for a while is gone.", By: "the server, or a timer", Layer: faults},
		{Event: Dropped, Name: "Dropped", Doc: "A connection is gone soon after it was accepted.", By: "the server, or a timer", Layer: faults},
		{Event: Failed, Name: "Failed", Doc: "No connection could be made, or the answer was no answer.", By: "the server, or a timer", Layer: faults},
		{Event: Rejected, Name: "Rejected", Doc: "The server says that it does not want us.", By: "the server", Layer: faults},
		{Event: NoSound, Name: "NoSound", Doc: "The sound has ended, and the daemon goes on: nobody can encode the format.", By: "the stream", Layer: faults},
		{Event: Retry, Name: "Retry", Doc: "The time to wait is over.", By: "a timer", Layer: ours},
		{Event: Stop, Name: "Stop", Doc: "The daemon ends.", By: "Run's context", Layer: ours},
	},
	[]fsm.Row[State, Event]{
		{From: Idle, On: Begin, To: Connecting},
		{From: Idle, On: Stop, To: Stopped},

		{From: Connecting, On: Connected, To: Authorising},
		{From: Connecting, On: Failed, To: Backoff},
		{From: Connecting, On: NoSound, To: Silent, Why: "the sound may have ended while nobody was connected"},
		{From: Connecting, On: Stop, To: Stopped},

		{From: Authorising, On: Accepted, To: Sending},
		{From: Authorising, On: MethodRefused, To: Connecting, Guard: "the other method is left", Why: "a server ends a connection that it has refused"},
		{From: Authorising, On: Rejected, To: Refused},
		{From: Authorising, On: Failed, To: Backoff},
		{From: Authorising, On: Stop, To: Stopped},

		{From: Sending, On: Blocked, To: Stalled},
		{From: Sending, On: Lost, To: Connecting, Guard: "it had lived", Why: "a server that was restarted is there again at once"},
		{From: Sending, On: Dropped, To: Backoff},
		{From: Sending, On: Rejected, To: Refused, Why: "some servers look at the password only after they have said that they will"},
		{From: Sending, On: NoSound, To: Silent, Why: "only the first listener shows that nobody can encode the format"},
		{From: Sending, On: Stop, To: Stopped},

		{From: Stalled, On: Flowing, To: Sending},
		{From: Stalled, On: Lost, To: Connecting, Guard: "it had lived"},
		{From: Stalled, On: Dropped, To: Backoff},
		{From: Stalled, On: Rejected, To: Refused},
		{From: Stalled, On: Stop, To: Stopped},

		{From: Backoff, On: Retry, To: Connecting},
		{From: Backoff, On: Stop, To: Stopped},
		{From: Refused, On: Retry, To: Connecting, Why: "the password may have been set right on the server, the mount be free again"},
		{From: Refused, On: Stop, To: Stopped},

		{From: Silent, On: Stop, To: Stopped},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{machine.Describe()} }
