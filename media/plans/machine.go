package plans

import (
	"fmt"

	"musicdb/fsm"
)

// State is where a plan is in its life.
type State uint8

// The states of a plan.
const (
	Proposed State = iota
	Applying
	Applied
	Failed
	Rejected
	Undoing
	Undone
	Stale
	Interrupted
	UndoInterrupted
	Forgotten
)

// names of the states in databases and for clients.
var names = [...]string{"proposed", "applying", "applied", "failed", "rejected", "undoing", "undone", "stale", "interrupted", "undointerrupted", "forgotten"}

// String is the name of the state for clients, in lower case.
func (s State) String() string {
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// MarshalText writes the name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range names {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("plans: %q is no state of a plan", text)
}

// Event is what moves a plan.
type Event uint8

// The events of a plan.
const (
	Agree Event = iota
	Reject
	Outdate
	Finish
	Fail
	Undo
	Interrupt
	Resume
	Forget
)

var (
	offer   = fsm.Layer{Name: "nothing is changed", Color: "black"}
	work    = fsm.Layer{Name: "files and rows are being changed", Color: "darkorange"}
	done    = fsm.Layer{Name: "changed", Color: "darkgreen"}
	trouble = fsm.Layer{Name: "not done", Color: "red"}
)

var definition = fsm.MustDefine("plan",
	"A set of changes of the music directory and the library that waits for consent, is made as a whole, and can be taken back.",
	Proposed,
	[]fsm.StateDoc[State]{
		{State: Proposed, Name: "Proposed", Doc: "The user may look at it. Nothing was changed.", Layer: offer},
		{State: Applying, Name: "Applying", Doc: "Files and rows are being changed, each noted before and after.", Layer: work, Rank: "work"},
		{State: Applied, Name: "Applied", Doc: "Everything was changed, and can be taken back.", Layer: done},
		{State: Failed, Name: "Failed", Doc: "Something could not be changed; what had been was put back.", Layer: trouble},
		{State: Rejected, Name: "Rejected", Doc: "The user does not want it.", Layer: offer},
		{State: Undoing, Name: "Undoing", Doc: "What was changed is being put back.", Layer: work, Rank: "work"},
		{State: Undone, Name: "Undone", Doc: "Files and rows are as they were before the plan.", Layer: offer},
		{State: Stale, Name: "Stale", Doc: "Files or rows are not any more what the plan expects. Nothing was changed.", Layer: trouble},
		{State: Interrupted, Name: "Interrupted", Doc: "Files could neither be changed nor be put back, because they cannot be reached. It is tried again before the next plan and with the next start.", Layer: trouble},
		{State: UndoInterrupted, Name: "UndoInterrupted", Doc: "As Interrupted, while the plan was being undone.", Layer: trouble},
		{State: Forgotten, Name: "Forgotten", Doc: "It has become too old to be kept.", Layer: offer, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: Agree, Name: "Agree", Doc: "The user agrees, and everything is as the plan expects.", By: "a client", Layer: work},
		{Event: Reject, Name: "Reject", Doc: "The user does not want it.", By: "a client", Layer: offer},
		{Event: Outdate, Name: "Outdate", Doc: "A file or row is not what the plan expects.", By: "the look at the files before the first change", Layer: trouble},
		{Event: Finish, Name: "Finish", Doc: "The rows are committed.", By: "the library", Layer: done},
		{Event: Fail, Name: "Fail", Doc: "A change was impossible, and all others are put back.", By: "the disk, or the library", Layer: trouble},
		{Event: Undo, Name: "Undo", Doc: "The user wants it to be taken back, and nothing stands against that.", By: "a client", Layer: work},
		{Event: Interrupt, Name: "Interrupt", Doc: "A file could not be put back.", By: "the disk", Layer: trouble},
		{Event: Resume, Name: "Resume", Doc: "It is tried again to put everything back, or to finish.", By: "the keeper", Layer: work},
		{Event: Forget, Name: "Forget", Doc: "Newer plans are kept in its place.", By: "the keeper", Layer: offer},
	},
	[]fsm.Row[State, Event]{
		{From: Proposed, On: Agree, To: Applying},
		{From: Proposed, On: Outdate, To: Stale},
		{From: Proposed, On: Reject, To: Rejected},
		{From: Proposed, On: Forget, To: Forgotten},
		{From: Applying, On: Finish, To: Applied},
		{From: Applying, On: Fail, To: Failed},
		{From: Applying, On: Interrupt, To: Interrupted},
		{From: Failed, On: Agree, To: Applying},
		{From: Failed, On: Outdate, To: Stale},
		{From: Failed, On: Reject, To: Rejected},
		{From: Failed, On: Forget, To: Forgotten},
		{From: Stale, On: Agree, To: Applying},
		{From: Stale, On: Reject, To: Rejected},
		{From: Stale, On: Forget, To: Forgotten},
		{From: Applied, On: Undo, To: Undoing},
		{From: Applied, On: Forget, To: Forgotten},
		{From: Undoing, On: Finish, To: Undone},
		{From: Undoing, On: Fail, To: Applied},
		{From: Undoing, On: Interrupt, To: UndoInterrupted},
		{From: Interrupted, On: Resume, To: Applying},
		{From: UndoInterrupted, On: Resume, To: Undoing},
		{From: Rejected, On: Forget, To: Forgotten},
		{From: Undone, On: Forget, To: Forgotten},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{definition.Describe()} }
