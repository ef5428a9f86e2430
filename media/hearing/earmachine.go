package hearing

import "musicdb/fsm"

// EarState is where the decoder is that hears the stream.
type EarState uint8

// The states of the ear.
const (
	EarWaiting EarState = iota
	EarOpening
	EarOpen
	EarBlind
	EarClosed
)

func (s EarState) String() string { return earDefinition.StateName(s) }

// EarEvent is what moves the ear.
type EarEvent uint8

// The events of the ear.
const (
	EarToolReady EarEvent = iota
	EarFirstSample
	EarLost
	EarRetry
	EarUnheard
	EarClose
)

// earDefinition is the machine of the child that decodes what was sent. Its loss
// is no fault of the stream: the sound goes out, only the ear is gone.
var earDefinition = fsm.MustDefine("ear",
	"The child that decodes what was sent to the listeners.",
	EarWaiting,
	[]fsm.StateDoc[EarState]{
		{State: EarWaiting, Name: "Waiting", Doc: "There is no ffmpeg yet, or nothing to be heard.", Layer: control},
		{State: EarOpening, Name: "Opening", Doc: "The child runs and has not decoded anything yet.", Layer: fine},
		{State: EarOpen, Name: "Open", Doc: "What is sent is heard.", Layer: fine},
		{State: EarBlind, Name: "Blind", Doc: "The child was lost, and the next start waits. MP3 frames without any coded value are still recognised as silence; of other formats only continuity is known.", Layer: wrong},
		{State: EarClosed, Name: "Closed", Doc: "The stream has ended.", Layer: control, Terminal: true},
	},
	[]fsm.EventDoc[EarEvent]{
		{Event: EarToolReady, Name: "ToolReady", Doc: "ffmpeg can be started, and there is sound.", By: "the ffmpeg tool and the encoder", Layer: control},
		{Event: EarFirstSample, Name: "FirstSample", Doc: "The first samples were decoded.", By: "the child", Layer: fine},
		{Event: EarLost, Name: "Lost", Doc: "The child ended, could not be started, or decodes nothing.", By: "the child", Layer: wrong},
		{Event: EarRetry, Name: "Retry", Doc: "The time to wait is over.", By: "the ear", Layer: control},
		{Event: EarUnheard, Name: "Unheard", Doc: "Nobody listens to the format any more.", By: "the stream", Layer: control},
		{Event: EarClose, Name: "Close", Doc: "The stream ends.", By: "Run's context", Layer: control},
	},
	[]fsm.Row[EarState, EarEvent]{
		{From: EarWaiting, On: EarToolReady, To: EarOpening},
		{From: EarWaiting, On: EarClose, To: EarClosed},
		{From: EarOpening, On: EarFirstSample, To: EarOpen},
		{From: EarOpening, On: EarLost, To: EarBlind},
		{From: EarOpening, On: EarUnheard, To: EarWaiting},
		{From: EarOpening, On: EarClose, To: EarClosed},
		{From: EarOpen, On: EarLost, To: EarBlind},
		{From: EarOpen, On: EarUnheard, To: EarWaiting},
		{From: EarOpen, On: EarClose, To: EarClosed},
		{From: EarBlind, On: EarRetry, To: EarOpening},
		{From: EarBlind, On: EarUnheard, To: EarWaiting},
		{From: EarBlind, On: EarClose, To: EarClosed},
	},
)
