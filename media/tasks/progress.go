package tasks

import (
	"fmt"
	"time"

	"musicdb/media/files"
)

// Progress is how far a first scan is.
type Progress struct {
	Phase          MarkState   // MarkSongs, MarkCovers, or MarkFinished once at the end
	Albums, Songs  int         // in the library now
	Covers         int         // albums looked at for a cover in the phase MarkCovers
	Found          files.Found // seen so far in the music directory; the totals from MarkCovers on
	Findings       int         // problems so far that a user may want to look at
	Path           string      // of the album that was done last
	Elapsed        time.Duration
	SongsPerSecond float64 // of this run, while songs were entered
}

// Outcome says what FirstScan did.
type Outcome uint8

// The outcomes.
const (
	OutcomeNotNeeded Outcome = iota + 1 // the library has content and no scan was interrupted
	OutcomeFilled                       // the library was empty and has been filled
	OutcomeResumed                      // an interrupted scan was finished
)

var outcomeNames = [...]string{"unknown", "not needed", "filled", "resumed and finished"}

func (o Outcome) String() string {
	if int(o) >= len(outcomeNames) {
		return fmt.Sprintf("outcome %d", uint8(o))
	}
	return outcomeNames[o]
}

// Report sums up a first scan.
type Report struct {
	Outcome       Outcome
	Albums, Songs int // entered by this run
	Covers        int // albums that got a cover of their own in this run
	Findings      map[files.Problem]int
	Entering      time.Duration // until all songs were in
	Elapsed       time.Duration // until all covers were stored, too
}

// tell reports progress.
func (s *firstScan) tell(phase MarkState, path string) {
	if s.o.Progress == nil {
		return
	}
	p := Progress{
		Phase: phase, Albums: s.before.Albums + s.report.Albums, Songs: s.before.Songs + s.report.Songs, Covers: s.looked,
		Found:    files.Found{Albums: s.before.Albums + s.found.Albums, Songs: s.before.Songs + s.found.Songs},
		Findings: s.problems, Path: path, Elapsed: s.o.Now().Sub(s.began),
	}
	entering := s.report.Entering
	if phase == MarkSongs {
		entering = p.Elapsed
	}
	if seconds := entering.Seconds(); seconds > 0 {
		p.SongsPerSecond = float64(s.report.Songs) / seconds
	}
	s.o.Progress(p)
}
