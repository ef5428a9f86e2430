package hearing

import "time"

// Cause is why something is not as it should be.
type Cause uint8

// The causes, in the order in which one hides the next.
const (
	NoCause    Cause = iota
	Encoder          // music goes in and does not come out
	Decoder          // a song's decoder delivers nothing
	Queue            // there is no song
	Still            // no frame leaves
	Distortion       // what comes out is overdriven
	Clock            // the sound does not keep pace with the time
	causes
)

func (c Cause) String() string {
	return [...]string{"none", "encoder", "decoder", "queue", "still", "distortion", "clock"}[c]
}

// Causes lists all of them.
func Causes() (all []Cause) {
	for c := Encoder; c < causes; c++ {
		all = append(all, c)
	}
	return all
}

// look is what was measured since the last one. Times are those of the stream.
type look struct {
	passed time.Duration // on the monotonic clock
	wanted bool          // music, not silence
	halted bool          // the process was not running for a part of that
	sent   time.Duration // sound in the frames that left
	empty  bool          // all these frames are certain to be silent
	in     input
	out    Level // of what was decoded; no values: nothing was
}

// finding is what a look means. on is Rest, Heard, SongSilent, Doubt, or a fault
// with its cause.
type finding struct {
	on    Event
	cause Cause
}

const (
	// fainter is how many dB below what went in something is not the same sound.
	fainter = 20
	// louder is how many dB above what went in something is not the same sound.
	louder = 3
	// overdriven is the part of the values beyond full scale that makes
	// distortion: MP3 of loud music has a thousandth.
	overdriven = 0.005
	// stillPart is how many looks of those within the silence limit may find that no
	// frame has left: that is certain at once, and a child that is replaced takes the
	// rest of the limit to be heard.
	stillPart = 2
	// driftLimit is how far sound sent and time passed may differ.
	driftLimit = 750 * time.Millisecond
	// driftTime is how long they must, because a pump that was late catches up.
	driftTime = 5 * time.Second
)

// judge compares what went in with what came out, look after look.
type judge struct {
	limit time.Duration // of silence

	begun   bool          // something was heard since the beginning
	in      input         // of the look before
	heard   bool          // the look before had the sound in it that was wanted
	silence time.Duration // how long music was wanted and not heard, silent songs left out
	lost    time.Duration // since sound went in that was not heard; 0: none was lost
	quiet   time.Duration // how long the song has been silent
	still   time.Duration // how long no frame has left
	over    time.Duration // how long the sound has been overdriven
	drift   time.Duration // sound sent less time passed
	apart   time.Duration // how long drift has been beyond its limit
	settle  time.Duration // how long drift is not looked at
}

func newJudge(limit time.Duration) *judge { return &judge{limit: limit, heard: true} }

// firstSound is how long the first sound may take at least: children have to be
// started.
const firstSound = 5 * time.Second

// see judges a look.
func (j *judge) see(l look) finding {
	if l.halted {
		// Time in which nobody looked is held against nobody, nor is what is made
		// up for afterwards.
		*j = judge{limit: j.limit, begun: j.begun, quiet: j.quiet, heard: true, settle: haltSettle}
		return finding{on: Doubt}
	}
	wrong := j.continuity(l)
	found := j.compare(l)
	j.in = l.in
	if wrong.cause != NoCause {
		return wrong
	}
	return found
}

// haltSettle is how long the pump may take to catch up with a halt.
const haltSettle = 4 * time.Second

// continuity looks at the frames alone.
func (j *judge) continuity(l look) finding {
	if l.sent > 0 {
		j.still = 0
	} else if j.still += l.passed; j.still >= j.patience()*stillPart/looksPerLimit {
		return finding{NoFrames, Still}
	}
	if j.settle > 0 {
		j.settle -= l.passed
	} else {
		j.drift += l.sent - l.passed
	}
	if j.drift.Abs() <= driftLimit {
		j.apart = 0
	} else if j.apart += l.passed; j.apart >= driftTime {
		return finding{OutOfStep, Clock}
	}
	if j.still > 0 {
		return finding{Doubt, Still}
	}
	return finding{}
}

// inStep forgets the drift: what was lost or sent too much is not made up for.
func (j *judge) inStep() { j.drift, j.apart, j.settle = 0, 0, haltSettle }

func (j *judge) patience() time.Duration {
	if j.begun {
		return j.limit
	}
	return max(j.limit, firstSound)
}

// compare holds what came out against what went in.
func (j *judge) compare(l look) finding {
	if !l.wanted {
		j.silence, j.lost, j.quiet, j.over, j.heard, j.begun = 0, 0, 0, 0, true, j.begun || l.sent > 0
		return finding{on: Rest}
	}
	before := j.heard
	if j.heard = j.audible(l); j.heard {
		j.silence, j.lost, j.quiet, j.begun = 0, 0, 0, true
		return j.distortion(l)
	}
	j.over = 0
	return j.missing(l, before)
}

// audible reports whether the look has the sound in it that went in.
func (j *judge) audible(l look) bool {
	if l.out.Values == 0 {
		return l.sent > 0 && !l.empty // blind
	}
	out := l.out.DBFS()
	if out < silent {
		return false
	}
	// What went in may leave in this look or the next one. Only what went in all
	// the time must be heard now.
	least := min(l.in.song.DBFS(), j.in.song.DBFS())
	return least < silent || out >= least-fainter
}

// distortion judges a look in which there is sound.
func (j *judge) distortion(l look) finding {
	loudest := max(l.in.song.DBFS(), j.in.song.DBFS())
	if l.in.song.Values == 0 || j.in.song.Values == 0 || l.out.over() < overdriven || l.out.DBFS() < loudest+louder {
		j.over = 0
		return finding{on: Heard}
	}
	if j.over += l.passed; j.over >= j.limit {
		return finding{Overdriven, Distortion}
	}
	return finding{Doubt, Distortion}
}

// missing judges a look without the sound that was wanted. before tells whether
// the look before had it.
func (j *judge) missing(l look, before bool) finding {
	cause := NoCause
	switch {
	case l.in.samples() == 0:
		cause = Encoder // there is none that takes anything
	case l.in.starved > 0:
		cause = Decoder
	case l.in.nobody > 0:
		cause = Queue
	}
	// Sound that went in before the last look has to be out by now.
	if !before && j.in.song.DBFS() >= silent || j.lost > 0 {
		if j.lost == 0 {
			j.lost = l.passed
		}
		j.lost += l.passed
		if cause == NoCause {
			cause = Encoder
		}
	}
	if cause == NoCause {
		j.quiet += l.passed
		if l.in.song.DBFS() < silent && j.in.song.DBFS() < silent {
			return finding{on: SongSilent}
		}
		return finding{on: Doubt}
	}
	j.silence += l.passed
	if max(j.silence, j.lost) < j.patience() {
		return finding{Doubt, cause}
	}
	switch cause {
	case Decoder:
		return finding{NothingIn, cause}
	case Queue:
		return finding{NoSong, cause}
	default:
		return finding{NothingOut, cause}
	}
}
