// Package stream is the live sound: one endless MP3 stream with constant
// parameters (320 kbit/s, joint stereo, 44.1 kHz) that plays the song queue.
//
// It owns the way from a queue entry to bytes that a listener can be given:
// a decoder child per song, the clock that paces their PCM, one encoder child
// for all songs, silence where there is nothing to play, the titles, and the
// position in the song that survives a restart. What the encoder has made lies in
// a mount of package sound, from which any number of listeners read. It owns the bookkeeping of what was played completely.
// It refuses to know sockets: whoever serves a listener moves the bytes.
//
// Two goroutines do the work. The pump (pump.go) follows the clock: it may never
// wait for anything; what it plays lies on its deck (deck.go), where songs become
// one sound with the arithmetic of package mix (mixing.go). The conductor
// (conductor.go) decides what is played: it talks to the queue and the databases,
// opens songs and executes commands. What is public here may be called from any
// goroutine.
//
// Every part is a machine of package fsm: the stream (audio.go), what the users
// want to hear (mute.go), what sounds (decking.go), the decoder of a song
// (decoding.go), the encoder (encoding.go). Start reading at audio.go, then
// conductor.go.
package stream
