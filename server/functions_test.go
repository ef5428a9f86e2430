package server_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"musicdb/server"
	"musicdb/server/wire"
)

// The dispatch table is compared with testdata/functions.json, the functions of
// the MusicDB protocol.

// ours are functions that the protocol does not have.
var ours = []string{"GetQueueHistory", "GetRandomState", "ExplainSong", "PreviewRandom", "GetTasks", "CancelTask", "PlanImport", "GetPlans", "GetPlan", "ApplyPlan", "RejectPlan", "UndoPlan", "GetCoverColors", "GetCoverCandidates", "Diagnose", "GetDiagnosis", "CancelDiagnosis", "ProposeRepairs"}

// otherArguments are arguments that differ from the protocol on purpose.
var otherArguments = map[string]struct {
	want []wire.Argument
	why  string
}{
	"GetAlbums": {[]wire.Argument{{Name: "artistid", Type: "int|decimal string|null", Required: true}, {Name: "applyfilter", Type: "bool", Required: true}},
		"protocol, GetAlbums: null, too, means the albums of all artists"},
	"RemoveSongEntry": {[]wire.Argument{{Name: "songid", Type: "int|decimal string", Required: true}},
		"protocol, RemoveSongEntry: a decimal string is accepted, too; here it removes the same"},
	"UploadChunk": {[]wire.Argument{{Name: "taskid", Type: "string", Required: true}, {Name: "chunkdata", Type: "string", Required: true}, {Name: "offset", Type: "int"}},
		"ours: a client may say where the chunk belongs, so that one that is sent twice does no harm"},
}

// answersAs are the functions that answer a request with the result of another
// (MusicDB protocol, section 5).
var answersAs = map[string]string{
	"CutSongRelationship":  "GetSongRelationship",
	"CutVideoRelationship": "GetVideoRelationship",
}

type protocolFunction struct {
	Name         string          `json:"name"`
	Area         string          `json:"area"`
	Args         []wire.Argument `json:"args"`
	BroadcastsAs *string         `json:"broadcasts_as"`
	Result       string          `json:"result"`
}

func protocolFunctions(t testing.TB) (functions []protocolFunction) {
	t.Helper()
	if err := json.Unmarshal(must(os.ReadFile("testdata/functions.json"))(t), &functions); err != nil {
		t.Fatal(err)
	}
	return functions
}

func TestTheTableHasTheFunctionsOfTheProtocol(t *testing.T) {
	table := map[string]*server.Function{}
	for _, f := range server.Functions() {
		table[f.Name] = f
	}
	known := slices.Clone(ours)
	for _, want := range protocolFunctions(t) {
		known = append(known, want.Name)
		got := table[want.Name]
		if isPending := slices.Contains(pending, want.Name); isPending != (got == nil) {
			t.Errorf("%s: in the table: %t, in the list of pending functions: %t", want.Name, got != nil, isPending)
		}
		if got == nil {
			continue
		}
		if got.Area != want.Area {
			t.Errorf("%s: area %q, want %q", want.Name, got.Area, want.Area)
		}
		broadcastsAs := ""
		if want.BroadcastsAs != nil {
			broadcastsAs = *want.BroadcastsAs
		}
		if got.BroadcastsAs != broadcastsAs {
			t.Errorf("%s: broadcasts as %q, want %q", want.Name, got.BroadcastsAs, broadcastsAs)
		}
		if got.AnswersAs != answersAs[want.Name] {
			t.Errorf("%s: answers as %q, want %q", want.Name, got.AnswersAs, answersAs[want.Name])
		}
		if (got.Result == nil) != (want.Result == "null") && want.BroadcastsAs == nil && got.AnswersAs == "" {
			t.Errorf("%s: result %v, want %s", want.Name, got.Result, want.Result)
		}
		args := want.Args
		if other, differs := otherArguments[want.Name]; differs {
			if args = other.want; slices.Equal(want.Args, args) {
				t.Errorf("%s is listed with other arguments, but has none", want.Name)
			}
		}
		if !slices.Equal(got.Args, args) {
			t.Errorf("%s: arguments\ngot  %v\nwant %v", want.Name, got.Args, args)
		}
	}
	for name := range table {
		if !slices.Contains(known, name) {
			t.Errorf("%s is neither a function of the protocol nor listed as one of our own", name)
		}
	}
	for _, name := range pending {
		if !slices.Contains(known, name) {
			t.Errorf("%s is pending, but no function", name)
		}
	}
}
