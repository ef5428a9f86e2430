package doctor

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"musicdb/media/ffmpeg"
	"musicdb/media/files"
)

// listen decodes every song that was looked at, one after the other.
func (r *round) listen() error {
	if err := r.d.o.Tool.Prepare(r.ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrDeaf, err)
	}
	var total float64
	for _, p := range r.patients {
		total += p.seconds
	}
	began, before := time.Now(), 0.0
	r.d.note(func(s *Status) { s.Listened.OfSongs, s.Listened.OfSeconds = len(r.patients), total })
	for _, p := range r.patients {
		if cause := context.Cause(r.ctx); cause != nil {
			return cause
		}
		step := func(seconds float64) {
			r.progress(func(s *Status) {
				s.Current = p.path
				s.Listened.Seconds += seconds
				s.Listened.estimate(time.Since(began))
			})
		}
		if err := r.listenTo(p, step); err != nil {
			return err
		}
		before += p.seconds
		r.progress(func(s *Status) {
			s.Listened.Songs++
			s.Listened.Seconds = before // what was announced, so that the sum ends at the total
			s.Listened.estimate(time.Since(began))
		})
	}
	return nil
}

// estimate computes speed and rest.
func (l *Listened) estimate(took time.Duration) {
	if took <= 0 || l.Seconds <= 0 {
		return
	}
	l.Throughput = l.Seconds / took.Seconds()
	l.Remaining = max(0, l.OfSeconds-l.Seconds) / l.Throughput
}

// listenTo decodes one song and tells what is wrong with what is heard. An error is
// none of the song's.
func (r *round) listenTo(p patient, step func(float64)) error {
	name, err := r.music.Abs(p.path)
	if err != nil {
		return nil //nolint:nilerr // removed meanwhile; the next examination will tell
	}
	h, complaint, err := r.decode(name, files.IsVideo(p.path), step)
	if cause := context.Cause(r.ctx); cause != nil {
		return cause
	}
	var failed *ffmpeg.FailedError
	switch {
	case err == nil:
	case errors.As(err, &failed) && failed.Signal != 0:
		r.d.log.Warn("a song was not listened to, its decoder was killed", "song", p.path, "error", err)
		return nil
	case p.known:
		return nil
	case errors.As(err, &failed), errors.Is(err, errSound):
		r.report(r.onSong(p, Damaged, Certain, "it does not decode: %s", orElse(complaint, "there is no sound in it")))
		return nil
	default:
		return err
	}
	if complaint != "" && !p.known {
		r.report(r.onSong(p, Damaged, Likely, "decoding it, ffmpeg complains: %s", complaint))
	}
	if !files.IsVideo(p.path) {
		r.judge(p, h)
	}
	return nil
}

// judge tells what was heard.
func (r *round) judge(p patient, h heard) {
	if played := h.seconds(h.frames); !p.known && played < p.seconds-math.Max(1, p.seconds/50) {
		r.report(r.onSong(p, Truncated, Likely, "it plays for %s, and %s are announced", clock(played), clock(p.seconds)))
	}
	switch {
	case h.silent():
		r.report(r.onSong(p, Silent, Certain, "in %s nothing is louder than −70 dB", clock(h.seconds(h.frames))))
	case h.silentPart():
		r.report(r.onSong(p, SilentPart, Possible, "nothing is heard for %s from %s on", clock(h.seconds(h.silence)), clock(h.seconds(h.silenceAt))))
	}
	if h.isClipped() {
		share := 100 * float64(h.clipped) / float64(h.frames*int64(h.channels))
		r.report(r.onSong(p, Clipped, Likely, "%.2g %% of its samples are at full scale in a row", share))
	}
}

func (r *round) onSong(p patient, i Illness, c Certainty, reason string, values ...any) Verdict {
	on := SubjectSong
	if files.IsVideo(p.path) {
		on = SubjectVideo
	}
	return verdict(i, on, p.path, c, reason, values...).of(p.id)
}

// decode runs ffmpeg over a file, with the lowest priority.
func (r *round) decode(name string, video bool, step func(float64)) (h heard, complaint string, err error) {
	input, err := ffmpeg.Input(name, 0)
	if err != nil {
		return h, "", err
	}
	args := append([]string{"-threads", "1", "-err_detect", "crccheck"}, input...)
	if video {
		args = append(args, "-map", "0:v:0?", "-map", "0:a?", "-f", "null", "-")
	} else {
		args = append(args, "-map", "0:a:0", "-map_metadata", "-1", "-c:a", "pcm_f32le", "-f", "wav", "-")
	}
	out, in, err := os.Pipe()
	if err != nil {
		return h, "", err
	}
	defer out.Close()
	ctx, stop := context.WithCancel(r.ctx)
	defer stop()
	child, err := r.d.o.Tool.Start(ctx, nil, in, args...)
	in.Close()
	if err != nil {
		return h, "", err
	}
	if err := child.Lower(); err != nil {
		r.d.log.Warn("listening cannot give way to others", "error", err)
	}
	var heardErr error
	if !video {
		if h, heardErr = listenTo(out, step); heardErr != nil {
			stop() // what has written no sound will write none
		}
	}
	err = child.Wait()
	complaint = plainComplaint(child.Complaint(), name)
	if err == nil || heardErr != nil && !isSilentFailure(err) {
		err = errors.Join(err, heardErr)
	}
	return h, complaint, err
}

// isSilentFailure reports whether a child has failed by itself, and was not stopped.
func isSilentFailure(err error) bool {
	var failed *ffmpeg.FailedError
	return errors.As(err, &failed) && failed.Signal == 0
}

// maxComplaint is how much of what ffmpeg says is told, in bytes.
const maxComplaint = 300

// plainComplaint takes out of ffmpeg's words what only a programmer understands: the
// full name of the file and addresses in memory.
func plainComplaint(text, name string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "file:"+name, "the file")
	text = strings.ReplaceAll(text, name, "the file")
	var out strings.Builder
	for text != "" {
		before, after, found := strings.Cut(text, " @ 0x")
		out.WriteString(before)
		if !found {
			break
		}
		text = strings.TrimLeft(after, "0123456789abcdef")
	}
	plain := out.String()
	if len(plain) > maxComplaint {
		plain = strings.ToValidUTF8(plain[:maxComplaint], "") + " …"
	}
	return plain
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// clock writes seconds as people do.
func clock(seconds float64) string {
	s := int(math.Round(seconds))
	return fmt.Sprintf("%d:%02d min", s/60, s%60)
}
