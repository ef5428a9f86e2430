package server_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Imports of albums and their covers.
var deliberateImport = deliberate{
	differences: []*difference{
		{scenario: "00-import", steps: []int{24}, check: refreshesToo,
			why: whyNoPicture},
		{scenario: "14-import-reserve", steps: []int{2}, check: namedByDirectory,
			why: "protocol, FindAlbumSongFiles: a song without tags and outside the conventions gets the names of its directories, so that a client has something to show"},
		{scenario: "14-import-reserve", steps: []int{3}, check: showsSongs,
			why: "protocol, FindAlbumSongFiles: FLAC files without a picture are answered; the reference server fails in silence"},
		{scenario: "14-import-reserve", steps: []int{29, 30, 32}, ours: []string{`response InitiateArtworkImport "sig:InitiateArtworkImport" null`},
			why: "protocol, InitiateArtworkImport: a source or target that is of no use is answered with null, which clients take for a failure, in place of silence"},
	},
	tasks: []*otherTask{
		{scenario: "00-import", task: "<T20>", order: []string{"importingartwork StateUpdate", "importcomplete StateUpdate", "remove StateUpdate"}, why: whyNoPicture},
		{scenario: "00-import", task: "<T21>", order: []string{"importingmusic StateUpdate", "importingmusic InternalError", "importcomplete StateUpdate", "remove StateUpdate"}, why: whySkipped},
		{scenario: "00-import", task: "<T21>", state: "importingmusic StateUpdate", check: withSkipped, why: whySkipped},
		{scenario: "00-import", task: "<T21>", state: "importcomplete StateUpdate", check: withSkipped, why: whySkipped},
		{scenario: "00-import", task: "<T21>", state: "remove StateUpdate", check: withSkipped, why: whySkipped},
	},
}

const (
	whyNoPicture = "protocol, InitiateArtworkImport: a FLAC file without a picture ends with the default cover; the reference server hangs"
	whySkipped   = "protocol, InitiateMusicImport: a song that cannot enter is passed by, and everybody hears of it"
)

// refreshesToo accepts the refresh of an import that comes to its end here.
func refreshesToo(got, want []string, _ int) bool {
	return len(got) == len(want) && strings.HasPrefix(got[len(got)-1], "broadcast sys:refresh ") && slices.Equal(got[:len(got)-1], want[:len(want)-1])
}

// withSkipped accepts a list of the songs that did not enter.
func withSkipped(got, want map[string]any) bool {
	task, _ := got["task"].(map[string]any)
	annotations, _ := task["annotations"].(map[string]any)
	if list, _ := annotations["skipped"].([]any); len(list) != 1 {
		return false
	}
	task["annotations"] = map[string]any{}
	return reflect.DeepEqual(got, want)
}

// namedByDirectory accepts the line that was recorded but for the names.
func namedByDirectory(got, want []string, _ int) bool {
	if len(got) != 1 || len(want) != 1 {
		return false
	}
	recorded := strings.NewReplacer(`"albumname":null`, `"albumname":"2002 - No numbers"`, `"artistname":null`, `"artistname":"Größenwahn Juque"`)
	return got[0] == recorded.Replace(want[0])
}

// showsSongs accepts songs where nothing was recorded.
func showsSongs(got, want []string, _ int) bool {
	return len(want) == 0 && len(got) == 1 && strings.Count(got[0], `"hasartwork":false`) == strings.Count(got[0], `"frommeta"`) &&
		strings.Contains(got[0], "01 Velvet Silent Neon.flac")
}

// prepare makes the state in which a scenario begins, if that is another than the
// installation.
func (s scenario) prepare(t *testing.T) func(data string) {
	t.Helper()
	if !s.empty {
		return nil
	}
	return func(data string) {
		t.Helper()
		for _, name := range []string{"music.db", "tracker.db", "musicdb.db"} {
			if err := os.Remove(filepath.Join(data, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		if err := os.RemoveAll(filepath.Join(data, "webdata", "artwork")); err != nil {
			t.Fatal(err)
		}
	}
}
