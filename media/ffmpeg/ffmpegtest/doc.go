// Package ffmpegtest is what tests of several packages need around ffmpeg: the installed
// one, run to its end, and the processor time that a process has used. It refuses to know
// the tool that the server runs: tests make and judge sound with a program of their own.
// Its functions belong to the goroutine of the test. Start reading at run.go.
package ffmpegtest
