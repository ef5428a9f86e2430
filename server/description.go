package server

import (
	_ "embed"
	"net/http"
	"reflect"

	"musicdb/media/plans"
	"musicdb/server/wire"
)

// Event is a row of the table of what clients are told without asking.
type Event struct {
	Method string // wire.MethodNotification or wire.MethodBroadcast
	Source string
	Name   string
	Doc    string
	// Arguments is the Go type whose JSON encoding is the payload; nil: null.
	Arguments reflect.Type
}

// events is the table of events (MusicDB protocol, section 6). What is told but
// not in it fails a test.
var events = []Event{
	notification(audioStreamSource, "onStatusChanged", "the stream began to play, paused, or was interrupted", nil),
	notification(audioStreamSource, "onTimeChanged", "seconds played of the current song, once a second, also while paused", reflect.TypeFor[float64]()),
	notification(songQueueSource, "onSongQueueChanged", "the song queue has other entries or another order", nil),
	notification(songQueueSource, "onSongChanged", "the current song was replaced: it ended or was skipped", nil),
	notification(videoStreamSource, "onStatusChanged", "the video stream was switched on or off", reflect.TypeFor[videoStatus]()),
	notification(videoStreamSource, "onStreamNextVideo", "a video is to be shown from its begin", reflect.TypeFor[nextVideo]()),
	notification(videoQueueSource, "onVideoQueueChanged", "the video queue has other entries or another order", nil),
	notification(videoQueueSource, "onVideoChanged", "the current video was replaced: it ended or was skipped", nil),
	notification(taskSource, "ChunkRequest", "the next bytes of an upload are wanted from its owner", reflect.TypeFor[taskStatus]()),
	notification(taskSource, "StateUpdate", "a task is in another state, has other annotations, or has got on", reflect.TypeFor[taskStatus]()),
	notification(taskSource, "InternalError", "a task has failed, an upload was refused, or there is no task of that id", reflect.TypeFor[taskStatus]()),
	notification(doctorSource, "onDiagnosisProgress", "an examination of the collection has begun or goes on", reflect.TypeFor[diagnosis]()),
	notification(doctorSource, "onDiagnosisFinished", "an examination of the collection is over", reflect.TypeFor[diagnosis]()),
	notification(planSource, "onPlanChanged", "a plan was made, applied, rejected or undone, or is being; without its operations", reflect.TypeFor[plan]()),
	notification(planSource, "onPlanProgress", "a plan that is being applied or undone has come to another file", reflect.TypeFor[plans.Progress]()),
	notification(scanSource, "onScanProgress", "an empty library is being filled", reflect.TypeFor[importState]()),
	notification(watchSource, "onStateChanged", "the music directory cannot be read, or can be read again, or more or less new music waits to be offered", reflect.TypeFor[watchState]()),
	notification(scanSource, "onScanFinished", "an empty library has been filled", reflect.TypeFor[importState]()),
	{wire.MethodBroadcast, "sys:refresh", "UpdateCaches", "the music has changed; clients load their lists again", nil},
}

func notification(source, name, doc string, arguments reflect.Type) Event {
	return Event{wire.MethodNotification, source, name, doc, arguments}
}

// Events returns the table of events. The rows must not be changed.
func Events() []Event { return events }

// The description for machines is made from the two tables by cmd/generate.
//
//go:embed asyncapi.json
var description []byte

// serveDescription sends the AsyncAPI document of the protocol.
func (s *Server) serveDescription(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(description) // who has gone needs no answer
}
