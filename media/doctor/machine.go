package doctor

import (
	"fmt"

	"musicdb/fsm"
)

// State is what a Doctor is doing.
type State uint8

// The states of a Doctor.
const (
	Idle State = iota
	Looking
	Listening
	Done
	Failed
	Cancelled
	Closed
)

var stateNames = [...]string{"idle", "looking", "listening", "done", "failed", "cancelled", "closed"}

// String is the name of the state for clients, in lower case.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// MarshalText writes the name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("doctor: %q is no state of an examination", text)
}

// Working reports whether an examination runs.
func (s State) Working() bool { return s == Looking || s == Listening }

// Event is what moves a Doctor.
type Event uint8

// The events of a Doctor.
const (
	Begin Event = iota
	Listen
	Finish
	Fail
	Cancel
	Close
)

var (
	rest  = fsm.Layer{Name: "nothing is examined", Color: "black"}
	work  = fsm.Layer{Name: "an examination runs", Color: "darkgreen"}
	fault = fsm.Layer{Name: "not to the end", Color: "red"}
)

var definition = fsm.MustDefine("doctor",
	"The examination of a music collection and its databases. It only reads.",
	Idle,
	[]fsm.StateDoc[State]{
		{State: Idle, Name: "Idle", Doc: "Nothing was examined yet.", Layer: rest},
		{State: Looking, Name: "Looking", Doc: "Databases, names, headers, tags and covers are looked through.", Layer: work},
		{State: Listening, Name: "Listening", Doc: "A child decodes one song after the other, with the lowest priority, and what comes out is searched for damage, silence and clipping.", Layer: work},
		{State: Done, Name: "Done", Doc: "Everything that was asked for was examined.", Layer: rest},
		{State: Failed, Name: "Failed", Doc: "The music directory cannot be listed, or there is no ffmpeg to listen with. What was found until then holds.", Layer: fault},
		{State: Cancelled, Name: "Cancelled", Doc: "Somebody has ended the examination. What was found until then holds.", Layer: fault},
		{State: Closed, Name: "Closed", Doc: "The daemon ends.", Layer: rest, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: Begin, Name: "Begin", Doc: "Somebody wants an examination.", By: "a client", Layer: work},
		{Event: Listen, Name: "Listen", Doc: "Everything was looked at, and a thorough examination is wanted.", By: "the examination", Layer: work},
		{Event: Finish, Name: "Finish", Doc: "Everything was examined.", By: "the examination", Layer: work},
		{Event: Fail, Name: "Fail", Doc: "It cannot go on.", By: "the file system, or ffmpeg", Layer: fault},
		{Event: Cancel, Name: "Cancel", Doc: "Somebody does not want it any more.", By: "a client, or the daemon that ends", Layer: fault},
		{Event: Close, Name: "Close", Doc: "The daemon ends.", By: "the owner of the Doctor", Layer: rest},
	},
	[]fsm.Row[State, Event]{
		{From: Idle, On: Begin, To: Looking},
		{From: Idle, On: Close, To: Closed},
		{From: Looking, On: Listen, To: Listening},
		{From: Looking, On: Finish, To: Done},
		{From: Looking, On: Fail, To: Failed},
		{From: Looking, On: Cancel, To: Cancelled},
		{From: Listening, On: Finish, To: Done},
		{From: Listening, On: Fail, To: Failed},
		{From: Listening, On: Cancel, To: Cancelled},
		{From: Done, On: Begin, To: Looking},
		{From: Done, On: Close, To: Closed},
		{From: Failed, On: Begin, To: Looking},
		{From: Failed, On: Close, To: Closed},
		{From: Cancelled, On: Begin, To: Looking},
		{From: Cancelled, On: Close, To: Closed},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{definition.Describe()} }
