package main

import (
	"bytes"
	"fmt"
	"os"

	"musicdb/server"
	"musicdb/server/asyncapi"
)

// descriptionFile is where the server embeds its description from, relative to the
// folder of go.mod.
const descriptionFile = "server/asyncapi.json"

// description makes the AsyncAPI document from the tables of the server.
func description() ([]byte, error) {
	api := asyncapi.API{
		Title:   "MusicDB",
		Version: "8.2.0",
		Description: "The protocol between a MusicDB server and its clients: one WebSocket, one JSON packet per text message. " +
			"There is no request id; an answer carries the fncsig and pass of its request. " +
			"A request that fails is not answered. Packets of one connection are executed and answered in order.",
	}
	for _, f := range server.Functions() {
		function := asyncapi.Function{Name: f.Name, Area: f.Area, Doc: f.Doc, Result: f.Result, BroadcastsAs: f.BroadcastsAs, AnswersAs: f.AnswersAs}
		for _, a := range f.Args {
			function.Arguments = append(function.Arguments, asyncapi.Argument(a))
		}
		api.Functions = append(api.Functions, function)
	}
	for _, e := range server.Events() {
		api.Events = append(api.Events, asyncapi.Event(e))
	}
	return asyncapi.Document(api)
}

// compareDescription tells whether the file is what the tables say.
func compareDescription(file string, text []byte) error {
	have, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return fmt.Errorf("%s differs from what the tables of the server say: %w", descriptionFile, errDiffers)
	}
	return nil
}
