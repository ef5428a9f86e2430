package stream

import "musicdb/fsm"

// DecodingState is where the decoder of one song is.
type DecodingState uint8

// The states of a decoder.
const (
	DecoderIdle DecodingState = iota
	DecoderOpening
	DecoderRunning
	DecoderDone
	DecoderPlayed
	DecoderFailed
	DecoderCancelled
)

// DecodingEvent is what moves a decoder.
type DecodingEvent uint8

// The events of a decoder.
const (
	DecoderStart DecodingEvent = iota
	DecoderFirstSample
	DecoderEnd
	DecoderFail
	DecoderPlay
	DecoderCancel
)

var (
	childLayer  = fsm.Layer{Name: "child process", Color: "darkgreen"}
	bufferLayer = fsm.Layer{Name: "buffer", Color: "black"}
)

// decoding is the machine of a song's decoder. A failure is noticed by the
// goroutine that reads the child's output, at the moment it happens.
var decoding = fsm.MustDefine("decoder",
	"The child that decodes one song to PCM, a few seconds ahead of what is heard.",
	DecoderIdle,
	[]fsm.StateDoc[DecodingState]{
		{State: DecoderIdle, Name: "Idle", Doc: "The song is known, its child is not started.", Layer: childLayer},
		{State: DecoderOpening, Name: "Opening", Doc: "The child runs and has not decoded anything yet.", Layer: childLayer},
		{State: DecoderRunning, Name: "Running", Doc: "Samples come; the child waits whenever the buffer is full.", Layer: childLayer},
		{State: DecoderDone, Name: "Done", Doc: "The child has ended well; the last seconds are in the buffer.", Layer: bufferLayer},
		{State: DecoderPlayed, Name: "Played", Doc: "The last sample was sent, or all of them are decoded and fade out under the next song.", Layer: bufferLayer, Terminal: true},
		{State: DecoderFailed, Name: "Failed", Doc: "The child failed, or found no sound in the file. What it had decoded before is still sent.", Layer: childLayer, Terminal: true},
		{State: DecoderCancelled, Name: "Cancelled", Doc: "The song was skipped, removed or replaced, or the stream ends.", Layer: bufferLayer, Terminal: true},
	},
	[]fsm.EventDoc[DecodingEvent]{
		{Event: DecoderStart, Name: "Start", Doc: "The child is started.", By: "the conductor", Layer: childLayer},
		{Event: DecoderFirstSample, Name: "FirstSample", Doc: "The first samples have arrived.", By: "the child", Layer: childLayer},
		{Event: DecoderEnd, Name: "End", Doc: "The child closed its output and ended without an error.", By: "the child", Layer: childLayer},
		{Event: DecoderFail, Name: "Fail", Doc: "The child could not be started, ended with an error or a signal, or ended without any sample.", By: "the child", Layer: childLayer},
		{Event: DecoderPlay, Name: "Play", Doc: "The buffer was sent to its end.", By: "the conductor", Layer: bufferLayer},
		{Event: DecoderCancel, Name: "Cancel", Doc: "The song is not wanted any more.", By: "the conductor", Layer: bufferLayer},
	},
	[]fsm.Row[DecodingState, DecodingEvent]{
		{From: DecoderIdle, On: DecoderStart, To: DecoderOpening},
		{From: DecoderIdle, On: DecoderFail, To: DecoderFailed},
		{From: DecoderIdle, On: DecoderCancel, To: DecoderCancelled},
		{From: DecoderOpening, On: DecoderFirstSample, To: DecoderRunning},
		{From: DecoderOpening, On: DecoderFail, To: DecoderFailed},
		{From: DecoderOpening, On: DecoderCancel, To: DecoderCancelled},
		{From: DecoderRunning, On: DecoderEnd, To: DecoderDone},
		{From: DecoderRunning, On: DecoderFail, To: DecoderFailed},
		{From: DecoderRunning, On: DecoderCancel, To: DecoderCancelled},
		{From: DecoderDone, On: DecoderPlay, To: DecoderPlayed},
		{From: DecoderDone, On: DecoderCancel, To: DecoderCancelled},
	},
)
