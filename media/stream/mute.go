package stream

import "musicdb/fsm"

// MuteState says what the users want to hear.
type MuteState uint8

// The states of the wish.
const (
	Muted MuteState = iota
	Unmuted
	Settled
)

// MuteEvent changes the wish.
type MuteEvent uint8

// The events of the wish.
const (
	Mute MuteEvent = iota
	Unmute
	Settle
)

// mute is a machine of its own because the wish outlives songs, failures and
// restarts: a stream without a song can be wanted to play.
var mute = fsm.MustDefine("mute",
	"What the users want to hear: the music, or silence.",
	Muted,
	[]fsm.StateDoc[MuteState]{
		{State: Muted, Name: "Muted", Doc: "Silence is wanted. So it is at the beginning, until the start mode is known.", Layer: client},
		{State: Unmuted, Name: "Unmuted", Doc: "Music is wanted; it sounds as soon as there is a song.", Layer: client},
		{State: Settled, Name: "Settled", Doc: "The stream has ended; the wish is saved.", Layer: worker, Terminal: true},
	},
	[]fsm.EventDoc[MuteEvent]{
		{Event: Mute, Name: "Mute", Doc: "Somebody has paused.", By: "a client", Layer: client},
		{Event: Unmute, Name: "Unmute", Doc: "Somebody has pressed play, or the stream starts playing.", By: "a client, or the start", Layer: client},
		{Event: Settle, Name: "Settle", Doc: "The stream ends.", By: "the stream", Layer: worker},
	},
	[]fsm.Row[MuteState, MuteEvent]{
		{From: Muted, On: Unmute, To: Unmuted},
		{From: Muted, On: Mute, To: Muted},
		{From: Muted, On: Settle, To: Settled},
		{From: Unmuted, On: Mute, To: Muted},
		{From: Unmuted, On: Unmute, To: Unmuted},
		{From: Unmuted, On: Settle, To: Settled},
	},
)
