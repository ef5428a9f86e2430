package server_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// A model of the lyrics (MusicDB protocol, SetSongLyrics): no text makes the state
// 0 unless it is 4; the states 0 and 4 drop the text; a state that is none changes
// nothing.
func TestLyricsFollowTheirModel(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	reply(t, c, "SetSongLyrics", `{"songid":3,"lyrics":null,"lyricsstate":0}`)
	var lyrics *string
	state := 0
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.SampledFrom([]string{`null`, `""`, `"la\nla"`, `":: ref\nla\n::\n<<ah>>"`, `"🎸 'quoted' %s"`, `" "`}).Draw(r, "lyrics")
		to := rapid.SampledFrom([]string{`0`, `1`, `2`, `3`, `4`, `"0"`, `"1"`, `"3"`, `"4"`, `5`, `-1`, `"5"`, `"x"`, `null`, `1.5`, `true`}).Draw(r, "state")
		var n int
		if _, err := fmt.Sscanf(to, `"%d"`, &n); err != nil {
			_ = json.Unmarshal([]byte(to), &n)
		}
		isState := len(to) == 1 && to[0] <= '4' || len(to) == 3 && to[0] == '"' && to[1] >= '0' && to[1] <= '4'
		if isState {
			var given *string
			_ = json.Unmarshal([]byte(text), &given)
			empty := given == nil || *given == ""
			switch {
			case n == 4:
				lyrics, state = nil, 4
			case n == 0 || empty:
				lyrics, state = nil, 0
			default:
				lyrics, state = given, n
			}
		}
		if reply(t, c, "SetSongLyrics", fmt.Sprintf(`{"songid":"3","lyrics":%s,"lyricsstate":%s}`, text, to)) == "" {
			r.Fatalf("no answer to %s, %s", text, to)
		}
		got := decoded[struct {
			SongID      string
			Lyrics      *string
			LyricsState int
			Song        struct{ LyricsState int }
		}](t, c, "GetSongLyrics", `{"songid":"3"}`)
		if got.LyricsState != state || got.Song.LyricsState != state || got.SongID != "3" || (got.Lyrics == nil) != (lyrics == nil) ||
			lyrics != nil && *got.Lyrics != *lyrics {
			r.Fatalf("%s with state %s: got %+v, want %v, %d", text, to, got, lyrics, state)
		}
	})
	for _, arguments := range []string{`{"songid":3,"lyrics":5,"lyricsstate":3}`, `{"songid":3,"lyrics":"x"}`, `{"songid":3,"lyricsstate":3}`, `{"songid":9999,"lyrics":null,"lyricsstate":0}`} {
		if got := reply(t, c, "SetSongLyrics", arguments); got != "" {
			t.Errorf("%s is answered with %.200s", arguments, got)
		}
	}
}
