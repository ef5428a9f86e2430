package server_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"musicdb/media/tasks"
	"musicdb/server/wire"
)

// What cannot be done is refused as the protocol says, and everybody hears of it.
func TestTasksAreRefused(t *testing.T) {
	t.Parallel()
	const refused = `{"taskid":null,"offset":null,"chunksize":null,"state":"notexisting","task":null,"message":%q,` +
		`"tasklist":{"videos":[],"albumfiles":[],"albums":[],"artworks":[],"any":[]}}`
	upload := func(contentType string, size any) map[string]any {
		return map[string]any{"taskid": "T", "mimetype": "", "contenttype": contentType, "filesize": size, "checksum": "c", "filename": "README"}
	}
	for name, c := range map[string]struct {
		allow     []tasks.ContentType
		function  string
		arguments any
		answer    string // "": silence
		message   string // "": no notification
	}{
		"not allowed":          {[]tasks.ContentType{tasks.AlbumFile}, "InitiateUpload", upload("video", 1), `"T"`, "Upload of video not allowed"},
		"none allowed":         {[]tasks.ContentType{}, "InitiateUpload", upload("artwork", 1), `"T"`, "Uploads deactivated"},
		"unknown type":         {[]tasks.ContentType{tasks.AlbumFile}, "InitiateUpload", upload("song", 1), "", ""},
		"empty":                {[]tasks.ContentType{tasks.AlbumFile}, "InitiateUpload", upload("albumfile", 0), "", ""},
		"size as text":         {[]tasks.ContentType{tasks.AlbumFile}, "InitiateUpload", upload("albumfile", "1"), "", ""},
		"chunk":                {[]tasks.ContentType{}, "UploadChunk", map[string]any{"taskid": "T", "chunkdata": "00"}, "null", "Invalid Task ID"},
		"chunk without data":   {[]tasks.ContentType{}, "UploadChunk", map[string]any{"taskid": "T"}, "", ""},
		"annotation":           {[]tasks.ContentType{}, "AnnotateUpload", map[string]any{"taskid": "T", "x": 1}, "null", "Invalid Task ID"},
		"annotation of none":   {[]tasks.ContentType{}, "AnnotateUpload", map[string]any{"x": 1}, "", ""},
		"integration":          {[]tasks.ContentType{}, "InitiateContentIntegration", map[string]any{"taskid": "T", "musicpath": "x"}, "null", "Invalid Task ID"},
		"removal":              {[]tasks.ContentType{}, "RemoveUpload", map[string]any{"taskid": "T"}, "null", "Invalid Task ID"},
		"import of a song":     {[]tasks.ContentType{}, "InitiateMusicImport", map[string]any{"contenttype": "song", "contentpath": "x"}, "null", ""},
		"import without path":  {[]tasks.ContentType{}, "InitiateMusicImport", map[string]any{"contenttype": "album"}, "", ""},
		"artwork":              {[]tasks.ContentType{}, "InitiateArtworkImport", map[string]any{"sourcepath": "x", "targetpath": "y"}, "null", ""},
		"artwork, wrong types": {[]tasks.ContentType{}, "InitiateArtworkImport", map[string]any{"sourcepath": 5, "targetpath": "y"}, "", ""},
		"cancelled":            {[]tasks.ContentType{}, "CancelTask", map[string]any{"taskid": "T"}, "false", ""},
		"tasks":                {[]tasks.ContentType{}, "GetCurrentTasks", nil, `{"videos":[],"albumfiles":[],"albums":[],"artworks":[],"any":[]}`, ""},
		"all tasks":            {[]tasks.ContentType{}, "GetTasks", nil, `[]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDaemon(t, daemonOptions{uploads: c.allow})
			caller, other := d.dial(), d.dial()
			fence(t, other)
			if err := caller.Send(wire.Request{Method: wire.Ask, Function: c.function, Signature: json.RawMessage(`"sig"`), Arguments: must(json.Marshal(c.arguments))(t)}); err != nil {
				t.Fatal(err)
			}
			for who, packets := range map[string][]string{"caller": lines(fence(t, caller)), "other": lines(fence(t, other))} {
				var want []string
				if c.message != "" {
					want = append(want, `notification MusicDB:Task "InternalError" `+fmt.Sprintf(refused, c.message))
				}
				if c.answer != "" && who == "caller" {
					want = append(want, "response "+c.function+` "sig" `+c.answer)
				}
				if fmt.Sprint(packets) != fmt.Sprint(want) {
					t.Errorf("the %s got %q, want %q", who, packets, want)
				}
			}
		})
	}
}

// lines are packets as text.
func lines(packets []wire.Packet) (all []string) {
	for _, p := range packets {
		all = append(all, fmt.Sprintf("%s %s %s %s", p.Method, p.Function, p.Signature, p.Arguments))
	}
	return all
}
