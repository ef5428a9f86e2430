package stream

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"musicdb/media/ffmpeg/ffmpegtest"
	"musicdb/media/files"
	"musicdb/media/library"
)

// made is a file that ffmpeg makes of a source, for two seconds if that says no
// other thing.
func made(t testing.TB, source, format string, args ...string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "song."+format)
	ffmpegtest.Run(t, nil, append(append([]string{"-f", "lavfi", "-i", source}, args...), file)...)
	data, err := os.ReadFile(file)
	must(t, err)
	return data
}

// same is a source with one tone in some channels, at full scale but for a hair.
func same(hz float64, channels, rate int) string {
	one := fmt.Sprintf("0.98*sin(2*PI*%g*t)", hz)
	return fmt.Sprintf("aevalsrc=exprs=%s:s=%d:d=2", strings.TrimSuffix(strings.Repeat(one+"|", channels), "|"), rate)
}

// Files with unusual parameters are heard as what they are, one behind the other,
// for as long as they are, and none is cut off at full scale.
func TestUnusualFilesAreHeard(t *testing.T) {
	t.Parallel()
	tones := []float64{400, 800, 1200, 1600, 2000, 2400}
	s := newStation(t,
		track{name: "192 kHz", format: "flac", data: made(t, same(tones[0], 2, 192000), "flac")},
		track{name: "mono", format: "mp3", data: made(t, same(tones[1], 1, 44100), "mp3", "-b:a", "192k")},
		track{name: "surround", format: "flac", data: made(t, same(tones[2], 6, 48000)+",aformat=channel_layouts=5.1", "flac")},
		track{name: "8 bit", format: "wav", data: made(t, same(tones[3], 1, 11025), "wav", "-c:a", "pcm_u8")},
		track{name: "a strange rate", format: "wav", data: made(t, same(tones[4], 2, 37800), "wav", "-c:a", "pcm_s24le")},
		track{name: "end", hz: tones[5], length: 60 * time.Second},
	)
	heard := played(t, s, nil)
	for i, hz := range tones[:5] {
		span, loud, beside := 0, 0.0, 0.0
		for at := 0; at+window <= len(heard); at += window {
			part := heard[at : at+window]
			if level := part.level(hz); level > 0.3 {
				span++
				loud = max(loud, level)
				beside += part.peak() / level
			}
		}
		if d := time.Duration(span)*10*time.Millisecond - 2*time.Second; d.Abs() > 50*time.Millisecond {
			t.Errorf("song %d is heard %v longer than it is", i+1, d)
		}
		if loud < 0.9 || beside/float64(span) > 1.03 {
			t.Errorf("song %d: the tone is %.3f loud, and what is heard %.3f times that", i+1, loud, beside/float64(span))
		}
	}
}

// Files that cannot be played for reasons of their own are told, skipped and not
// counted: one that is encrypted, one without a single sample, and pictures.
func TestFilesWithoutMusicAreSkipped(t *testing.T) {
	t.Parallel()
	locked := made(t, same(400, 2, 44100), "m4a", "-c:a", "aac")
	copy(locked[bytes.LastIndex(locked, []byte("mp4a")):], "drms")
	s := newStation(t,
		track{name: "locked", format: "m4p", data: locked, claim: 2 * time.Second},
		track{name: "no samples", format: "wav", data: toneWave(0, SampleRate, 0, 0)},
		track{name: "a picture", format: "mp3", data: made(t, "color=red:s=64x64,trim=end_frame=1", "png")},
		track{name: "end", hz: 800, length: 60 * time.Second},
	)
	s.enqueue(1, 2, 3, 4)
	s.start(StartPlay, nil)
	for song := int64(1); song <= 3; song++ {
		e := s.wait("report", func(e Event) bool { return e.Kind == SongUnplayable })
		if e.Entry.SongID != song || song == 1 && !errors.Is(e.Err, files.ErrProtected) || song == 2 && !errors.Is(e.Err, ErrNoSound) {
			t.Errorf("reported %+v, want song %d", e, song)
		}
		if row, _ := s.library.Catalogue().Song(song); row.LastPlayed != 0 {
			t.Errorf("song %d counts as played", song)
		}
	}
	s.until("the song behind them", func(now State) bool { return now.Entry.SongID == 4 && now.Seconds > 0.5 })
}

// A song of six hours is taken up near its end at once, in bounded memory; a file
// that never ends is left by a skip.
func TestVeryLongFiles(t *testing.T) {
	t.Parallel()
	const hours = 6
	// 20 s each, frames that stand for themselves, as often as needed.
	bit := func(hz float64) []byte {
		return made(t, fmt.Sprintf("aevalsrc=exprs=0.5*sin(2*PI*%g*t):s=8000:d=20", hz), "mp3", "-c:a", "libmp3lame",
			"-b:a", "8k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0")
	}
	low, high := bit(400), bit(800)
	whole := append(bytes.Repeat(low, hours*180-3), bytes.Repeat(high, 3)...)
	length := time.Duration(len(whole)) * time.Second / 1000 // 8 kbit/s
	endless := toneWave(0, SampleRate, 0, 0)
	copy(endless[40:], "\x00\x00\x00\x80") // 2 GiB of samples, it says
	s := newStation(t,
		track{name: "long", format: "mp3", data: whole, claim: length},
		track{name: "endless", format: "wav", data: endless},
		track{name: "end", hz: 1600, length: 60 * time.Second},
	)
	row, _ := s.library.Catalogue().Song(2)
	must(t, os.Truncate(filepath.Join(s.music.Dir(), row.Path), 1<<31)) // takes no room on disk
	ids := s.enqueue(1, 2, 3)
	at := length - 12*time.Second
	must(t, s.library.SaveStreamPosition(t.Context(), library.StreamPosition{EntryID: string(ids[0]), Seconds: at.Seconds(), Playing: true}))
	s.start(Resume, nil)
	heard := s.listen()
	now := s.until("the long song near its end", func(now State) bool { return now.Entry.ID == ids[0] && now.Seconds > at.Seconds()+1 })
	if now.Seconds > length.Seconds() {
		t.Errorf("the position is %v s of %v", now.Seconds, length)
	}
	s.until("the endless one", func(now State) bool { return now.Entry.ID == ids[1] && now.Seconds > 20 })
	current, _ := s.stream.pump.onDeck()
	if frames, _ := current.pcm.held(); current.pcm.span(int64(frames)) > decodedAhead {
		t.Errorf("%d frames of an endless file are held", frames)
	}
	s.stream.Skip()
	s.until("the song behind it", func(now State) bool { return now.Entry.ID == ids[2] && now.Seconds > 0.5 })
	var highs, lows int
	for _, n := range spell(decode(t, heard()).score(400, 800)) {
		switch n.hz {
		case 400:
			lows += int(n.length / time.Millisecond)
		case 800:
			highs += int(n.length / time.Millisecond)
		}
	}
	if lows > 0 || highs < 10_000 || highs > 13_000 {
		t.Errorf("%d ms of the beginning were heard and %d ms of the end, want none and 12 s", lows, highs)
	}
	if row, _ := s.library.Catalogue().Song(1); row.LastPlayed == 0 {
		t.Error("the long song was heard to its end and does not count")
	}
}

// Titles may hold anything.
func TestStrangeTitles(t *testing.T) {
	t.Parallel()
	titles := []string{"a\x01b\r\nc';StreamUrl='http://example.com", strings.Repeat("long ", 2000), "\u202eשלום\u202c \u200f✓", "bad \xff\xfe bytes"}
	var tracks []track
	for i, title := range titles {
		tracks = append(tracks, track{name: fmt.Sprint(i), title: title, hz: 400, length: 3 * time.Second})
	}
	s := newStation(t, append(tracks, track{name: "end", hz: 800, length: 60 * time.Second})...)
	ids := s.enqueue(1, 2, 3, 4, 5)
	s.start(StartPlay, nil)
	for i := range titles {
		s.until("the song", func(now State) bool {
			song, _ := s.library.Catalogue().Song(int64(i + 1))
			return now.Entry.ID == ids[i] && now.Title == "Ärtist – "+song.Name
		})
	}
	s.until("the end", func(now State) bool { return now.Entry.ID == ids[4] && now.Seconds > 0.5 })
}
