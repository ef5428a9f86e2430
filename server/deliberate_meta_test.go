package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rows: artists, albums, songs, lyrics, tags and configurations.
var deliberateMeta = deliberate{
	differences: []*difference{
		{scenario: "03-bad-arguments", steps: []int{54}, ours: []string{`response GetSortedAlbumCDs "sig:GetSortedAlbumCDs" []`},
			why: "protocol, reading an entry: 0 is treated as an unknown id"},
		{scenario: "03-bad-arguments", steps: []int{80}, ours: []string{`response GetSongTags "sig:GetSongTags" {"genres":[],"moods":[],"songid":0,"subgenres":[]}`},
			why: "protocol, reading an entry: 0 is treated as an unknown id"},
		{scenario: "03-bad-arguments", steps: []int{93}, ours: []string{`response GetAlbumTags "sig:GetAlbumTags" {"albumid":0,"genres":[],"moods":[],"subgenres":[]}`},
			why: "protocol, reading an entry: 0 is treated as an unknown id"},
		{scenario: "03-bad-arguments", steps: []int{84, 97}, why: "protocol, terms: an int is a number without fraction; 1.0 is none"},
		{scenario: "03-bad-arguments", steps: []int{85, 86, 98, 99}, why: "protocol, GetSongTags and GetAlbumTags: the id is an int or a decimal string"},
		{scenario: "03-bad-arguments", steps: []int{113}, why: "protocol, GetTables: the tables are a list of strings; an object is none"},

		{scenario: "07-tags", steps: []int{19}, why: "protocol, AddMoodFlag: the icon is a string, and a mood without one breaks the mood grid (section 9.3); validate first"},
		{scenario: "07-tags", steps: []int{19}, client: "b", why: "protocol, AddMoodFlag: the icon is a string, and a mood without one breaks the mood grid (section 9.3); validate first"},
		{scenario: "07-tags", steps: slices.Concat([]int{20}, steps(49, 53), steps(55, 57), []int{60}, steps(62, 64), []int{66, 67, 71}), client: everyone, check: withoutHalfMoods,
			why: "protocol, AddMoodFlag: what is refused leaves no half mood behind (12 and 13 in the reference server)"},
		{scenario: "07-tags", steps: []int{42, 68}, check: withoutHalfMoods,
			why: "protocol, AddMoodFlag, SetSongTag, SetVideoTag: no half moods, and no assignment to a song or video that does not exist is counted"},

		{scenario: "10-config", steps: []int{5}, ours: []string{webuiLine("SaveWebUIConfiguration", "false", "50% = ü", otherStream)},
			why: "protocol, SaveWebUIConfiguration: a % in a text is accepted"},
		{scenario: "10-config", steps: []int{6}, ours: []string{webuiLine("LoadWebUIConfiguration", "false", "50% = ü", otherStream)},
			why: "protocol, SaveWebUIConfiguration: a % in a text is accepted"},
		{scenario: "10-config", steps: []int{8}, ours: []string{webuiLine("LoadWebUIConfiguration", "false", "50% = ü", otherStream)},
			why: "protocol, WebUIConfig: videomode and lyrics are enabled or disabled; what is incomplete is refused as a whole and leaves nothing of that behind"},
		{scenario: "10-config", steps: []int{11}, ours: []string{webuiLine("SaveWebUIConfiguration", "true", "", noStream)},
			why: "protocol, LoadWebUIConfiguration: values that are none are replaced by their defaults; null is no text, and none is \"None\""},
		{scenario: "10-config", steps: []int{12}, ours: []string{webuiLine("LoadWebUIConfiguration", "true", "", noStream)},
			why: "protocol, LoadWebUIConfiguration: values that are none are replaced by their defaults; null is no text, and none is \"None\""},

		{scenario: "11-properties", steps: []int{106}, ours: []string{`response SetAlbumImportTime "sig:SetAlbumImportTime" null`},
			why: "protocol, SetAlbumImportTime: a text that is no number is answered with null"},
	},
	notes: []otherNotes{
		{"07-tags", "a", "MusicDB:SongQueue", nil, "an event comes only when something changed; the reference server also sends one when no random song was found"},
		{"07-tags", "b", "MusicDB:SongQueue", nil, "an event comes only when something changed; the reference server also sends one when no random song was found"},
	},
	substitutes: []substitute{
		{"06-random", 9, `{"position": "nowhere", "albumid": 1}`,
			"protocol, SaveRandyConfiguration: used from the next random selection on; the reference server has it choose by the old one on connections that are open"},
		{"06-random", 11, `{"position": "nowhere", "albumid": "1"}`,
			"protocol, SaveRandyConfiguration: used from the next random selection on; the reference server has it choose by the old one on connections that are open"},
	},
}

// Streams of configurations: another one, and the default beside a user 1.
const (
	otherStream = `"url":"http://127.0.0.1:8000/other","username":"me"`
	noStream    = `"url":"http://127.0.0.1:8000/stream","username":"1"`
)

func webuiLine(function, showrelease, password, stream string) string {
	return fmt.Sprintf(`response %[1]s "sig:%[1]s" {"ArtistsView":{"showrelease":%s},"GenreSelectionView":{"showother":false},`+
		`"MainMenu":{"showstreamplayer":true,"showsystemstatus":true},"Stream":{"password":"%s",%s},`+
		`"WebUI":{"lyrics":"disabled","videomode":"enabled"},"debug":{"blurartwork":true},"meta":{"version":3}}`,
		function, showrelease, password, stream)
}

// withoutHalfMoods accepts what the reference server sent, but for the moods 12 and
// 13, and of statistics for the uses of tags 1 and 10 that nothing has.
func withoutHalfMoods(got, want []string, _ int) bool {
	if len(got) != 1 || len(want) != 1 {
		return false
	}
	head, text, _ := strings.Cut(want[0], "{")
	var theirs map[string]any
	if json.Unmarshal([]byte("{"+text), &theirs) != nil {
		return false
	}
	isHalf := func(tag any) bool {
		id := tag.(map[string]any)["id"]
		return id == 12.0 || id == 13.0
	}
	for _, key := range []string{"moods", "tags"} {
		if list, ok := theirs[key].([]any); ok {
			theirs[key] = slices.DeleteFunc(list, isHalf)
		}
	}
	maps.DeleteFunc(theirs, func(key string, _ any) bool { return key == "12" || key == "13" })
	for id, use := range map[string]string{"1": "videos", "10": "songs"} {
		if statistics, ok := theirs[id].(map[string]any); ok {
			statistics[use] = statistics[use].(float64) - 1
		}
	}
	line, err := json.Marshal(theirs)
	return err == nil && got[0] == head+strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(line))
}
