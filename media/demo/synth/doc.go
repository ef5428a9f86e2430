// Package synth turns a score into sound. Everything is computed here from
// sines, noise and delay lines; no recording takes part.
//
// Render plays one piece: every note of every voice on its instrument
// (patches.go names them all), the voices through an echo and a room, the sum
// through the mastering that brings all pieces to one loudness. The result is
// the same for every call on the same machine; across machines the last bit of
// a floating-point operation may differ, which is why scores and not sounds are
// compared when the music changes.
//
// The package knows nothing of files and formats. Render may be called from
// any goroutine; one call uses one processor for a few seconds.
//
// Start reading at Render in render.go.
package synth
