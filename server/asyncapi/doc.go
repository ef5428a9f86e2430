// Package asyncapi describes the MusicDB protocol for machines: as an AsyncAPI 3
// document.
//
// It owns the form of the document and how Go types and the types of arguments
// become JSON schemas. It refuses to know any function: what there is comes in as
// data (API), and nothing of the server is imported. A type whose JSON cannot be
// told from its fields is an error, not a guess.
//
// Everything here is a pure function and may be called from any goroutine. Start
// with Document.
package asyncapi
