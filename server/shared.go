package server

import "reflect"

// shared is a result whose JSON exists already and belongs to many answers: it is
// sent without being copied. T is what it is the JSON of.
type shared[T any] struct{ text []byte }

// sharedResult is what a shared of any type can do.
type sharedResult interface {
	json() []byte
	describes() reflect.Type
}

func (s shared[T]) json() []byte          { return s.text }
func (shared[T]) describes() reflect.Type { return reflect.TypeFor[T]() }

// resultType is the Go type whose JSON encoding an R is, or stands for.
func resultType[R any]() reflect.Type {
	var result R
	switch r := any(result).(type) {
	case nothing:
		return nil
	case sharedResult:
		return r.describes()
	default:
		return reflect.TypeFor[R]()
	}
}
