package search

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// library of names that look like names: words and invented syllables.
var (
	syllables = strings.Fields("ka lo mi ren tas vor el un shi dra po que zan fi gor he ix ju wy bran no sel tur ach ael ost ri um ba dei ger hal kon len mar")
	nouns     = strings.Fields("Night River Glass Engine Winter Paper Signal Hollow Ember Quiet Copper Static Orchid Falling Mirror Distant Velvet " +
		"Thunder Salt Lantern Gravity Silent Meadow Machine Echo Crimson Harbor Ghost Northern Marble Ashes Neon Tiger Window Saturn Iron Cloud Wolf " +
		"Größenwahn Straße Käfig Señorita Coração Ночь Зима Θάλασσα 夜の海 星空 月亮 שלום The of and Live Part")
)

func someNames(count int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	names := make([]string, count)
	for i := range names {
		var words []string
		for range 1 + r.IntN(3) {
			word := nouns[r.IntN(len(nouns))]
			if r.IntN(4) == 0 {
				word = ""
				for range 2 + r.IntN(3) {
					word += syllables[r.IntN(len(syllables))]
				}
			}
			words = append(words, word)
		}
		names[i] = strings.Join(words, " ")
	}
	return names
}

func numbered(names []string) iter.Seq2[int64, string] {
	return func(yield func(int64, string) bool) {
		for i, name := range names {
			if !yield(int64(i+1), name) {
				return
			}
		}
	}
}

// engineOf has so many songs, 12 to an album and 5 albums to an artist.
func engineOf(songs int) (*Engine, [][]string) {
	kinds := [][]string{someNames(songs / 60), someNames(songs / 12), someNames(songs)}
	letters := newAlphabet()
	e := NewEngine(nil)
	e.names.Store(&names{
		letters: letters,
		artists: newList().revised(letters, numbered(kinds[0])),
		albums:  newList().revised(letters, numbered(kinds[1])),
		songs:   newList().revised(letters, numbered(kinds[2])),
	})
	return e, kinds
}

var terms = []struct{ kind, text string }{
	{"good", "Silent Meadow Machine"},
	{"typos", "Silnt Meadwo Machine"},
	{"rare", "bransel Orchid"},
	{"foreign", "夜の海 Käfig"},
	{"word", "winter"},
	{"three letters", "the"},
	{"a letter", "e"},
	{"nothing", "qqq xxx"},
	{"70 characters", "the quiet river and the silent machine of the northern winter signal x"},
	{"256 characters", strings.Repeat("the quiet river and the northern winter signal of glass and ", 5)},
}

// naiveHits is how many names resemble text, by definition.
func naiveHits(text string, names []string) (hits int) {
	normalised := []rune(Normalise(text))
	normalised = normalised[:min(len(normalised), maxCodes)]
	for _, name := range names {
		if naiveRatio(normalised, []rune(Normalise(name))) >= Threshold-1e-9 {
			hits++
		}
	}
	return hits
}

// The first 2,000 names of each kind are searched by definition too, before the
// clock runs.
func BenchmarkFind(b *testing.B) {
	e, kinds := engineOf(100_000)
	for _, term := range terms {
		b.Run("songs=100000;term="+strings.ReplaceAll(term.kind, " ", "-"), func(b *testing.B) {
			hits := e.Find(term.text)
			for i, found := range [][]Hit{hits.Artists, hits.Albums, hits.Songs} {
				first := kinds[i][:min(len(kinds[i]), 2000)]
				found = slices.DeleteFunc(slices.Clone(found), func(h Hit) bool { return h.ID > int64(len(first)) })
				if want := naiveHits(term.text, first); len(found) != want {
					b.Fatalf("%d hits among %d names, want %d", len(found), len(first), want)
				}
			}
			b.ReportAllocs()
			busy := cpuTime(b)
			for b.Loop() {
				if again := e.Find(term.text); len(again.Songs) != len(hits.Songs) {
					b.Fatalf("%d hits, want %d", len(again.Songs), len(hits.Songs))
				}
			}
			b.ReportMetric(float64((cpuTime(b)-busy).Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(len(hits.Songs)), "hits")
		})
	}
}

// cpuTime is what this process has used of the processors, which other
// processes do not disturb as they do the clock on the wall.
func cpuTime(b *testing.B) time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// The definition, for comparison: 100 times fewer names.
func BenchmarkFindNaive(b *testing.B) {
	names := someNames(1_000)
	for _, term := range terms[:2] {
		b.Run("songs=1000;term="+term.kind, func(b *testing.B) {
			want := naiveHits(term.text, names)
			for b.Loop() {
				if got := naiveHits(term.text, names); got != want {
					b.Fatalf("%d hits, want %d", got, want)
				}
			}
		})
	}
}

func BenchmarkRevise(b *testing.B) {
	names := someNames(100_000)
	letters := newAlphabet()
	old := newList().revised(letters, numbered(names))
	changed := slices.Clone(names)
	changed[70_000] = "Another Name"
	for _, c := range []struct {
		what  string
		old   *list
		names []string
	}{{"all", newList(), names}, {"one", old, changed}, {"none", old, names}} {
		b.Run(fmt.Sprintf("songs=100000;changed=%s", c.what), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l := c.old.revised(letters, numbered(c.names))
				if len(l.ids) != len(names) || (l == c.old) != (c.what == "none") {
					b.Fatalf("%d names", len(l.ids))
				}
			}
		})
	}
}

// A search allocates its table of places and the lists of hits, nothing per
// name that is compared.
func TestFindAllocatesNothingPerName(t *testing.T) {
	e, _ := engineOf(10_000)
	for _, text := range []string{"wyqxjuz fnkqp zxw", strings.Repeat("xyz ", 30)} {
		if hits := e.Find(text); len(hits.Songs) > 20 {
			t.Fatalf("%q finds %d songs, too many for this test", text, len(hits.Songs))
		}
		if allocations := testing.AllocsPerRun(3, func() { e.Find(text) }); allocations > 40 {
			t.Errorf("%q allocates %v times", text, allocations)
		}
	}
}
