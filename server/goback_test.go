package server_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"musicdb/server/wire"
)

// What clients change here is read by a reader like the old server's: strict, made
// from the documentation of the files, and sharing nothing with package state.
func TestFilesOfStateCanBeReadByTheOldServer(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{videos: true})
	c := d.dial()
	for _, call := range [][2]string{
		{"AddGenre", `{"name":"Metal"}`},
		{"AddSubgenre", `{"name":"Doom","parentname":"Metal"}`},
		{"SetMDBState", `{"category":"GenreFilter","name":"Metal","value":true}`},
		{"SetMDBState", `{"category":"SubgenreFilter:Metal","name":"Doom","value":false}`},
		{"SetMDBState", `{"category":"MusicDB","name":"uimode","value":"video"}`},
		{"SaveWebUIConfiguration", `{"config":{"meta":{"version":3},"WebUI":{"videomode":"enabled","lyrics":"disabled"},
			"MainMenu":{"showstreamplayer":true,"showsystemstatus":false},"ArtistsView":{"showrelease":false},"GenreSelectionView":{"showother":false},
			"Stream":{"url":"https://häuschen/stream?a=b","username":"me","password":"50 % off; #1 %(x)s"},"debug":{"blurartwork":true}}}`},
		{"SaveRandyConfiguration", `{"config":{"meta":{"version":1},
			"Constraints":{"NoDisabled":true,"NoHated":false,"NoBadFile":true,"NoLiveMusic":true,"MinSongLength":"1","MaxSongLength":900},
			"BlackLists":{"SongListLength":7,"AlbumListLength":2,"ArtistListLength":1,"VideoListLength":3,"MaxAge":12},"Limits":{"MaxTries":20}}}`},
		{"AddSongToQueue", `{"songid":5,"position":"last"}`},
		{"AddSongToQueue", `{"songid":9,"position":"last"}`},
		{"AddVideoToQueue", `{"videoid":1,"position":"last"}`},
	} {
		if err := c.Send(wire.Request{Method: wire.Call, Function: call[0], Arguments: json.RawMessage(call[1])}); err != nil {
			t.Fatal(err)
		}
	}
	fence(t, c)

	for file, want := range map[string]map[string]string{
		"state/state.ini": {"meta.version": "4", "MusicDB.uimode": "video", "GenreFilter.Metal": "True", "SubgenreFilter:Metal.Doom": "False"},
		"config/webui.ini": {"meta.version": "3", "WebUI.videomode": "enabled", "WebUI.lyrics": "disabled", "MainMenu.showstreamplayer": "True",
			"ArtistsView.showrelease": "False", "Stream.url": "https://häuschen/stream?a=b", "Stream.password": "50 % off; #1 %(x)s", "debug.blurartwork": "True"},
		"config/randy.ini": {"meta.version": "1", "Constraints.NoHated": "False", "Constraints.NoLiveMusic": "True", "Constraints.MinSongLength": "1",
			"Constraints.MaxSongLength": "900", "BlackLists.SongListLength": "7", "BlackLists.MaxAge": "12", "Limits.MaxTries": "20"},
	} {
		read, err := readOldINI(filepath.Join(d.dir, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for key, value := range want {
			if read[key] != value {
				t.Errorf("%s: %s is %q, want %q", file, key, read[key], value)
			}
		}
	}
	for _, want := range []struct {
		file, columns string
		kinds         string // one letter per column: t for text, n for number
		has           string // a cell of the second column
	}{
		{"songqueue.csv", "EntryID,SongID,IsRandom", "tnt", "9"},
		{"videoqueue.csv", "EntryID,VideoID,IsRandom", "tnt", "1"},
		{"songblacklist.csv", "SongID,TimeStamp", "nn", ""},
		{"videoblacklist.csv", "VideoID,TimeStamp", "nn", ""},
	} {
		rows, err := readOldCSV(filepath.Join(d.dir, "state", want.file), want.kinds)
		if err != nil {
			t.Errorf("%s: %v", want.file, err)
			continue
		}
		found := want.has == ""
		for _, row := range rows[1:] {
			found = found || row[1] == want.has
		}
		if strings.Join(rows[0], ",") != want.columns || len(rows) < 2 || !found {
			t.Errorf("%s: %q", want.file, rows)
		}
	}
}

// readOldINI returns the values by "section.key". Like the old server it refuses
// what repeats, and a percent sign that means nothing.
func readOldINI(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	values, section, sections := map[string]string{}, "", []string{}
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
			continue
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			section = line[1 : len(line)-1]
			if slices.Contains(sections, section) {
				return nil, fmt.Errorf("section %q twice", section)
			}
			sections = append(sections, section)
			continue
		}
		at := strings.IndexAny(line, "=:")
		if at < 1 || section == "" || line[0] == ' ' {
			return nil, fmt.Errorf("no entry: %q", line)
		}
		key, value := section+"."+strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+1:])
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("%s twice", key)
		}
		if strings.Contains(strings.ReplaceAll(value, "%%", ""), "%") {
			return nil, fmt.Errorf("%s: a lone percent sign in %q", key, value)
		}
		values[key] = strings.ReplaceAll(value, "%%", "%")
	}
	return values, nil
}

// readOldCSV returns the heads and the rows. Texts are quoted, numbers are not,
// lines end with CR LF; no text of these files has a quote or a comma in it.
func readOldCSV(file, kinds string) ([][]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	body, ends := strings.CutSuffix(string(data), "\r\n")
	if !ends {
		return nil, fmt.Errorf("no line end: %q", data)
	}
	var rows [][]string
	for n, line := range strings.Split(body, "\r\n") {
		cells := strings.Split(line, ",")
		if len(cells) != len(kinds) {
			return nil, fmt.Errorf("line %d: %q", n+1, line)
		}
		for i, cell := range cells {
			text, quoted := strings.CutPrefix(cell, `"`)
			text, closed := strings.CutSuffix(text, `"`)
			_, noNumber := strconv.ParseFloat(cell, 64)
			if isText := n == 0 || kinds[i] == 't'; isText != (quoted && closed) || !isText && noNumber != nil {
				return nil, fmt.Errorf("line %d: %q", n+1, line)
			}
			cells[i] = text
		}
		rows = append(rows, cells)
	}
	return rows, nil
}
