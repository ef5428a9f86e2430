package server_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
)

// A model of the statistics: likes and dislikes are counted, a time is set to a
// whole number of seconds, everything else to what the modifier means; what is
// unknown changes nothing (MusicDB protocol, UpdateSongStatistic).
func TestStatisticsFollowTheirModel(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	value := map[string]int64{"inc": 1, "love": 1, "yes": 1, "dec": -1, "hate": -1, "reset": 0, "none": 0, "no": 0}
	column := map[string]string{
		"likes": "likes", "dislikes": "dislikes", "favorite": "favorite", "disable": "disabled",
		"liverecording": "liverecording", "badaudio": "badaudio", "lastplayed": "lastplayed",
	}
	statistics := []string{`"likes"`, `"dislikes"`, `"favorite"`, `"disable"`, `"liverecording"`, `"badaudio"`, `"lastplayed"`,
		`"disabled"`, `"lyricsvideo"`, `"name"`, `"id"`, `""`, `5`, `null`, `["likes"]`}
	modifiers := []string{`"inc"`, `"love"`, `"yes"`, `"dec"`, `"hate"`, `"reset"`, `"none"`, `"no"`,
		`"INC"`, `""`, `1`, `0`, `-1`, `1500000000`, `1.5`, `null`, `{}`}
	want := decoded[struct{ Song map[string]any }](t, c, "GetSong", `{"songid":7}`).Song
	for i := range len(statistics) * len(modifiers) {
		statistic, modifier := statistics[i%len(statistics)], modifiers[i%len(modifiers)] // their numbers have no common divisor
		var name, word string
		_ = json.Unmarshal([]byte(statistic), &name)
		_ = json.Unmarshal([]byte(modifier), &word)
		step, isWord := value[word]
		at, notWhole := strconv.ParseInt(modifier, 10, 64)
		switch key := column[name]; {
		case key == "":
		case name == "lastplayed" && notWhole == nil && at >= 0:
			want[key] = float64(at)
		case name == "lastplayed" || !isWord:
		case name == "likes" || name == "dislikes":
			want[key] = want[key].(float64) + float64(step)
		default:
			want[key] = float64(step)
		}
		arguments := fmt.Sprintf(`{"songid":7,"statistic":%s,"modifier":%s}`, statistic, modifier)
		got := decoded[struct{ Song map[string]any }](t, c, "UpdateSongStatistic", arguments).Song
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s\ngot  %v\nwant %v", arguments, got, want)
		}
	}
}
