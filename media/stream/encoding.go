package stream

import "musicdb/fsm"

// EncodingState is where the encoder is. The pump alone moves it.
type EncodingState uint8

// The states of the encoder.
const (
	EncoderResting EncodingState = iota
	EncoderWaiting
	EncoderStarting
	EncoderRunning
	EncoderBackoff
	EncoderStopped
)

func (s EncodingState) String() string { return encoding.StateName(s) }

// EncodingEvent is what moves the encoder.
type EncodingEvent uint8

// The events of the encoder.
const (
	EncoderWanted EncodingEvent = iota
	EncoderUnwanted
	EncoderToolReady
	EncoderFirstFrame
	EncoderLost
	EncoderStalled
	EncoderUnheard
	EncoderRetry
	EncoderStop
)

var silenceLayer = fsm.Layer{Name: "silence", Color: "black"}

// encoding is the machine of the encoder of one format. While that of MP3 is not
// Running the pump sends silent frames of its own making instead; in other
// formats nothing is sent, and made up for when the encoder is back. While none
// is Running the song stands still.
var encoding = fsm.MustDefine("encoder",
	"The child that encodes everything the listeners of one format hear. It runs through all songs and pauses.",
	EncoderResting,
	[]fsm.StateDoc[EncodingState]{
		{State: EncoderResting, Name: "Resting", Doc: "Nobody wants to hear the format.", Layer: silenceLayer},
		{State: EncoderWaiting, Name: "Waiting", Doc: "There is no ffmpeg yet: the embedded one is being compiled.", Layer: silenceLayer},
		{State: EncoderStarting, Name: "Starting", Doc: "The child was started and fed; it has not delivered a frame yet.", Layer: childLayer},
		{State: EncoderRunning, Name: "Running", Doc: "Its frames are the stream.", Layer: childLayer},
		{State: EncoderBackoff, Name: "Backoff", Doc: "It was lost; the next start waits, longer with each loss in a row.", Layer: silenceLayer},
		{State: EncoderStopped, Name: "Stopped", Doc: "The stream has ended.", Layer: silenceLayer, Terminal: true},
	},
	[]fsm.EventDoc[EncodingEvent]{
		{Event: EncoderWanted, Name: "Wanted", Doc: "The format is to be encoded.", By: "the machine \"format\"", Layer: silenceLayer},
		{Event: EncoderUnwanted, Name: "Unwanted", Doc: "Nobody has listened for a while, or it cannot be encoded.", By: "the machine \"format\"", Layer: silenceLayer},
		{Event: EncoderToolReady, Name: "ToolReady", Doc: "ffmpeg can be started.", By: "the ffmpeg tool", Layer: silenceLayer},
		{Event: EncoderFirstFrame, Name: "FirstFrame", Doc: "A whole frame has arrived.", By: "the child", Layer: childLayer},
		{Event: EncoderLost, Name: "Lost", Doc: "The child ended, or could not be started.", By: "the child", Layer: childLayer},
		{Event: EncoderStalled, Name: "Stalled", Doc: "The child takes no more sound, or delivers none. It is killed.", By: "the pump", Layer: childLayer},
		{Event: EncoderUnheard, Name: "Unheard", Doc: "What comes out of the child is not what goes in. It is killed.", By: "the hearing", Layer: childLayer},
		{Event: EncoderRetry, Name: "Retry", Doc: "The time to wait is over.", By: "the pump", Layer: silenceLayer},
		{Event: EncoderStop, Name: "Stop", Doc: "The stream ends.", By: "Run's context", Layer: silenceLayer},
	},
	[]fsm.Row[EncodingState, EncodingEvent]{
		{From: EncoderResting, On: EncoderWanted, To: EncoderWaiting},
		{From: EncoderResting, On: EncoderStop, To: EncoderStopped},
		{From: EncoderWaiting, On: EncoderToolReady, To: EncoderStarting},
		{From: EncoderWaiting, On: EncoderUnwanted, To: EncoderResting},
		{From: EncoderWaiting, On: EncoderStop, To: EncoderStopped},
		{From: EncoderStarting, On: EncoderFirstFrame, To: EncoderRunning},
		{From: EncoderStarting, On: EncoderLost, To: EncoderBackoff},
		{From: EncoderStarting, On: EncoderStalled, To: EncoderBackoff},
		{From: EncoderStarting, On: EncoderUnheard, To: EncoderBackoff},
		{From: EncoderStarting, On: EncoderUnwanted, To: EncoderResting},
		{From: EncoderStarting, On: EncoderStop, To: EncoderStopped},
		{From: EncoderRunning, On: EncoderLost, To: EncoderBackoff},
		{From: EncoderRunning, On: EncoderStalled, To: EncoderBackoff},
		{From: EncoderRunning, On: EncoderUnheard, To: EncoderBackoff},
		{From: EncoderRunning, On: EncoderUnwanted, To: EncoderResting},
		{From: EncoderRunning, On: EncoderStop, To: EncoderStopped},
		{From: EncoderBackoff, On: EncoderRetry, To: EncoderStarting},
		{From: EncoderBackoff, On: EncoderUnwanted, To: EncoderResting},
		{From: EncoderBackoff, On: EncoderStop, To: EncoderStopped},
	},
)
