package watch

import "musicdb/fsm"

// State is what the watch is doing.
type State uint8

// The states of the watch.
const (
	Looking State = iota
	Watching
	Settling
	Listening
	Missing
	Unreadable
	Closed
)

func (s State) String() string { return definition.StateName(s) }

// Fault says whether the state is one in which the music cannot be told.
func (s State) Fault() bool { return s == Missing || s == Unreadable }

// Event is what moves the watch.
type Event uint8

// The events of the watch.
const (
	Looked Event = iota
	Touched
	Calm
	Due
	Unheard
	Heard
	Gone
	ReadFailed
	Close
)

var (
	layer = fsm.Layer{Name: "watch", Color: "darkgreen"}
	fault = fsm.Layer{Name: "fault", Color: "firebrick"}
)

var definition = fsm.MustDefine("watch",
	"The watch of the music directory: what is new, changed, moved or vanished there, and what becomes of the rows.",
	Looking,
	[]fsm.StateDoc[State]{
		{State: Looking, Name: "Looking", Doc: "Names, sizes and times of files are compared with the library, rows follow what was moved, and what is new is offered.", Layer: layer},
		{State: Watching, Name: "Watching", Doc: "Nothing is to be done until something changes, or the next sweep is due.", Layer: layer},
		{State: Settling, Name: "Settling", Doc: "Something is being written: an album that is still being copied is no album yet.", Layer: layer},
		{State: Listening, Name: "Listening", Doc: "The sound of a file is read for its checksum, by which the file is recognised wherever it goes. Behind each file is a pause four times as long as the work.", Layer: layer},
		{State: Missing, Name: "Missing", Doc: "All files of the library have vanished at once, or something else stands at the path of the music directory: a disk is not mounted. Nothing is concluded from that.", Layer: fault},
		{State: Unreadable, Name: "Unreadable", Doc: "A disk or network answers with errors. Nothing is concluded from what cannot be read.", Layer: fault},
		{State: Closed, Name: "Closed", Doc: "The daemon ends.", Layer: layer, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: Looked, Name: "Looked", Doc: "Rows and files agree, as far as the look went.", By: "the look", Layer: layer},
		{Event: Touched, Name: "Touched", Doc: "Something in the music directory was written, made, moved or removed.", By: "the kernel", Layer: layer},
		{Event: Calm, Name: "Calm", Doc: "Nothing was written for a moment where something had been.", By: "the clock", Layer: layer},
		{Event: Due, Name: "Due", Doc: "It is time for a sweep, or somebody asks for one.", By: "the clock, a client, or an overflow of the kernel's events", Layer: layer},
		{Event: Unheard, Name: "Unheard", Doc: "There is time, and a file whose sound has no checksum.", By: "the clock", Layer: layer},
		{Event: Heard, Name: "Heard", Doc: "The sound of the file was read, or cannot be.", By: "the file", Layer: layer},
		{Event: Gone, Name: "Gone", Doc: "No file of the library is where it was.", By: "the look", Layer: fault},
		{Event: ReadFailed, Name: "ReadFailed", Doc: "A directory could not be read, for another reason than its permissions.", By: "the look", Layer: fault},
		{Event: Close, Name: "Close", Doc: "The daemon ends.", By: "the daemon", Layer: layer},
	},
	[]fsm.Row[State, Event]{
		{From: Looking, On: Looked, To: Watching},
		{From: Looking, On: Gone, To: Missing},
		{From: Looking, On: ReadFailed, To: Unreadable},
		{From: Looking, On: Close, To: Closed},
		{From: Watching, On: Touched, To: Settling},
		{From: Watching, On: Due, To: Looking},
		{From: Watching, On: Unheard, To: Listening},
		{From: Watching, On: Close, To: Closed},
		{From: Settling, On: Calm, To: Looking},
		{From: Settling, On: Due, To: Looking},
		{From: Settling, On: Close, To: Closed},
		{From: Listening, On: Heard, To: Watching},
		{From: Missing, On: Touched, To: Settling},
		{From: Missing, On: Due, To: Looking},
		{From: Missing, On: Close, To: Closed},
		{From: Unreadable, On: Touched, To: Settling},
		{From: Unreadable, On: Due, To: Looking},
		{From: Unreadable, On: Close, To: Closed},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description {
	return []fsm.Description{definition.Describe(), attention.Describe()}
}

// Attention is how the watch learns of changes.
type Attention uint8

// The states of the attention.
const (
	Sweeping Attention = iota
	Noticing
	Ended
)

func (a Attention) String() string { return attention.StateName(a) }

type turn uint8

const (
	watched turn = iota
	refused
	end
)

var attention = fsm.MustDefine("attention",
	"How the watch of the music directory learns of changes.",
	Sweeping,
	[]fsm.StateDoc[Attention]{
		{State: Sweeping, Name: "Sweeping", Doc: "Only by sweeps: the kernel does not watch all directories.", Layer: layer},
		{State: Noticing, Name: "Noticing", Doc: "By events of the kernel for every directory, and by sweeps.", Layer: layer},
		{State: Ended, Name: "Ended", Doc: "The daemon ends.", Layer: layer, Terminal: true},
	},
	[]fsm.EventDoc[turn]{
		{Event: watched, Name: "Watched", Doc: "The kernel watches every directory.", By: "a sweep", Layer: layer},
		{Event: refused, Name: "Refused", Doc: "The kernel refuses to watch one more: a limit of the system is reached.", By: "the kernel", Layer: layer},
		{Event: end, Name: "End", Doc: "The daemon ends.", By: "the daemon", Layer: layer},
	},
	[]fsm.Row[Attention, turn]{
		{From: Sweeping, On: watched, To: Noticing},
		{From: Noticing, On: refused, To: Sweeping},
		{From: Sweeping, On: end, To: Ended},
		{From: Noticing, On: end, To: Ended},
	},
)
