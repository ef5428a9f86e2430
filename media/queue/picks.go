package queue

import (
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"musicdb/media/state"
)

// keptPicks bounds the choices that are remembered.
const keptPicks = 200

// picks remembers why songs were chosen, by entry, also of entries that were
// played since. It is kept beside the queue. Like the blacklists it does not wait
// for the disk: after a power failure a few choices may be unexplained.
type picks struct {
	store *state.Store
	log   *slog.Logger

	mu   sync.Mutex
	list []keptPick // guarded by mu; the oldest first
}

type keptPick struct {
	entry EntryID
	text  string // the pick in JSON
}

const picksFile = "randompicks.csv"

var picksColumns = []string{"EntryID", "Pick"}

// load reads what was remembered. Whatever lies there, the queue opens: explanations
// are not worth a silent station.
func (p *picks) load() {
	read, err := p.store.RescueCSV(picksFile, picksColumns)
	damages := len(read.Damage)
	for _, row := range read.Rows {
		id, isID := row[0].Text()
		text, isText := row[1].Text()
		entry, malformed := ParseEntryID(id)
		if !isID || !isText || malformed != nil || json.Unmarshal([]byte(text), new(Pick)) != nil {
			damages++
			continue
		}
		p.list = append(p.list, keptPick{entry, text})
	}
	p.list = p.list[max(0, len(p.list)-keptPicks):]
	if damages == 0 && err == nil {
		return
	}
	kept := ""
	if err == nil {
		kept, err = p.store.Preserve(picksFile)
	}
	p.log.Warn("some choices of the random selection cannot be explained any more; their file is kept beside it",
		"file", picksFile, "damages", damages, "kept", kept, "error", err)
}

// keep remembers a pick. A failure to save it is logged: the show goes on.
func (p *picks) keep(entry EntryID, pick Pick) {
	text, err := json.Marshal(pick)
	if err != nil {
		p.log.Error("a choice of the random selection cannot be written down", "error", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, keptPick{entry, string(text)})
	p.list = slices.Delete(p.list, 0, max(0, len(p.list)-keptPicks))
	rows := make([][]state.Cell, len(p.list))
	for i, kept := range p.list {
		rows[i] = []state.Cell{state.Text(string(kept.entry)), state.Text(kept.text)}
	}
	if err := p.store.WriteHints(picksFile, picksColumns, rows); err != nil {
		p.log.Error("why a song was chosen could not be saved", "error", err)
	}
}

// of returns the pick of an entry.
func (p *picks) of(entry EntryID) (Pick, bool) {
	p.mu.Lock()
	i := slices.IndexFunc(p.list, func(k keptPick) bool { return k.entry == entry })
	var text string
	if i >= 0 {
		text = p.list[i].text
	}
	p.mu.Unlock()
	var pick Pick
	return pick, i >= 0 && json.Unmarshal([]byte(text), &pick) == nil
}
