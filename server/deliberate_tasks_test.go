package server_test

import (
	"encoding/json"
	"strings"
)

// Uploads, imports and scans.
var deliberateTasks = deliberate{
	tasks: []*otherTask{
		{scenario: "17-fsscan", state: "fsscancomplete StateUpdate", check: withOgg, why: whyOgg},
		{scenario: "17-fsscan", state: "remove StateUpdate", check: withOgg, why: whyOgg},
	},
}

const whyOgg = "protocol, InitiateFilesystemScan: files of the Ogg formats are music, which this server plays and imports"

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
