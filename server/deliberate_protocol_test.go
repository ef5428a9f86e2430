package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Packets, arguments, search, and the song queue.
var deliberateProtocol = deliberate{
	differences: []*difference{
		{scenario: "03-bad-arguments", steps: []int{6}, why: "protocol, terms: an int is a number without fraction; 1.0 is none (the reference server takes it here, but not in GetAlbum)"},
		{scenario: "03-bad-arguments", steps: []int{7}, why: "protocol, GetAlbums: the artist is an int or a decimal string; true is neither"},
		{scenario: "03-bad-arguments", steps: []int{187}, why: "protocol, Find: the limit is an int; true is none"},
		{scenario: "02-protocol", steps: []int{59}, why: "protocol, section 4, 3: NaN is no JSON"},
		{scenario: "02-protocol", steps: []int{60}, why: "protocol, section 4, 3: Infinity is no JSON"},
		{scenario: "02-protocol", steps: []int{61}, ours: []string{`response Bounce "alive" {"n":1e400}`},
			why: "protocol, section 4: what is echoed comes back unchanged, not rounded to infinity"},
		{scenario: "02-protocol", steps: []int{43, 44, 45, 46, 47, 56, 57, 65, 66, 71, 73}, check: onlyAlive,
			why: "protocol, section 4, 3: what is not JSON is ignored and the connection goes on; the reference server reads nothing more from it"},
		{scenario: "02-protocol", steps: append(steps(74, 78), 81), check: closedWithReason,
			why: "RFC 6455, section 7.1.7: a broken rule is answered with a close frame that names it, not with the bare end of the connection"},
		{scenario: "02-protocol", steps: []int{80, 82, 83}, check: closedAsAsked,
			why: "RFC 6455, section 5.5.1: a close frame is answered with the code that it carries; the reference server says 1000"},
		{scenario: "09-find", steps: []int{92, 93, 94, 95, 110, 111, 112}, check: onlyEmptyLists,
			why: "protocol, Find: a text without anything to search for gets three empty lists instead of silence"},
		{scenario: "09-find", steps: []int{0, 2, 6, 61, 70, 71, 72, 76, 77, 86, 113, 114, 115, 116, 117, 118}, check: sameButOrder,
			why: "equal scores are ranked by exact match, prefix, then name; the reference server has the name alone"},
		{scenario: "03-bad-arguments", steps: []int{182, 183}, check: sameButOrder,
			why: "equal scores are ranked by exact match, prefix, then name; the reference server has the name alone"},
	},
	substitutes: []substitute{
		{"04-song-queue", 27, `{"albumid": 3, "position": "last", "cd": 2}`,
			"protocol, AddAlbumToQueue: a negative cd is unknown; the reference server counts it from the end"},
	},
	notes: []otherNotes{
		{"01-read", "a", "MusicDB:SongQueue", nil, "an event comes only when something changed; the reference server also sends one when no random song was found"},
		{"08-filter", "a", "MusicDB:SongQueue", nil, "an event comes only when something changed; the reference server also sends one when no random song was found"},
		{"08-filter", "b", "MusicDB:SongQueue", nil, "an event comes only when something changed; the reference server also sends one when no random song was found"},
	},
}

// onlyEmptyLists accepts one answer of three empty lists where the reference
// server was silent.
func onlyEmptyLists(got, want []string, _ int) bool {
	return len(want) == 0 && len(got) == 1 && strings.HasSuffix(got[0], ` {"albums":[],"artists":[],"songs":[]}`)
}

// sameButOrder accepts lists of the same lengths; of lists that the limit has not
// cut, those with the same entries in any order.
func sameButOrder(got, want []string, limit int) bool {
	if len(got) != 1 || len(want) != 1 {
		return false
	}
	parse := func(line string) (lists map[string][]any) {
		_ = json.Unmarshal([]byte(line[strings.Index(line, "{"):]), &lists)
		return lists
	}
	ours, theirs := parse(got[0]), parse(want[0])
	for _, kind := range []string{"artists", "albums", "songs"} {
		if ours[kind] == nil || len(ours[kind]) != len(theirs[kind]) {
			return false
		}
		if len(theirs[kind]) >= max(limit, 1) {
			continue // cut by the limit, or as long by chance
		}
		texts := func(list []any) (sorted []string) {
			for _, entry := range list {
				sorted = append(sorted, fmt.Sprint(entry))
			}
			slices.Sort(sorted)
			return sorted
		}
		if !slices.Equal(texts(ours[kind]), texts(theirs[kind])) {
			return false
		}
	}
	return true
}

// onlyAlive accepts silence on a connection that goes on.
func onlyAlive(got, want []string, _ int) bool {
	return len(got) == 0 && slices.Equal(want, []string{deafLine})
}

// closedWithReason accepts a close frame that names what was wrong.
func closedWithReason(got, want []string, _ int) bool {
	return len(got) == 1 && strings.HasPrefix(got[0], "closed 10") && strings.Contains(got[0], "RFC 6455") && slices.Equal(want, []string{"closed 0"})
}

// closedAsAsked accepts the code that the client had sent, 1005 for none.
func closedAsAsked(got, want []string, _ int) bool {
	return len(got) == 1 && slices.Contains([]string{"closed 1001", "closed 4000", "closed 1005"}, got[0]) && slices.Equal(want, []string{"closed 1000"})
}
