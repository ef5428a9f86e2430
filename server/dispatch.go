package server

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"

	"musicdb/conn"
	"musicdb/server/wire"
)

// Function is one row of the dispatch table: a function that clients can call.
type Function struct {
	Name string
	Area string
	Doc  string
	// Args documents the named arguments.
	Args []wire.Argument
	// Result is the Go type whose JSON encoding is the result; nil: null.
	Result reflect.Type
	// BroadcastsAs names the getter whose result goes to all clients instead of
	// an answer, whatever the client's method was (MusicDB protocol, section 5).
	BroadcastsAs string
	// AnswersAs names the getter whose result, under whose name, answers the method
	// "request"; the other methods work as usual.
	AnswersAs string

	shares bool // its result is a list that is shared by many answers

	run   func(s *Server, ctx context.Context, arguments json.RawMessage) (any, error)
	check func(arguments json.RawMessage) error // nil: takes everything
}

// Check says whether the function takes the arguments: the error is a
// *wire.ArgumentError. Whether what they name exists is another matter.
func (f *Function) Check(arguments json.RawMessage) error {
	if f.check == nil {
		return nil
	}
	return f.check(arguments)
}

// nothing is the result of a function that has none: null on the wire.
type nothing struct{}

// none are the arguments of a function that has none.
type none struct{}

// row makes a function out of a method with typed arguments. A row whose argument
// type is malformed panics when the program starts, not when a client calls it.
func row[A, R any](name, area, doc string, run func(*Server, context.Context, A) (R, error)) *Function {
	schema := wire.NewSchema[A]()
	f := &Function{Name: name, Area: area, Doc: doc, Args: schema.Arguments(), Result: resultType[R]()}
	_, f.shares = any(*new(R)).(sharedResult)
	f.check = func(arguments json.RawMessage) error {
		_, err := schema.Decode(slices.Clone(arguments)) // of which an argument may be decoded in place
		return err
	}
	f.run = func(s *Server, ctx context.Context, arguments json.RawMessage) (any, error) {
		args, err := schema.Decode(arguments)
		if err != nil {
			return nil, err
		}
		result, err := run(s, ctx, args)
		if err != nil {
			return nil, err
		}
		if _, isNothing := any(result).(nothing); isNothing {
			return wire.Null, nil
		}
		return result, nil
	}
	return f
}

// echoRow makes a function that gets its arguments as they are, whatever they are.
func echoRow(name, area, doc string, run func(json.RawMessage) json.RawMessage) *Function {
	f := &Function{Name: name, Area: area, Doc: doc, Result: reflect.TypeFor[json.RawMessage]()}
	f.run = func(_ *Server, _ context.Context, arguments json.RawMessage) (any, error) { return run(arguments), nil }
	return f
}

// broadcastsAs is row's addition for the functions whose answer is a broadcast.
func (f *Function) broadcastsAs(getter string) *Function {
	f.BroadcastsAs = getter
	return f
}

// answersAs is row's addition for the functions that answer with another's result.
func (f *Function) answersAs(getter string) *Function {
	f.AnswersAs = getter
	return f
}

// FunctionNamed is the row of a function, nil for none.
func FunctionNamed(name string) *Function { return byName[name] }

// Functions returns the dispatch table, area by area. The rows must not be changed.
func Functions() []*Function { return functions }

var byName = indexFunctions(functions)

func indexFunctions(table []*Function) map[string]*Function {
	index := make(map[string]*Function, len(table))
	for _, f := range table {
		if index[f.Name] != nil {
			panic("server: two functions are called " + f.Name)
		}
		index[f.Name] = f
	}
	for _, f := range table {
		for _, getter := range []string{f.BroadcastsAs, f.AnswersAs} {
			if getter != "" && index[getter] == nil {
				panic("server: " + f.Name + " answers as " + getter + ", which is no function")
			}
		}
	}
	return index
}

// FailedError says that a function failed. The protocol has no error packet, so
// it reaches the log and not the client.
type FailedError struct {
	Function string
	Cause    error
}

func (e *FailedError) Error() string { return e.Function + ": " + e.Cause.Error() }

func (e *FailedError) Unwrap() error { return e.Cause }

// PanicError is the cause of a FailedError whose function panicked.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// execute runs a request and returns the answer and who gets it (MusicDB
// protocol, sections 3 and 5). An error means silence.
func (s *Server) execute(ctx context.Context, r wire.Request) (conn.Answer, error) {
	f := byName[r.Function]
	if f == nil {
		return conn.Answer{}, fmt.Errorf("%w: %.64q", wire.ErrFunction, r.Function)
	}
	if f.shares && r.Method == wire.Broadcast {
		return s.tell(ctx, f, r)
	}
	result, err := s.call(ctx, f, r.Arguments)
	if err != nil {
		return conn.Answer{}, err
	}
	method, getter := r.Method, ""
	switch {
	case f.BroadcastsAs != "":
		method, getter = wire.Broadcast, f.BroadcastsAs
	case r.Method == wire.Ask:
		getter = f.AnswersAs
	}
	if getter != "" && method == wire.Broadcast {
		return s.tell(ctx, byName[getter], r)
	}
	if getter != "" {
		f = byName[getter]
		if result, err = s.call(ctx, f, r.Arguments); err != nil {
			return conn.Answer{}, err
		}
	}
	if method == wire.Call {
		return conn.Answer{To: conn.NoResponse}, nil
	}
	return answerWith(f, method, r, result)
}

// tell broadcasts what a getter finds after a change, or a list that replaces older
// ones. Others that tell something wait from the look to the sending: no state that is
// outdated follows a newer one.
func (s *Server) tell(ctx context.Context, getter *Function, r wire.Request) (answer conn.Answer, err error) {
	s.telling.Lock()
	defer func() {
		if answer.Sent == nil {
			s.telling.Unlock()
		}
	}()
	result, err := s.call(ctx, getter, r.Arguments)
	if err != nil {
		return conn.Answer{}, err
	}
	if answer, err = answerWith(getter, wire.Broadcast, r, result); err != nil {
		return conn.Answer{}, err
	}
	answer.Sent = s.telling.Unlock
	return answer, nil
}

// call contains what a function does: neither its error nor its panic reaches
// the connection, let alone the process.
func (s *Server) call(ctx context.Context, f *Function, arguments json.RawMessage) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, &FailedError{f.Name, &PanicError{p, debug.Stack()}}
		}
	}()
	result, err = f.run(s, ctx, arguments)
	if err != nil {
		return nil, &FailedError{f.Name, err}
	}
	return result, nil
}
