package stream

import "musicdb/fsm"

// DemandState says whether a format is wanted. The pump alone moves it.
type DemandState uint8

// The states of a format.
const (
	FormatUnheard DemandState = iota
	FormatHeard
	FormatLingering
	FormatMissing
	FormatOver
)

func (s DemandState) String() string { return demand.StateName(s) }

// DemandEvent is what moves a format.
type DemandEvent uint8

// The events of a format.
const (
	FormatJoined DemandEvent = iota
	FormatLeft
	FormatLingered
	FormatNoEncoder
	FormatStop
)

var listenersLayer = fsm.Layer{Name: "listeners", Color: "blue"}

// demand is the machine of a format. MP3 is heard from the start to the end: it
// is what the server listens to itself, and what is there without waiting.
var demand = fsm.MustDefine("format",
	"One format of the stream: whether somebody listens to it, and it is encoded therefore.",
	FormatUnheard,
	[]fsm.StateDoc[DemandState]{
		{State: FormatUnheard, Name: "Unheard", Doc: "Nobody listens; there is no encoder.", Layer: listenersLayer},
		{State: FormatHeard, Name: "Heard", Doc: "Somebody listens; the encoder runs, one for all.", Layer: listenersLayer},
		{State: FormatLingering, Name: "Lingering", Doc: "The last listener has gone. The encoder runs for a while, for one who comes back.", Layer: listenersLayer},
		{State: FormatMissing, Name: "Missing", Doc: "The ffmpeg at hand has no encoder for it; those who came too early are told that the stream has ended.", Layer: childLayer},
		{State: FormatOver, Name: "Over", Doc: "The stream has ended.", Layer: worker, Terminal: true},
	},
	[]fsm.EventDoc[DemandEvent]{
		{Event: FormatJoined, Name: "Joined", Doc: "The first listener has come.", By: "a listener", Layer: listenersLayer},
		{Event: FormatLeft, Name: "Left", Doc: "The last listener has gone.", By: "a listener", Layer: listenersLayer},
		{Event: FormatLingered, Name: "Lingered", Doc: "Nobody has come for a while.", By: "the pump", Layer: listenersLayer},
		{Event: FormatNoEncoder, Name: "NoEncoder", Doc: "ffmpeg is there and cannot encode the format.", By: "the ffmpeg tool", Layer: childLayer},
		{Event: FormatStop, Name: "Stop", Doc: "The stream ends.", By: "Run's context", Layer: worker},
	},
	[]fsm.Row[DemandState, DemandEvent]{
		{From: FormatUnheard, On: FormatJoined, To: FormatHeard},
		{From: FormatUnheard, On: FormatNoEncoder, To: FormatMissing},
		{From: FormatUnheard, On: FormatStop, To: FormatOver},
		{From: FormatHeard, On: FormatLeft, To: FormatLingering},
		{From: FormatHeard, On: FormatNoEncoder, To: FormatMissing},
		{From: FormatHeard, On: FormatStop, To: FormatOver},
		{From: FormatLingering, On: FormatJoined, To: FormatHeard},
		{From: FormatLingering, On: FormatLingered, To: FormatUnheard},
		{From: FormatLingering, On: FormatStop, To: FormatOver},
		{From: FormatMissing, On: FormatStop, To: FormatOver},
	},
)
