package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

func TestUIMode(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	must(t, s.SetUIMode(ModeVideo))
	if got := mustOpen(t, dir).UIMode(); got != ModeVideo {
		t.Errorf("mode after a restart is %q", got)
	}
	for _, mode := range []string{"", "Audio", "radio"} {
		if err := s.SetUIMode(mode); !errors.Is(err, ErrUIMode) {
			t.Errorf("mode %q: %v", mode, err)
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "state/state.ini"), []byte("[MusicDB]\nuimode = radio\n"), 0o644))
	if got := s.UIMode(); got != ModeAudio {
		t.Errorf("an unknown mode is read as %q", got)
	}
}

// A model of the selection: what was set under any name, in any order, by
// several stores over the same directory, is what all of them answer.
func TestSelectionIsAMap(t *testing.T) {
	base := t.TempDir()
	run := 0
	name := rapid.OneOf(rapid.SampledFrom([]string{"Rock", "a=b", "a%3Db", "a:b", "#1", "[x]", " Rock", "DEFAULT", "", "%5F"}), rapid.StringN(1, 8, -1))
	rapid.Check(t, func(t *rapid.T) {
		run++
		dir := filepath.Join(base, fmt.Sprint(run))
		stores := []*Store{mustOpenRapid(t, dir), mustOpenRapid(t, dir)}
		genres, subs := map[string]bool{}, map[[2]string]bool{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			s := rapid.SampledFrom(stores).Draw(t, "store")
			genre, on := name.Draw(t, "genre"), rapid.Bool().Draw(t, "on")
			if rapid.Bool().Draw(t, "sub") {
				sub := name.Draw(t, "subgenre")
				if err := s.SetSubgenre(genre, sub, on); err != nil {
					t.Fatal(err)
				}
				subs[[2]string{genre, sub}] = on
			} else {
				if err := s.SetGenre(genre, on); err != nil {
					t.Fatal(err)
				}
				genres[genre] = on
			}
		}
		for _, s := range stores {
			choice := s.Choice()
			for genre, on := range genres {
				if choice.GenreActive(genre) != on {
					t.Fatalf("genre %q is %v, set to %v", genre, !on, on)
				}
			}
			for at, on := range subs {
				if choice.SubgenreActive(at[0], at[1]) != on {
					t.Fatalf("sub genre %q is %v, set to %v", at, !on, on)
				}
			}
			if other := name.Draw(t, "other"); choice.GenreActive(other) != genres[other] {
				t.Fatalf("genre %q is active", other)
			}
			other := [2]string{name.Draw(t, "other genre"), name.Draw(t, "other subgenre")}
			if on, set := subs[other]; choice.SubgenreActive(other[0], other[1]) != (on || !set) {
				t.Fatalf("sub genre %q is %v", other, on)
			}
		}
	})
}

func mustOpenRapid(t *rapid.T, dir string) *Store {
	s, err := Open(Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
