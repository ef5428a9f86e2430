package server_test

import "slices"

// What the replay of the recorded exchanges leaves out, sends otherwise, or finds
// answered otherwise on purpose: each with its reason. Every area of the protocol
// has a file of its own. A listed difference that does not occur is an error.

// pending are functions that have no row in the dispatch table yet; their steps
// are left out. A function that gets its row must leave this list.
var pending = []string{}

// pendingSources are sources of notifications, or single events of one, that the
// server does not have yet.
var pendingSources = []string{}

// ownSources are sources of notifications that are ours; clients of the reference
// server pass by them.
var ownSources = []string{planSource, "MusicDB:Watch"}

// areas are the deliberate differences of all areas.
var areas = []deliberate{deliberateProtocol, deliberateMeta, deliberateFiles, deliberateVideo, deliberateStream, deliberateTasks, deliberateImport}

// deliberate is what an area does otherwise.
type deliberate struct {
	differences []*difference
	substitutes []substitute
	notes       []otherNotes
	tasks       []*otherTask
	leftOut     []leftOut
	awaited     []awaited
	hesitations []hesitation
}

// everyone as the client of a difference: at least one of the clients sees it.
const everyone = "*"

// difference are steps in which our server answers otherwise on purpose.
type difference struct {
	scenario string
	steps    []int
	client   string // "": the one that sends in the step
	// ours are the lines that we send instead, as a failing comparison shows them;
	// nil is silence.
	ours []string
	// check says instead whether our lines are right; limit is that of a search.
	check func(got, want []string, limit int) bool
	why   string

	seen []int // steps in which the replay has found it
}

func (d *difference) fits(got, want []string, limit int) bool {
	if d.check != nil {
		return d.check(got, want, limit)
	}
	return slices.Equal(got, d.ours)
}

// substitute is a step that is sent with other arguments, because the reference
// server does something on purpose not repeated and later steps build on it.
type substitute struct {
	scenario  string
	step      int
	arguments string
	why       string
}

// otherNotes are the notifications of a source that differ in a scenario.
type otherNotes struct {
	scenario, client, source string
	ours                     []string // in order, equal neighbours merged
	why                      string
}

// awaited says how many notifications of a source every client has got behind a
// step, equal neighbours merged, where the recorder's clients have got others.
type awaited struct {
	scenario string
	step     int
	source   string
	number   int
}

// hesitation is a step that is sent only when a client has heard some heartbeats. The
// recorder's clients were faster than anybody can see that a song has changed: who skips
// so soon is taken to mean the song that has ended.
type hesitation struct {
	scenario string
	step     int
	client   string
	beats    int
}

// leftOut are steps that cannot be repeated.
type leftOut struct {
	scenario string
	steps    []int
	why      string
}

// difference finds what is listed for a client in a step.
func (p *player) difference(number int, name, sender string) *difference {
	for _, a := range areas {
		for _, d := range a.differences {
			if d.scenario == p.name && slices.Contains(d.steps, number) && (d.client == name || d.client == everyone || d.client == "" && name == sender) {
				return d
			}
		}
	}
	return nil
}

func (p *player) otherNotes(key string) *otherNotes {
	for _, a := range areas {
		for i, n := range a.notes {
			if n.scenario == p.name && n.client+" "+n.source == key {
				return &a.notes[i]
			}
		}
	}
	return nil
}

// steps lists the steps from one to another.
func steps(from, to int) (all []int) {
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}
