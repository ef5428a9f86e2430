package loudness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"musicdb/media/ffmpeg"
)

// ErrStalled says that a child was killed because it said nothing for a long
// time, which is the fault of a disk, or of a machine that gives it no time.
var ErrStalled = errors.New("measuring came to a standstill")

// stallLimit is how long a child may say nothing. With the lowest priority it may
// have to wait long for a disk.
const stallLimit = 5 * time.Minute

// filters bring a sound into the form in which the stream plays it, measure it,
// and write what was measured. What is louder than full scale stays so, because
// floating point is not cut off; rematrix_maxval makes two channels of many as
// softly as the stream does, and dualmono counts a single channel as the two that
// are heard.
func filters(layouts string) string {
	return "aresample=44100:rematrix_maxval=1,aformat=sample_fmts=dbl:channel_layouts=" + layouts +
		",ebur128=peak=true:dualmono=true:metadata=1:framelog=verbose,ametadata=mode=print:file=-"
}

// Measure measures a file, with the lowest priority. It takes about a second per
// four minutes of sound. An error is that of the file if [blames] says so.
func Measure(ctx context.Context, tool *ffmpeg.Tool, path string) (Measurement, error) {
	m, err := measure(ctx, tool, path, "stereo|mono")
	if blames(err) && m.Blocks != nil && *m.Blocks == (Blocks{}) {
		// ffmpeg cannot make up its mind about more than two channels.
		return measure(ctx, tool, path, "stereo")
	}
	return m, err
}

func measure(ctx context.Context, tool *ffmpeg.Tool, path, layouts string) (Measurement, error) {
	input, err := ffmpeg.Input(path, 0)
	if err != nil {
		return Measurement{}, err
	}
	args := append([]string{"-threads", "1", "-filter_threads", "1"}, input...)
	args = append(args, "-map", "0:a:0", "-af", filters(layouts), "-f", "null", "-")

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out, in, err := os.Pipe()
	if err != nil {
		return Measurement{}, err
	}
	defer out.Close()
	child, err := tool.Start(ctx, nil, in, args...)
	in.Close()
	if err != nil {
		return Measurement{}, err
	}
	lowered := child.Lower()
	stall := time.AfterFunc(stallLimit, func() { stop(ErrStalled) })
	defer stall.Stop()
	m, err := readReport(watched{out, stall})
	if err != nil {
		child.Kill()
	}
	ended := child.Wait()
	switch cause := context.Cause(ctx); {
	case cause != nil:
		return Measurement{}, cause // and not the signal that was sent
	case err != nil:
		return Measurement{}, err
	case ended != nil:
		return m, ended
	case lowered != nil:
		return m, &unloweredError{lowered}
	}
	return m, nil
}

// watched puts off a timer with everything that is read.
type watched struct {
	io.Reader
	timer *time.Timer
}

func (w watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.timer.Reset(stallLimit)
	}
	return n, err
}

// unloweredError tells that a child ran with the priority of everybody. What it
// has measured is right.
type unloweredError struct{ err error }

func (e *unloweredError) Error() string {
	return fmt.Sprintf("loudness is measured with the priority of everybody: %v", e.err)
}

func (e *unloweredError) Unwrap() error { return e.err }

// blames reports whether an error is that of the file: ffmpeg ran and refused it.
// Otherwise it is one of this machine, and says nothing about the file.
func blames(err error) bool {
	var failed *ffmpeg.FailedError
	return errors.As(err, &failed) && failed.Signal == 0 || errors.Is(err, ErrTooLong) || errors.Is(err, ffmpeg.ErrPath)
}
