package fsm_test

import "musicdb/fsm"

// The player is the machine most tests use: a self-transition, a guarded pair, a terminal state.
type (
	state uint8
	event uint8
)

const (
	idle state = iota
	playing
	paused
	closed
)

const (
	play event = iota
	pause
	next
	stop
	shut
)

var (
	device  = fsm.Layer{Name: "device", Color: "black"}
	control = fsm.Layer{Name: "control", Color: "blue"}
)

func playerStates() []fsm.StateDoc[state] {
	return []fsm.StateDoc[state]{
		{State: idle, Name: "Idle", Doc: "Nothing was asked for yet.", Layer: device},
		{State: playing, Name: "Playing", Doc: "A song sounds.", Layer: device, Rank: "song"},
		{State: paused, Name: "Paused", Doc: "A song waits where it was.", Layer: control, Rank: "song"},
		{State: closed, Name: "Closed", Doc: "The device was given back.", Layer: device, Terminal: true},
	}
}

func playerEvents() []fsm.EventDoc[event] {
	return []fsm.EventDoc[event]{
		{Event: play, Name: "Play", Doc: "The listener wants sound.", By: "the listener", Layer: control},
		{Event: pause, Name: "Pause", Doc: "The listener wants silence.", By: "the listener", Layer: control},
		{Event: next, Name: "Next", Doc: "The song is over.", By: "the decoder", Layer: device},
		{Event: stop, Name: "Stop", Doc: "The list is over.", By: "the decoder", Layer: device},
		{Event: shut, Name: "Shut", Doc: "The process ends.", By: "the owner", Layer: control},
	}
}

func playerRows() []fsm.Row[state, event] {
	return []fsm.Row[state, event]{
		{From: idle, On: play, To: playing, Guard: "list not empty"},
		{From: idle, On: shut, To: closed},
		{From: playing, On: pause, To: paused},
		{From: playing, On: next, To: playing, Why: "The next song starts without a gap."},
		{From: playing, On: stop, To: idle},
		{From: playing, On: shut, To: closed},
		{From: paused, On: play, To: playing},
		{From: paused, On: shut, To: closed},
	}
}

func player() *fsm.Definition[state, event] {
	return fsm.MustDefine("player", "A device that plays one list of songs.", idle, playerStates(), playerEvents(), playerRows())
}
