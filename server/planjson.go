package server

import "musicdb/media/plans"

// plan is a plan as clients see it.
type plan struct {
	ID         int64             `json:"id"`   // ascending, never used again
	Kind       string            `json:"kind"` // importalbum, importvideo, repair, rename …
	Title      string            `json:"title"`
	Path       string            `json:"path"`       // what it is about, inside the music directory
	State      string            `json:"state"`      // proposed, applying, applied, failed, rejected, undoing, undone, stale …
	Operations []plans.Operation `json:"operations"` // empty in lists and notifications
	Doubts     []plans.Doubt     `json:"doubts"`     // "
	By         string            `json:"by"`         // address of the client; empty: the server itself
	Created    float64           `json:"created"`    // Unix time in seconds
	Changed    float64           `json:"changed"`    // when the state was entered
	Failure    *plans.Failure    `json:"failure"`    // why it has failed or is stale
	Warnings   []string          `json:"warnings"`   // what could not be done and is no failure
	LastBy     string            `json:"lastby"`     // on whose behalf the state was entered
}

func showPlan(p plans.Plan) plan {
	shown := plan{
		ID: p.ID, Kind: string(p.Kind), Title: p.Title, Path: p.Path, State: p.State.String(),
		Operations: p.Operations, Doubts: p.Doubts, By: p.By,
		Created: float64(p.Created.UnixMilli()) / 1000, Changed: float64(p.Changed.UnixMilli()) / 1000,
		Failure: p.Outcome.Failure, Warnings: p.Outcome.Warnings, LastBy: p.Outcome.By,
	}
	if shown.Operations == nil {
		shown.Operations = []plans.Operation{}
	}
	if shown.Doubts == nil {
		shown.Doubts = []plans.Doubt{}
	}
	if shown.Warnings == nil {
		shown.Warnings = []string{}
	}
	return shown
}
