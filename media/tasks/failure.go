package tasks

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Failure says why a step has failed. A step returns one, or any other error, which
// becomes one.
type Failure struct { //nolint:errname // a task has a failure; that it is an error, too, is how a step tells it
	Message string `json:"message"`          // what clients are told; "" tells only the new state
	Cause   string `json:"cause,omitempty"`  // what was wrong, with what
	Remedy  string `json:"remedy,omitempty"` // what the user can do

	// Unsupported says that the step has no work for content of this kind.
	Unsupported bool `json:"-"`
	// Err is the error behind it.
	Err error `json:"-"`
}

func (f *Failure) Error() string {
	text := f.Message
	if f.Cause != "" {
		text = strings.TrimPrefix(text+": "+f.Cause, ": ")
	}
	if f.Remedy != "" {
		text += "; " + f.Remedy
	}
	return text
}

func (f *Failure) Unwrap() error { return f.Err }

// Fail makes a Failure of an error.
func Fail(message string, err error, remedy string) *Failure {
	f := &Failure{Message: message, Remedy: remedy, Err: err}
	if err != nil {
		f.Cause = err.Error()
	}
	return f
}

// failureOf finds the Failure in what a step has returned.
func failureOf(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		f = new(*f)
		if f.Cause == "" && f.Err != nil {
			f.Cause = f.Err.Error()
		}
		return f
	}
	return Fail(err.Error(), err, "")
}

// StateError tells that a task is not in a state in which something can be done.
type StateError struct {
	Task  string
	State State
	Event Event
	Err   error // the *fsm.RefusedError
}

func (e *StateError) Error() string {
	return fmt.Sprintf("tasks: %s is not possible for the task %q, which is in the state %s", e.Event, e.Task, e.State)
}

func (e *StateError) Unwrap() error { return e.Err }

// ErrNoTask is returned for an id that no task has.
var ErrNoTask = errors.New("tasks: there is no such task")

// fieldNames are the names of all fields of a Task in JSON.
var fieldNames = func() (names []string) {
	t := reflect.TypeFor[Task]()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}()
