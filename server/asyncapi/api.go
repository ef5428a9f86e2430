package asyncapi

import "reflect"

// API is what the document describes.
type API struct {
	Title       string
	Version     string // of the protocol, not of the program
	Description string
	Functions   []Function
	Events      []Event
}

// Function is one function that clients can call.
type Function struct {
	Name      string
	Area      string
	Doc       string
	Arguments []Argument
	// Result is the type whose JSON is the result; nil: null.
	Result reflect.Type
	// BroadcastsAs names the function whose result goes to all clients instead of
	// an answer.
	BroadcastsAs string
	// AnswersAs names the function whose result, under whose name, answers the method
	// "request"; "" for none.
	AnswersAs string
}

// Argument is a named argument. The name "*" stands for any further ones.
type Argument struct {
	Name string
	// Type is the documented type: int, number, bool, string, decimal string, null,
	// any, a name of a described type, or one of these with [] for a list;
	// alternatives are separated by |.
	Type     string
	Required bool
}

// Event is what the server tells without being asked.
type Event struct {
	Method string // notification or broadcast
	Source string // member fncname
	Name   string // member fncsig
	Doc    string
	// Arguments is the type whose JSON is the payload; nil: null.
	Arguments reflect.Type
}
