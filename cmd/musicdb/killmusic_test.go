package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"musicdb/server/client"
)

// yard is a server that is killed again and again while its collection is worked on.
type yard struct {
	t      *testing.T
	dice   *rand.Rand
	data   string
	music  string
	sounds []string // files to make albums of
	server *child
	user   *client.Client // of the test itself

	names   int                      // gives names that were never used
	claimed map[string]bool          // artists that somebody works on in this round
	takes   map[string]time.Duration // by kind of deed, when nobody is killed
	tale    map[string]int           // what was killed where, and what became of it
}

// A server is killed at random moments while two clients bring music in, rename it, have
// plans carried out and take them back. After each start every task is at its end, waits
// for somebody, or says why it has failed; every file and every row is as it was before
// the work that was killed, or as that work leaves it, both together; nothing else is
// there that was not before; and the databases agree with each other.
func TestKillsWhileMusicIsBroughtIn(t *testing.T) {
	if !*soak {
		t.Parallel()
	}
	y := newYard(t)
	kinds := slices.Sorted(maps.Keys(deeds))
	kills := 8
	if *soak {
		kills = 200
	}
	for round := range kills {
		if round%len(kinds) == 0 {
			y.dice.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		}
		y.round(round, kinds)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	var lines []string
	for what, times := range y.tale {
		lines = append(lines, fmt.Sprintf("%s %6d", what, times))
	}
	slices.Sort(lines)
	end := y.look()
	report(t, "kills", fmt.Sprintf(`The server was killed (SIGKILL) %d times while two clients worked on a collection, at the end of %d files and
directories and %d rows. After each start, once all tasks were at rest: every file (name, mode, SHA-256) and every row
was compared with what it was before and what the work was to leave; the databases were inspected (integrity_check
and all rules about rows); music, uploads, artwork and data were searched for what does not belong there.

what was killed  where                    what became of it             times
%s
`, kills, len(end.files), len(end.rows), strings.Join(lines, "\n")))
}

// round has one or two clients work, kills the server, and looks at what the next one
// makes of it.
func (y *yard) round(round int, kinds []string) {
	y.t.Helper()
	y.claimed = map[string]bool{}
	work := []*deed{y.prepare(kinds[round%len(kinds)])}
	if round%3 == 2 {
		work = append(work, y.prepare(kinds[y.dice.IntN(len(kinds))]))
	}
	before := y.look()
	moment := time.Duration(0)
	for _, d := range work {
		d.client = y.server.dial(y.data).Client
		moment = max(moment, y.takes[d.kind])
	}
	moment = time.Duration(y.dice.Float64() * 1.1 * float64(moment))
	var working sync.WaitGroup
	for _, d := range work {
		working.Go(func() {
			begun := time.Now()
			if d.acknowledged = d.do(d.client) == nil; d.acknowledged {
				d.took = time.Since(begun)
			}
		})
	}
	<-time.After(moment)
	y.kill()
	working.Wait()
	for _, d := range work {
		if d.killed = d.where(y); d.acknowledged {
			d.killed, y.takes[d.kind] = "acknowledged", d.took
		}
	}
	y.start()
	y.rest()
	is := y.look()
	done := y.fits(round, before, is, work)
	y.strays(round, is)
	for i, d := range work {
		became := d.became(y, done[i])
		y.tale[fmt.Sprintf("%-16s %-24s %-28s", d.kind, d.killed, became)]++
		y.t.Logf("round %d: %s was killed after %v: %s, %s", round, d.kind, moment, d.killed, became)
	}
	y.finish(round, before, work, done)
	y.forget()
}

// finish does what was killed once more, undisturbed.
func (y *yard) finish(round int, before collection, work []*deed, done []bool) {
	y.t.Helper()
	for i, d := range work {
		if done[i] || d.again == nil {
			continue
		}
		begun := time.Now()
		if err := d.again(y.user); err != nil {
			y.t.Errorf("round %d: %s cannot be done again: %v", round, d.kind, err)
			return
		}
		y.takes[d.kind] = time.Since(begun)
		d.acknowledged = true
	}
	is := y.look()
	y.fits(round, before, is, work)
	y.strays(round, is)
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{t: t, dice: rand.New(rand.NewPCG(seed(t), 5)), data: t.TempDir(), music: t.TempDir(), //nolint:gosec // to be repeatable
		takes: map[string]time.Duration{}, tale: map[string]int{}}
	for kind := range deeds {
		y.takes[kind] = 20 * time.Millisecond
	}
	pool := t.TempDir()
	picture := filepath.Join(pool, "cover.png")
	run := func(args ...string) {
		if out, err := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	run("-f", "lavfi", "-i", "testsrc=size=600x600:duration=1:rate=1", "-frames:v", "1", picture)
	for i, extension := range []string{"mp3", "flac", "m4a", "mp3", "flac", "m4a"} {
		name := filepath.Join(pool, fmt.Sprintf("%d.%s", i, extension))
		args := []string{"-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=%d:duration=1", 300+100*i)}
		if extension == "mp3" {
			args = append(args, "-i", picture, "-map", "0", "-map", "1", "-disposition:v", "attached_pic")
		}
		// As a program writes that takes UTF-8 for Latin-1.
		run(append(args, "-metadata", "title=FrÃ¼hling fÃ¼r BjÃ¶rn", "-metadata", "artist=MÃ¶tley BjÃ¶rk", "-metadata", "album=GrÃ¼ÃŸe aus KÃ¶ln", name)...)
		y.sounds = append(y.sounds, name)
	}
	y.sounds = append(y.sounds, picture)
	for _, artist := range []string{"Björk", "Bjo\u0308rk B", "東京∕Tokyo", "Sigur Ró\u0301s"} {
		for _, album := range []string{"1999 - É", "2001 - E\u0301tude", "2003 - Plain"} {
			y.album(artist + "/" + album)
		}
	}
	y.start()
	for covers := 0; covers < 12; { // the collection is entered while the server runs, and covers come last
		covers = 0
		for key, row := range y.look().rows {
			if strings.HasPrefix(key, "albums/") && row["artworkpath"] != "default.jpg" {
				covers++
			}
		}
	}
	y.rest()
	return y
}

// album makes a directory of three songs of different formats.
func (y *yard) album(rel string) {
	y.t.Helper()
	dir := filepath.Join(y.music, rel)
	err := os.MkdirAll(dir, 0o755) //nolint:gosec // as music usually is
	first := y.dice.IntN(3)
	for i, name := range []string{"01 Frühling", "02 Fru\u0308hling zwei", "03 Third"} {
		sound := y.sounds[first+i]
		data, readErr := os.ReadFile(sound)
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(dir, name+filepath.Ext(sound)), data, 0o644)) //nolint:gosec // as music usually is
	}
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) start() {
	y.t.Helper()
	y.server = start(y.t, environment(y.data, "MUSICDB_DIRECTORIES_MUSIC="+y.music, "MUSICDB_STREAM_START=paused", "MUSICDB_STREAM_SELFHEARING=false",
		"MUSICDB_STREAM_MEASURELOUDNESS=false", "MUSICDB_STREAM_LOUDNESS=off", "MUSICDB_MUSIC_SWEEP=0", "MUSICDB_ALBUMCOVER_SCALES=150, 200, 500, 1000"), "serve").waitReady()
	y.user = y.server.dial(y.data).Client
}

func (y *yard) kill() {
	y.t.Helper()
	if err := y.server.cmd.Process.Kill(); err != nil {
		y.t.Fatal(err)
	}
	y.server.end()
}
