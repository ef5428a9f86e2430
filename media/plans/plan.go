package plans

import (
	"time"

	"musicdb/media/library"
)

// Kind says what a plan is for.
type Kind string

// Kinds of plans. Changes that other packages have made have kinds of their own.
const (
	ImportAlbum Kind = "importalbum"
	ImportVideo Kind = "importvideo"
	ImportSongs Kind = "importsongs" // into an album that is in the library
	Repair      Kind = "repair"
	Rename      Kind = "rename"
)

// Plan is a set of changes that are made together, after somebody has agreed to
// them, or not at all.
type Plan struct {
	ID         int64       `json:"id"` // given by Propose; ascending, never used again
	Kind       Kind        `json:"kind"`
	Title      string      `json:"title"` // a sentence for a list of plans
	Path       string      `json:"path"`  // what it is about, inside the music directory
	State      State       `json:"state"`
	Operations []Operation `json:"operations"` // made in this order; empty in lists
	Doubts     []Doubt     `json:"doubts"`     // empty in lists
	By         string      `json:"by"`         // on whose behalf it was proposed
	Created    time.Time   `json:"created"`
	Changed    time.Time   `json:"changed"` // when the state was entered
	Outcome    Outcome     `json:"outcome"` // empty in lists
}

// Doubt is something about a plan that the user should look at before he agrees.
type Doubt struct {
	Kind string `json:"kind"` // "duplicate", "year", "artist", "encoding", "naming" …
	Path string `json:"path"` // the file or directory in question
	Text string `json:"text"` // a sentence: what is doubtful, and why
	// Suggestion is what the maker of the plan believes to be right, empty if nothing.
	Suggestion string `json:"suggestion,omitempty"`
}

// Outcome is what has become of a plan.
type Outcome struct {
	// Failure says why a plan has failed, is stale, or could not be undone.
	Failure *Failure `json:"failure,omitempty"`
	// Warnings are what could not be done and is no failure.
	Warnings []string `json:"warnings,omitempty"`
	// By is on whose behalf it was applied, rejected or undone last.
	By string `json:"by,omitempty"`

	// Files are what the operations on files have left, in order; Rows what became of
	// rows. It is what an undo puts back.
	Files []Made              `json:"files,omitempty"`
	Rows  []library.RowChange `json:"rows,omitempty"`
}

// Failure is why a plan could not be applied or undone.
type Failure struct {
	Operation int      `json:"operation"` // which one, -1: none of them
	Cause     string   `json:"cause"`
	Remedy    string   `json:"remedy"`
	TakenBack []string `json:"takenback,omitempty"` // what had been done before and was put back
	Since     []string `json:"since,omitempty"`     // what has changed since the plan was made, or applied
	// Owned says that Since holds nothing but what users have said and done, which
	// an undo may be told to lose.
	Owned bool `json:"owned,omitempty"`
}

// Progress is how far an Apply or Undo has come.
type Progress struct {
	Plan  int64  `json:"planid"`
	Done  int    `json:"done"`  // operations
	Total int    `json:"total"` // "
	What  string `json:"what"`  // the path that is being worked on
}
