package server_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"testing"

	"musicdb/server/client"
)

// The exchanges of testdata/golden were recorded from the reference server on the
// installation of testdata/installation. Each step is sent to our server, started
// on a copy of that installation, and what comes back is compared:
//
//   - answers and broadcasts per step and client, in order;
//   - notifications per client and source in order over the whole scenario, equal
//     neighbours merged, and no more of them than were recorded, because the
//     reference server repeats many; those of tasks per task (golden_tasks_test.go);
//   - connections that were ended, with code and reason, and what the recorder
//     noted, for example that nothing more was answered on a connection.
//
// Normalised are ids that are random, by the order of their first appearance, and
// times within the recording (normalise_test.go). The heartbeat is left out,
// except where a scenario keeps it.

// scenarios are all recordings, in their order.
var scenarios = []scenario{
	{name: "00-import", empty: true},
	{name: "01-read"},
	{name: "02-protocol"},
	{name: "03-bad-arguments"},
	{name: "04-song-queue"},
	{name: "05-queue-empty"},
	{name: "06-random"},
	{name: "07-tags"},
	{name: "08-filter"},
	{name: "09-find"},
	{name: "10-config"},
	{name: "11-properties"},
	{name: "12-video", videos: true},
	{name: "12b-video-disabled"},
	{name: "13-upload"},
	{name: "14-import-reserve"},
	{name: "15-files"},
	{name: "16-entries"},
	{name: "17-fsscan"},
	{name: "18-broadcast"},
	{name: "19-heartbeat"},
	{name: "20-stream", streaming: true},
}

// scenario is one recording and what it needs.
type scenario struct {
	name   string
	videos bool
	empty  bool // begins with a music directory and no database
	// streaming: songs are played. They are recorded in real time, and replayed faster.
	streaming bool
	until     int    // the last step that is replayed; 0: all if nothing is pending, else none
	pending   string // why it is not replayed, or not to its end
}

// TestGoldenExchanges replays all recordings and compares the report of what was
// found with the one in the repository.
func TestGoldenExchanges(t *testing.T) {
	t.Parallel()
	counted := make([]reported, len(scenarios))
	t.Run("scenarios", func(t *testing.T) {
		for i, s := range scenarios {
			if s.pending != "" && s.until == 0 {
				continue
			}
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				p := newPlayer(t, s)
				p.play()
				if counted[i] = p.reported; p.compared == 0 {
					t.Error("nothing was compared")
				}
			})
		}
	})
	if !t.Failed() {
		checkReport(t, counted)
	}
}

// event is a line of a transcript.
type event struct {
	Step   int            `json:"step"`
	Client string         `json:"client"`
	Dir    string         `json:"dir"`
	Packet map[string]any `json:"packet"`
	Text   *string        `json:"text"`
	Frame  *struct {
		Op   byte   `json:"op"`
		Text string `json:"text"`
		Hex  string `json:"hex"`
		Fin  *bool  `json:"fin"`
		Mask *bool  `json:"mask"`
	} `json:"frame"`
	Pong    *string  `json:"pong"`
	Code    int      `json:"code"`
	Reason  string   `json:"reason"`
	Info    string   `json:"info"`
	Clients []string `json:"clients"`
}

// isBeat says whether the event is a heartbeat.
func (e event) isBeat() bool { return e.Dir == "recv" && e.Packet["fncsig"] == "onTimeChanged" }

// recording is a transcript with the script that it was recorded by.
type recording struct {
	started, ended int64 // unix time
	steps          []recordedStep
	keepsBeats     bool
}

type recordedStep struct {
	kind   string // "send", "wait", "upload" …
	until  []map[string]any
	upload map[string]any
	events []event
}

func loadRecording(t testing.TB, name string) (r recording) {
	t.Helper()
	decode := func(raw []byte, into any) {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(into); err != nil {
			t.Fatalf("%s: %v: %.200s", name, err, raw)
		}
	}
	var script struct {
		Keep  []string `json:"keep"`
		Steps []struct {
			Do     string          `json:"do"`
			Until  json.RawMessage `json:"until"`
			Upload map[string]any  `json:"upload"`
		} `json:"steps"`
	}
	decode(readGzip(t, "testdata/golden/"+name+".json.gz"), &script)
	r.keepsBeats = slices.Contains(script.Keep, "heartbeat")
	for _, s := range script.Steps {
		step := recordedStep{kind: s.Do, upload: s.Upload}
		switch {
		case len(s.Until) == 0:
		case s.Until[0] == '[':
			decode(s.Until, &step.until)
		default:
			step.until = []map[string]any{{}}
			decode(s.Until, &step.until[0])
		}
		r.steps = append(r.steps, step)
	}
	r.steps = append(r.steps, recordedStep{kind: "settle"}) // what arrived after the last step

	lines := bytes.Split(bytes.TrimSpace(readGzip(t, "testdata/golden/"+name+".jsonl.gz")), []byte("\n"))
	header := struct{ Started, Ended int64 }{}
	decode(lines[0], &header)
	r.started, r.ended = header.Started, header.Ended
	for _, line := range lines[1:] {
		// The recorder writes NaN and Infinity, which no JSON text has.
		line = regexp.MustCompile(`([^\\]": )(NaN|Infinity)`).ReplaceAll(line, []byte(`$1"$2"`))
		var e event
		decode(line, &e)
		r.steps[e.Step].events = append(r.steps[e.Step].events, e)
	}
	return r
}

// clientNames are the names of the open connections, sorted.
func clientNames(clients map[string]*client.Client) []string {
	return slices.Sorted(maps.Keys(clients))
}
