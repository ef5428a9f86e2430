// Compose makes the embedded demo library: it plays every piece, encodes it,
// and writes the sound files, the covers' pictures within them, and the text of
// the score. Run it from the module's root after a change of the music:
//
//	go run ./media/demo/compose -ffmpeg "musicdb ffmpeg"
//
// Without -ffmpeg only the text of the score is written. The sounds are kept in
// the repository and made again only when the music changes, so use it sparingly.
//
// It runs alone, in the main goroutine, and refuses to judge the music: what is
// played is package score's, how it sounds package synth's.
//
// Start reading at compose in main.go.
package main
