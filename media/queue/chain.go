package queue

import "musicdb/fsm"

// chainState is where the chain of a [Tracker] stands.
type chainState uint8

const (
	// chainEmpty: no song to relate the next one to.
	chainEmpty chainState = iota
	// chainLinked: the next song that counts gets related to the last one.
	chainLinked
	// chainEnded: nothing will be tracked any more.
	chainEnded
)

// chainEvent is what happens to the chain.
type chainEvent uint8

const (
	songJoined chainEvent = iota // a song that counts was played to its end
	songPassed                   // a random song was played to its end and does not count
	chainCut                     // the pause was too long, or somebody wants a new beginning
	trackerClosed
)

var (
	listening = fsm.Layer{Name: "listening", Color: "black"}
	daemon    = fsm.Layer{Name: "daemon", Color: "gray40"}
)

// chain is the documented table of the tracker: in a chain x, a song y that
// counts gives the relation x-y, and y is what the next one gets related to. A
// chain of videos is another instance of it.
var chain = fsm.MustDefine("tracker", "The chain of songs, or of videos, that somebody has chosen to hear one after the other, as long as no long pause cuts it.",
	chainEmpty,
	[]fsm.StateDoc[chainState]{
		{State: chainEmpty, Name: "Empty", Doc: "No song is at hand to relate the next one to.", Layer: listening},
		{State: chainLinked, Name: "Linked", Doc: "The next song that counts will be related to the last one.", Layer: listening},
		{State: chainEnded, Name: "Ended", Doc: "Nothing is tracked any more. A chain is not kept over a restart.", Layer: daemon, Terminal: true},
	},
	[]fsm.EventDoc[chainEvent]{
		{Event: songJoined, Name: "SongJoined", Doc: "A song that counts was played to its end.", By: "audio stream", Layer: listening},
		{Event: songPassed, Name: "SongPassed", Doc: "A randomly chosen song was played to its end; it goes into the history only.", By: "audio stream", Layer: listening},
		{Event: chainCut, Name: "Cut", Doc: "The time between two ends was longer than allowed, or a new beginning is wanted.", By: "audio stream", Layer: listening},
		{Event: trackerClosed, Name: "Close", Doc: "The daemon shuts down.", By: "audio stream", Layer: daemon},
	},
	[]fsm.Row[chainState, chainEvent]{
		{From: chainEmpty, On: songJoined, To: chainLinked},
		{From: chainEmpty, On: songPassed, To: chainEmpty, Guard: "random, and random songs are not tracked"},
		{From: chainEmpty, On: chainCut, To: chainEmpty},
		{From: chainLinked, On: songJoined, To: chainLinked, Why: "another song is related to the last one; the same song again is not"},
		{From: chainLinked, On: songPassed, To: chainLinked, Guard: "random, and random songs are not tracked", Why: "random songs are transparent: the chain goes on behind them"},
		{From: chainLinked, On: chainCut, To: chainEmpty, Guard: "longer than the cut time"},
		{From: chainEmpty, On: trackerClosed, To: chainEnded},
		{From: chainLinked, On: trackerClosed, To: chainEnded},
	})

// Definitions returns the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{chain.Describe()} }
