package loudness

import "musicdb/fsm"

// State is what a Meter is doing.
type State uint8

// The states of a Meter.
const (
	Reading State = iota
	Idle
	Unready
	Choosing
	Measuring
	Resting
	Holding
	Complete
	Closed
)

func (s State) String() string { return definition.StateName(s) }

// Event is what moves a Meter.
type Event uint8

// The events of a Meter.
const (
	Disable Event = iota
	Known
	ToolReady
	SongChosen
	MachineBusy
	MusicAway
	NothingLeft
	Measured
	Refused
	PassedBy
	Rested
	Calm
	Changed
	Close
)

var (
	worker  = fsm.Layer{Name: "worker", Color: "darkgreen"}
	outside = fsm.Layer{Name: "outside", Color: "gray40"}
)

var definition = fsm.MustDefine("loudness",
	"The worker that measures in the background how loud each song is, one after the other, unnoticed.",
	Reading,
	[]fsm.StateDoc[State]{
		{State: Reading, Name: "Reading", Doc: "What is known is being read from the database.", Layer: worker},
		{State: Idle, Name: "Idle", Doc: "Measuring is switched off; what is known is used.", Layer: outside},
		{State: Unready, Name: "Unready", Doc: "There is no ffmpeg yet.", Layer: outside},
		{State: Choosing, Name: "Choosing", Doc: "The next song is looked for: first in the queue, then in the albums of the queue, then everywhere.", Layer: worker},
		{State: Measuring, Name: "Measuring", Doc: "A child decodes a song and measures it, with the lowest priority.", Layer: worker},
		{State: Resting, Name: "Resting", Doc: "The pause behind a song, as long as the work on it.", Layer: worker},
		{State: Holding, Name: "Holding", Doc: "Others use most of the machine, or the music is not there: nothing is begun.", Layer: outside},
		{State: Complete, Name: "Complete", Doc: "Nothing is left to be measured.", Layer: worker},
		{State: Closed, Name: "Closed", Doc: "The daemon ends; the song that was being measured will be measured after the next start.", Layer: outside, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: Disable, Name: "Disable", Doc: "The settings want no measuring.", By: "the settings", Layer: outside},
		{Event: Known, Name: "Known", Doc: "The database was read.", By: "the worker", Layer: worker},
		{Event: ToolReady, Name: "ToolReady", Doc: "There is an ffmpeg.", By: "ffmpeg", Layer: outside},
		{Event: SongChosen, Name: "SongChosen", Doc: "A song has no measurement that fits its file.", By: "the worker", Layer: worker},
		{Event: MachineBusy, Name: "MachineBusy", Doc: "Others use more than two thirds of all processors.", By: "the kernel's figures", Layer: outside},
		{Event: MusicAway, Name: "MusicAway", Doc: "Many files in a row are missing.", By: "the file system", Layer: outside},
		{Event: NothingLeft, Name: "NothingLeft", Doc: "Every song was measured, or has failed.", By: "the worker", Layer: worker},
		{Event: Measured, Name: "Measured", Doc: "The song's loudness is in the database.", By: "the child", Layer: worker},
		{Event: Refused, Name: "Refused", Doc: "The file cannot be decoded; that is noted until it changes.", By: "the child", Layer: worker},
		{Event: PassedBy, Name: "PassedBy", Doc: "It failed for a reason that says nothing about the file: it is tried again later.", By: "the child, or the disk", Layer: worker},
		{Event: Rested, Name: "Rested", Doc: "The pause is over.", By: "the clock", Layer: worker},
		{Event: Calm, Name: "Calm", Doc: "The machine has time again, or had none for ten minutes; or the music may be back.", By: "the kernel's figures", Layer: outside},
		{Event: Changed, Name: "Changed", Doc: "The library or the queue changed, or it is time to look at the files again.", By: "library, queue, clock", Layer: outside},
		{Event: Close, Name: "Close", Doc: "The daemon ends.", By: "the daemon", Layer: outside},
	},
	[]fsm.Row[State, Event]{
		{From: Reading, On: Disable, To: Idle},
		{From: Reading, On: Known, To: Unready},
		{From: Reading, On: Close, To: Closed},
		{From: Idle, On: Close, To: Closed},
		{From: Unready, On: ToolReady, To: Choosing},
		{From: Unready, On: Close, To: Closed},
		{From: Choosing, On: SongChosen, To: Measuring},
		{From: Choosing, On: MachineBusy, To: Holding},
		{From: Choosing, On: MusicAway, To: Holding},
		{From: Choosing, On: NothingLeft, To: Complete},
		{From: Choosing, On: Close, To: Closed},
		{From: Measuring, On: Measured, To: Resting},
		{From: Measuring, On: Refused, To: Resting},
		{From: Measuring, On: PassedBy, To: Resting},
		{From: Measuring, On: Close, To: Closed},
		{From: Resting, On: Rested, To: Choosing},
		{From: Resting, On: Close, To: Closed},
		{From: Holding, On: Calm, To: Choosing},
		{From: Holding, On: Close, To: Closed},
		{From: Complete, On: Changed, To: Choosing},
		{From: Complete, On: Close, To: Closed},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{definition.Describe()} }
