package server_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Files of the music directory and the entries made from them.
var deliberateFiles = deliberate{
	differences: []*difference{
		{scenario: "15-files", steps: []int{6}, ours: []string{`response RenameMusicFile "sig:RenameMusicFile" false`},
			why: "protocol, RenameMusicFile: a name that the entry cannot have is refused with false before the file is renamed"},
		{scenario: "15-files", steps: []int{18}, ours: []string{`response RenameAlbumDirectory "sig:RenameAlbumDirectory" false`},
			why: "protocol, RenameAlbumDirectory: a name that the entry cannot have is refused with false before the directory is renamed"},
		{scenario: "15-files", steps: []int{22}, ours: []string{`response RenameArtistDirectory "sig:RenameArtistDirectory" true`},
			why: "protocol, RenameArtistDirectory: works as intended; it fails always in the reference server"},
		{scenario: "15-files", steps: []int{24}, ours: []string{`response RenameArtistDirectory "sig:RenameArtistDirectory" false`},
			why: "protocol, RenameArtistDirectory: works as intended; it fails always in the reference server"},
		{scenario: "15-files", steps: []int{23, 34}, check: artistIsRenamed,
			why: "protocol, RenameArtistDirectory: the artist of step 22 has his new name"},
		{scenario: "15-files", steps: []int{47}, check: artistIsRenamedAndOriginStays,
			why: "protocol, RenameArtistDirectory: the artist of step 22 has his new name; and the origin of an album, which its user may have set, is not overwritten by step 44"},
		{scenario: "15-files", steps: []int{49}, check: rowsAreRenamed,
			why: "protocol, RenameArtistDirectory: the artist of step 22 has his new name; and the origin of an album, which its user may have set, is not overwritten by step 44"},
		{scenario: "15-files", steps: []int{48}, check: withoutNoYear,
			why: "protocol, RenameAlbumDirectory: the directory of step 18 has kept its name, under which it is known"},

		{scenario: "16-entries", steps: []int{3, 8}, check: counted(1, 7, 6),
			why: "protocol, RemoveSongEntry: the songs of the album are counted again"},
		{scenario: "16-entries", steps: []int{7}, check: otherSongs,
			why: "protocol, Find: a removed song is not found, instead of silence"},
		{scenario: "16-entries", steps: []int{17}, ours: []string{`response GetSongQueue "sig:GetSongQueue" []`},
			why: "protocol, RemoveSongEntry: a removed song leaves the queue; the reference server is silent from then on"},
		{scenario: "16-entries", steps: []int{18}, ours: []string{`response GetAudioStreamState "sig:GetAudioStreamState" {"hasqueue":false,"isconnected":false,"isplaying":false}`},
			why: "protocol, RemoveSongEntry: a removed song leaves the queue; the reference server is silent from then on"},
		{scenario: "16-entries", steps: []int{23, 25, 32}, check: counted(2, 6, 5),
			why: "protocol, RemoveSongEntry: the songs of the album are counted again"},
		{scenario: "16-entries", steps: []int{28}, check: findsVideo("Ghost Night"),
			why: "protocol, RemoveArtistEntry: the videos of an artist are removed with him, so that his video is new content"},
		{scenario: "16-entries", steps: []int{34}, check: songsAreThere,
			why: "protocol, RemoveAlbumEntry: null is no album and removes nothing; the reference server removes all songs"},
	},
	tasks: []*otherTask{
		{scenario: "16-entries", state: "fsscancomplete StateUpdate", check: withOggAndVideo("Ghost Night"), why: whyOgg + "; and the video of a removed artist is new, as in step 28"},
		{scenario: "16-entries", state: "remove StateUpdate", check: withOggAndVideo("Ghost Night"), why: whyOgg + "; and the video of a removed artist is new, as in step 28"},
	},
	notes: []otherNotes{
		{"16-entries", "a", "MusicDB:SongQueue", removedFromQueue, "protocol, RemoveSongEntry: a removed song leaves the queue, and all clients hear of it"},
		{"16-entries", "b", "MusicDB:SongQueue", removedFromQueue, "protocol, RemoveSongEntry: a removed song leaves the queue, and all clients hear of it"},
	},
}

var removedFromQueue = []string{"onSongQueueChanged", "onSongChanged", "onSongQueueChanged"}

// counted accepts the recorded line but for the number of songs of one album.
func counted(album, before, after int) func(got, want []string, _ int) bool {
	return func(got, want []string, _ int) bool {
		count := regexp.MustCompile(fmt.Sprintf(`("id":%d,"name":"[^"]*","numofcds":\d+,"numofsongs":)%d,`, album, before))
		return len(got) == 1 && len(want) == 1 && count.MatchString(want[0]) && got[0] == count.ReplaceAllString(want[0], fmt.Sprintf("${1}%d,", after))
	}
}

// otherSongs accepts an answer without the removed song where the reference server
// was silent.
func otherSongs(got, want []string, _ int) bool {
	return len(want) == 0 && len(got) == 1 && strings.HasPrefix(got[0], "response Find ") && !strings.Contains(got[0], "Thunder Iron")
}

// findsVideo accepts the recorded list of new content with one video more.
func findsVideo(name string) func(got, want []string, _ int) bool {
	return func(got, want []string, _ int) bool {
		if len(got) != 1 || len(want) != 1 {
			return false
		}
		albums, video, found := strings.Cut(got[0], `"videos":[`)
		return found && strings.Contains(video, `"videoname":"`+name+`"`) && strings.Count(video, "path") == 1 && albums+`"videos":[]}` == want[0]
	}
}

// withOggAndVideo accepts a scan with songs in Ogg files and one video more than were
// recorded.
func withOggAndVideo(name string) func(got, want map[string]any) bool {
	return func(got, want map[string]any) bool {
		task, _ := got["task"].(map[string]any)
		annotations, _ := task["annotations"].(map[string]any)
		paths, _ := annotations["newpaths"].(map[string]any)
		videos, _ := paths["videos"].([]any)
		if len(videos) != 1 {
			return false
		}
		video, _ := videos[0].(map[string]any)
		path, _ := video["path"].(string)
		paths["videos"] = []any{}
		return strings.Contains(path, name) && video["checksum"] != nil && withOgg(got, want)
	}
}

// songsAreThere accepts the recorded rows with songs.
func songsAreThere(got, want []string, limit int) bool {
	if len(got) != 1 || len(want) != 1 || !strings.Contains(want[0], `"songs":[]`) {
		return false
	}
	rest, songs, found := strings.Cut(got[0], `"songs":`)
	return found && strings.Count(songs, `"checksum"`) > 50 && counted(2, 6, 5)([]string{rest + `"songs":[]}`}, want, limit)
}

// renamedArtist is a recorded answer as if the reference server had renamed the
// artist of step 22.
func renamedArtist(line string) string {
	const before, after = "ACHSELBRAN∕BRANELGORNO", "Renamed Artist"
	return strings.NewReplacer(
		fmt.Sprintf(`"name":%q,"path":%[1]q`, before), fmt.Sprintf(`"name":%q,"path":%[1]q`, after),
		fmt.Sprintf(`"path":"%s/`, before), fmt.Sprintf(`"path":"%s/`, after)).Replace(line)
}

// keptOrigin is a recorded answer as if the reference server had left the origin
// of an album alone in step 44.
func keptOrigin(line string) string {
	const album = `"name":"Engine - Lantern - Hidden","numofcds":1,"numofsongs":2,"origin":`
	return strings.Replace(line, album+`"internet"`, album+`"bandcamp"`, 1)
}

// artistIsRenamed accepts what the reference server would answer if it had renamed
// the artist of step 22, whose entries stand elsewhere in the order of names then.
func artistIsRenamed(got, want []string, _ int) bool {
	if len(got) != 1 || len(want) != 1 {
		return false
	}
	renamed := renamedArtist(want[0])
	entries := func(line string) (sorted []string) {
		var list []json.RawMessage
		if json.Unmarshal([]byte(line[strings.IndexByte(line, '['):]), &list) != nil {
			return nil
		}
		for _, entry := range list {
			sorted = append(sorted, string(entry))
		}
		slices.Sort(sorted)
		return sorted
	}
	return renamed != want[0] && len(entries(got[0])) > 0 && slices.Equal(entries(got[0]), entries(renamed))
}

// artistIsRenamedAndOriginStays is artistIsRenamed for the time after step 44.
func artistIsRenamedAndOriginStays(got, want []string, limit int) bool {
	return len(want) == 1 && keptOrigin(want[0]) != want[0] && artistIsRenamed(got, []string{keptOrigin(want[0])}, limit)
}

// rowsAreRenamed is artistIsRenamedAndOriginStays for rows, which keep their order.
func rowsAreRenamed(got, want []string, _ int) bool {
	return len(got) == 1 && len(want) == 1 && got[0] == renamedArtist(keptOrigin(want[0]))
}

// withoutNoYear accepts the recorded list without the directory that the reference
// server has renamed in step 18 although its entry could not follow.
func withoutNoYear(got, want []string, _ int) bool {
	const entry = `{"albumname":"No Year","artistname":"Größenwahn Juque","path":"Größenwahn Juque/No Year","release":null},`
	return len(got) == 1 && len(want) == 1 && strings.Contains(want[0], entry) && got[0] == strings.Replace(want[0], entry, "", 1)
}
