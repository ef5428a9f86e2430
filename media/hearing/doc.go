// Package hearing listens to what the server really sends.
//
// Every frame that has left for the listeners is decoded again, and what comes
// out is compared with what the pump says has gone in. So sound that was lost on
// the way is told apart from a song that is silent itself, from a decoder that
// delivers nothing, and from a pause. It owns that judgement, the machine of what
// is heard, and how often something may be restarted; what is restarted belongs
// to whoever passes Options.Heal. It refuses to know songs, queues and sockets,
// and it never touches the sound.
//
// What is certain and what is estimated:
//
//   - The level, silence and clipping of what was sent come from decoding all of
//     it with an ffmpeg child, which is another program than the encoder.
//   - Whether frames leave, and how much sound is in them against the monotonic
//     clock, comes from the ring itself: certain for every format.
//   - A Layer III frame without a single coded value is silence, by its side
//     information alone. That is certain; that any other frame is audible is an
//     assumption. It is made only while the hearing decoder is lost ("blind").
//   - Input and output are compared in steps of half the silence limit, and
//     a difference of less than 20 dB is none: an encoder drops what lies above
//     20 kHz, and the way through it takes up to a step.
//
// One goroutine, that of Run, does the work; Close comes behind it. The Meter is written by the pump;
// Status, Meter and Sources may be called from any goroutine. Start reading at
// machine.go, then judge.go.
package hearing
