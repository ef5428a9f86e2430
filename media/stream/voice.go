package stream

import "musicdb/media/mix"

// voice is a song on its way to the stream's rate, or several that follow each
// other without a seam. The zero voice has no song.
type voice struct {
	song      *source
	resampler *mix.Resampler
}

func newVoice(s *source) voice { return voice{s, s.resampler} }

// inputFrames are taken from a song at once, at most.
const inputFrames = 2048

// sing makes frames of the song, as many as out has room for or its decoder has
// delivered. last is true when nothing comes any more: not even from what the
// resampler looks ahead, unless `follows` says that another song of the same rate
// goes on with it.
func (v voice) sing(out, input []float32, follows bool) (frames int, last bool) {
	for 2*frames < len(out) {
		needs := v.resampler.Needs(len(out)/2 - frames)
		n, ended := v.song.pcm.take(input[:2*min(needs, inputFrames)])
		v.song.taken += int64(n)
		mix.Scale(input[:2*n], v.song.gain)
		v.resampler.Write(input[:2*n])
		if ended && !follows {
			v.resampler.Drain()
		}
		made := v.resampler.Read(out[2*frames:])
		frames += made
		if ended && (follows || v.resampler.Empty()) {
			return frames, true
		}
		if n == 0 && made == 0 {
			return frames, false
		}
	}
	return frames, false
}

// remaining is how many frames a completely decoded song still makes, and whether
// that is known.
func (v voice) remaining() (frames int, known bool) {
	held, ended := v.song.pcm.held()
	if !ended || v.song.failure() != nil {
		return 0, false
	}
	return int(int64(held) * mix.Rate / int64(v.resampler.Rate())), true
}

// continues reports whether a song can go on with the voice of this one.
func (v voice) continues(s *source) bool {
	return s != nil && s.resampler != nil && v.resampler.Rate() == s.resampler.Rate() && !v.resampler.Drained()
}
