package server_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Uploads, imports and scans.
var deliberateTasks = deliberate{
	differences: []*difference{
		{scenario: "13-upload", steps: []int{7}, ours: []string{`response InitiateContentIntegration "sig:InitiateContentIntegration" null`},
			why: "protocol, InitiateContentIntegration: a task that does not exist is answered with null in place of silence"},
		{scenario: "13-upload", steps: []int{49, 50}, why: "the recorder waited for a request that its upload was refused"},
	},
	leftOut: []leftOut{
		{"13-upload", []int{48}, "protocol, InitiateUpload: a file without extension is taken; the reference server is silent"},
	},
	tasks: []*otherTask{
		{scenario: "13-upload", task: "<T9>", why: "protocol, InitiateMusicImport: everybody hears why a video was not imported",
			order: []string{"importingmusic StateUpdate", "importingmusic InternalError", "importfailed StateUpdate", "remove StateUpdate"}},
		{scenario: "13-upload", task: "<T10>", state: "uploadfailed InternalError", check: refusesExcess, why: whyExcess},
		{scenario: "13-upload", task: "<T10>", state: "remove StateUpdate", check: refusesExcess, why: whyExcess},
		{scenario: "17-fsscan", state: "fsscancomplete StateUpdate", check: withOgg, why: whyOgg},
		{scenario: "17-fsscan", state: "remove StateUpdate", check: withOgg, why: whyOgg},
	},
}

const whyOgg = "protocol, InitiateFilesystemScan: files of the Ogg formats are music, which this server plays and imports"

const whyExcess = "protocol, UploadChunk: bytes beyond the announced size are refused and not written"

// refusesExcess accepts an upload that has failed before more than was announced was
// written.
func refusesExcess(got, want map[string]any) bool {
	task, _ := got["task"].(map[string]any)
	recorded, _ := want["task"].(map[string]any)
	if got["message"] != "More data than announced" && got["message"] != nil || fmt.Sprintf("%v %v", got["offset"], task["offset"]) != "2 2" {
		return false
	}
	got["message"], got["offset"], task["offset"] = want["message"], want["offset"], recorded["offset"]
	return reflect.DeepEqual(got, want)
}

// withOgg accepts new songs in Ogg files besides those that were recorded.
func withOgg(got, want map[string]any) bool {
	text := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			return err.Error()
		}
		return string(data)
	}
	task, ok := got["task"].(map[string]any)
	if !ok {
		return false
	}
	annotations, _ := task["annotations"].(map[string]any)
	paths, _ := annotations["newpaths"].(map[string]any)
	dropped := 0
	for _, list := range []string{"songs", "filteredsongs"} {
		kept := []any{}
		songs, _ := paths[list].([]any)
		for _, song := range songs {
			if path, _ := song.(map[string]any)["path"].(string); strings.HasSuffix(path, ".ogg") {
				dropped++
				continue
			}
			kept = append(kept, song)
		}
		if paths != nil {
			paths[list] = kept
		}
	}
	return dropped > 0 && text(got) == text(want)
}
