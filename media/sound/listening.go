package sound

import "musicdb/fsm"

// ListeningState is where a listener is.
type ListeningState uint8

// The states of a listener.
const (
	ListenerJoined ListeningState = iota
	ListenerHearing
	ListenerLeft
	ListenerDropped
	ListenerDismissed
)

// ListeningEvent is what moves a listener.
type ListeningEvent uint8

// The events of a listener.
const (
	ListenerFirstFrames ListeningEvent = iota
	ListenerLeave
	ListenerTooSlow
	ListenerStreamEnded
)

var (
	listenerLayer = fsm.Layer{Name: "listener", Color: "blue"}
	streamLayer   = fsm.Layer{Name: "stream", Color: "black"}
)

// listening is the machine of a listener, from Join to Close. There may be
// thousands, so it runs compiled.
var listening = fsm.MustDefine("listener",
	"One who hears the live stream.",
	ListenerJoined,
	[]fsm.StateDoc[ListeningState]{
		{State: ListenerJoined, Name: "Joined", Doc: "Has a place in the ring, some seconds behind its end, and has taken nothing yet.", Layer: listenerLayer},
		{State: ListenerHearing, Name: "Hearing", Doc: "Takes frames as they come.", Layer: listenerLayer},
		{State: ListenerLeft, Name: "Left", Doc: "Went away by itself.", Layer: listenerLayer, Terminal: true},
		{State: ListenerDropped, Name: "Dropped", Doc: "Stayed so far behind that its sound is no longer kept.", Layer: listenerLayer, Terminal: true},
		{State: ListenerDismissed, Name: "Dismissed", Doc: "The stream ended under it.", Layer: streamLayer, Terminal: true},
	},
	[]fsm.EventDoc[ListeningEvent]{
		{Event: ListenerFirstFrames, Name: "FirstFrames", Doc: "Took the burst.", By: "Next", Layer: listenerLayer},
		{Event: ListenerLeave, Name: "Leave", Doc: "Wants no more.", By: "Close", Layer: listenerLayer},
		{Event: ListenerTooSlow, Name: "TooSlow", Doc: "Asked for frames that have left the ring.", By: "Next", Layer: listenerLayer},
		{Event: ListenerStreamEnded, Name: "StreamEnded", Doc: "Nothing will follow.", By: "Next", Layer: streamLayer},
	},
	[]fsm.Row[ListeningState, ListeningEvent]{
		{From: ListenerJoined, On: ListenerFirstFrames, To: ListenerHearing},
		{From: ListenerJoined, On: ListenerLeave, To: ListenerLeft},
		{From: ListenerJoined, On: ListenerTooSlow, To: ListenerDropped},
		{From: ListenerJoined, On: ListenerStreamEnded, To: ListenerDismissed},
		{From: ListenerHearing, On: ListenerLeave, To: ListenerLeft},
		{From: ListenerHearing, On: ListenerTooSlow, To: ListenerDropped},
		{From: ListenerHearing, On: ListenerStreamEnded, To: ListenerDismissed},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{listening.Describe()} }
