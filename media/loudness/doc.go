// Package loudness knows how loud songs are, and by how much each is to be made
// louder or softer so that all are heard equally loud.
//
// It owns the measuring: a [Meter] measures each song of the library once, in the
// background, by EBU R 128 (ITU-R BS.1770-4: loudness of the whole in LUFS, range
// in LU, true peak), as the stream would play it: two channels at 44.1 kHz. And
// it owns the rules (ReplayGain 2.0, reference −18 LUFS) that make a factor of
// what is known: [Settings.Factor].
//
// The loudness of an album is not the mean of its songs': the quiet parts are left
// out by a gate that depends on the whole album. So of each song not only its
// loudness is kept, but how often each of its blocks of 400 ms had which loudness
// ([Blocks]); the album is measured over the blocks of all its songs. The steps of
// that count are 0.1 LU wide: a block is wrong by at most 0.05 LU, an album by less
// than 0.01 LU in the mean.
//
// Measuring must not be noticed. One child works at a time, in one thread, with
// the lowest priority of processor and disk that there is; between two songs it
// rests as long as it has worked, but not longer than ten seconds; and while others
// use most of the machine, it waits up to ten minutes with each song. It looks at
// what is in the queue first, then at the albums of those songs, then at everything.
// Each song is noted when it is done, so that a restart goes on where the last run
// ended. A file that cannot be measured is noted with the reason, and tried again
// when it has changed.
//
// What is not known when a song begins is guessed from the tags of its file, else
// from the mean of the library: see [Meter.Level].
//
// The package refuses to change music files and sound. All methods of a Meter may
// be called from any goroutine; Run is called once.
//
// Start reading at rules.go, then meter.go; what the worker does is in machine.go.
package loudness
