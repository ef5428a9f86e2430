package plans

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnknown is matched when there is no plan of an id.
var ErrUnknown = errors.New("no such plan")

// ErrBusy is matched when a plan is being applied or undone by somebody else.
var ErrBusy = errors.New("somebody else is applying or undoing it; look at its state in a moment")

// InvalidError says why something is no plan. Nothing was kept of it.
type InvalidError struct {
	Operation int // which one is to blame, -1: none
	Why       string
}

func (e *InvalidError) Error() string {
	if e.Operation < 0 {
		return "plans: this is no plan: " + e.Why
	}
	return fmt.Sprintf("plans: this is no plan: operation %d: %s", e.Operation, e.Why)
}

// StaleError says what has changed since a plan was made. Nothing was touched.
type StaleError struct {
	Plan  int64
	Since []string
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("plans: plan %d does not fit any more: %s; make a new one", e.Plan, strings.Join(e.Since, "; "))
}

// SinceError says what stands against undoing a plan. Nothing was touched.
type SinceError struct {
	Plan  int64
	Since []string
	// Owned: nothing but what users have said and done since would be lost.
	Owned bool
}

func (e *SinceError) Error() string {
	text := fmt.Sprintf("plans: plan %d cannot be undone: %s", e.Plan, strings.Join(e.Since, "; "))
	if e.Owned {
		text += "; undo it with the consent that this is lost, or leave it"
	}
	return text
}

// FailedError says why a plan could not be applied or undone although everything was
// as expected. Everything was put back, unless Back is set.
type FailedError struct {
	Plan int64
	Failure
	Err  error
	Back error // why not everything could be put back yet
}

func (e *FailedError) Error() string {
	text := fmt.Sprintf("plans: plan %d: %s", e.Plan, e.Cause)
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	if e.Back != nil {
		text += fmt.Sprintf("; what had been changed could not be put back yet: %v", e.Back)
	}
	return text
}

// Unwrap returns the causes.
func (e *FailedError) Unwrap() []error {
	if e.Back == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Back}
}
