package hearing

import "musicdb/fsm"

// State is what the ear at the end of the stream makes of it.
type State uint8

// The states of hearing.
const (
	Waiting State = iota
	Resting
	Hearing
	Quiet
	Doubting
	Mute
	Starved
	Songless
	Standing
	Clipping
	Drifting
	Healing
	Helpless
	Ended
)

func (s State) String() string { return definition.StateName(s) }

// Red reports whether listeners miss sound in this state.
func (s State) Red() bool { return s >= Mute && s <= Helpless }

// Event is what moves the hearing.
type Event uint8

// The events of hearing.
const (
	Rest Event = iota
	Heard
	SongSilent
	Doubt
	NothingOut
	NothingIn
	NoSong
	NoFrames
	Overdriven
	OutOfStep
	Heal
	GiveUp
	Unheard
	Stop
)

var (
	fine    = fsm.Layer{Name: "in order", Color: "darkgreen"}
	wrong   = fsm.Layer{Name: "listeners miss sound", Color: "red"}
	control = fsm.Layer{Name: "server", Color: "black"}
)

// faults are the events that say what is wrong, with the state each leads to.
var faults = []struct {
	on Event
	to State
}{
	{NothingOut, Mute}, {NothingIn, Starved}, {NoSong, Songless},
	{NoFrames, Standing}, {Overdriven, Clipping}, {OutOfStep, Drifting},
}

// definition is the machine of what is heard. A fault is left by sound alone: the
// restart of a part only makes it Healing.
var definition = fsm.MustDefine("hearing",
	"What the server hears of its own stream, compared with what was to be heard.",
	Waiting,
	[]fsm.StateDoc[State]{
		{State: Waiting, Name: "Waiting", Doc: "The stream has not begun, ffmpeg is not ready yet, or nobody wants to hear the format.", Layer: control},
		{State: Resting, Name: "Resting", Doc: "Silence is wanted: the stream is paused. That frames leave, and at the pace of the clock, is still watched.", Layer: fine},
		{State: Hearing, Name: "Hearing", Doc: "Music goes in and comes out.", Layer: fine},
		{State: Quiet, Name: "Quiet", Doc: "The song itself is silent here: that was sent, and that is heard.", Layer: fine},
		{State: Doubting, Name: "Doubting", Doc: "Something is missing, for less than the silence limit.", Layer: fine},
		{State: Mute, Name: "Mute", Doc: "Music goes into the encoder, and silence comes out or nothing at all.", Layer: wrong, Rank: "wrong"},
		{State: Starved, Name: "Starved", Doc: "The song plays, and its decoder delivers nothing.", Layer: wrong, Rank: "wrong"},
		{State: Songless, Name: "Songless", Doc: "Music is wanted, and there is no song that could be sent.", Layer: wrong, Rank: "wrong"},
		{State: Standing, Name: "Standing", Doc: "No frame has left, neither music nor silence.", Layer: wrong, Rank: "wrong"},
		{State: Clipping, Name: "Clipping", Doc: "What comes out is overdriven, and what went in was not.", Layer: wrong, Rank: "wrong"},
		{State: Drifting, Name: "Drifting", Doc: "More or less sound leaves than time passes.", Layer: wrong, Rank: "wrong"},
		{State: Healing, Name: "Healing", Doc: "The part at fault was restarted; sound has not been heard since.", Layer: wrong},
		{State: Helpless, Name: "Helpless", Doc: "Restarting did not help as often as it is tried within an hour.", Layer: wrong},
		{State: Ended, Name: "Ended", Doc: "The stream has ended.", Layer: control, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: Rest, Name: "Rest", Doc: "Silence is wanted.", By: "the judgement", Layer: fine},
		{Event: Heard, Name: "Heard", Doc: "What goes in is heard.", By: "the judgement", Layer: fine},
		{Event: SongSilent, Name: "SongSilent", Doc: "Silence went in, and it comes from the song.", By: "the judgement", Layer: fine},
		{Event: Doubt, Name: "Doubt", Doc: "What should be heard was not, this time.", By: "the judgement", Layer: fine},
		{Event: NothingOut, Name: "NothingOut", Doc: "Sound that went in has not come out within the silence limit.", By: "the judgement", Layer: wrong},
		{Event: NothingIn, Name: "NothingIn", Doc: "A playing song has had no sound for the silence limit.", By: "the judgement", Layer: wrong},
		{Event: NoSong, Name: "NoSong", Doc: "There has been nothing to play for the silence limit.", By: "the judgement", Layer: wrong},
		{Event: NoFrames, Name: "NoFrames", Doc: "The ring has stood still for the silence limit.", By: "the judgement", Layer: wrong},
		{Event: Overdriven, Name: "Overdriven", Doc: "The output has been beyond full scale, and louder than the input, for the silence limit.", By: "the judgement", Layer: wrong},
		{Event: OutOfStep, Name: "OutOfStep", Doc: "The sound sent differs from the time passed by more than the drift limit.", By: "the judgement", Layer: wrong},
		{Event: Heal, Name: "Heal", Doc: "The part at fault was restarted.", By: "the healer", Layer: control},
		{Event: GiveUp, Name: "GiveUp", Doc: "It was restarted too often.", By: "the healer", Layer: control},
		{Event: Unheard, Name: "Unheard", Doc: "Nobody has listened to the format for a while: it is not encoded any more.", By: "the stream", Layer: control},
		{Event: Stop, Name: "Stop", Doc: "The stream ends.", By: "Run's context", Layer: control},
	},
	table(),
)

// table writes the rows that all states of a kind share. Every fault begins as a
// doubt, so that a fault that turns into another one is told as that.
func table() (rows []fsm.Row[State, Event]) {
	row := func(from State, on Event, to State) {
		rows = append(rows, fsm.Row[State, Event]{From: from, On: on, To: to})
	}
	for _, f := range faults {
		row(Doubting, f.on, f.to)
		row(f.to, Heal, Healing)
		row(f.to, GiveUp, Helpless)
	}
	row(Helpless, Heal, Healing)
	for from := Waiting; from < Ended; from++ {
		if from != Resting {
			row(from, Rest, Resting)
		}
		if from != Hearing {
			row(from, Heard, Hearing)
		}
		if from != Quiet && !from.Red() {
			row(from, SongSilent, Quiet)
		}
		if from != Doubting {
			row(from, Doubt, Doubting)
		}
		if from != Waiting {
			row(from, Unheard, Waiting)
		}
		row(from, Stop, Ended)
	}
	return rows
}

// Definitions describes the machines of this package.
func Definitions() []fsm.Description {
	return []fsm.Description{definition.Describe(), earDefinition.Describe()}
}
