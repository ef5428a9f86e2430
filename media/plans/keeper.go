package plans

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"musicdb/fsm"
	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/frames"
	"musicdb/media/library"
	"musicdb/media/maintenance"
)

// Options are the parts of a Keeper.
type Options struct {
	Library     *library.Library
	Music       *files.Music
	Maintenance *maintenance.Keeper // with whom changes take turns
	Artwork     *artwork.Store
	Frames      *frames.Store // nil: no pictures of videos are made

	// Keep is how many plans and other changes are kept that can be undone, and how many
	// other plans, busy ones not counted. The oldest are forgotten. 0: DefaultKeep.
	Keep int

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil discards
}

// DefaultKeep is how many plans are kept if the options do not say otherwise.
const DefaultKeep = 2000

// Keeper keeps plans, applies them and takes them back.
type Keeper struct {
	o      Options
	log    *slog.Logger
	ledger *fsm.SharedLedger[State, Event]

	mu          sync.Mutex
	lives       map[int64]*life // of the plans that are kept
	subscribers map[int]func(Plan)
	subscribed  int

	reached func(moment) // called at each moment that is noted; tests end the process there
}

// moment is a point in applying or undoing a plan at which the process may be killed.
type moment string

const (
	momentAgreed    moment = "agreed"    // nothing is changed yet
	momentCover     moment = "cover"     // a cover is written
	momentPrepared  moment = "prepared"  // files with other tags lie ready
	momentBegun     moment = "begun"     // an operation on a file is noted
	momentMade      moment = "made"      // and made
	momentNoted     moment = "noted"     // the rows are noted, and not committed
	momentCommitted moment = "committed" // they are committed
	momentCleared   moment = "cleared"   // nothing is left beside the files
	momentModes     moment = "modes"     // former permissions are noted
	momentShared    moment = "shared"    // and changed
)

// Open brings to an end what a crash has interrupted. A plan that cannot be brought to
// an end, because its files cannot be reached, is no reason not to start: it is logged,
// and tried again before the next change.
func Open(ctx context.Context, o Options) (*Keeper, error) {
	k := &Keeper{
		o: o, log: o.Log, ledger: fsm.NewSharedLedger(definition),
		lives: map[int64]*life{}, subscribers: map[int]func(Plan){}, reached: func(moment) {},
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	if k.o.Now == nil {
		k.o.Now = time.Now
	}
	if k.o.Keep <= 0 {
		k.o.Keep = DefaultKeep
	}
	if err := k.o.Library.DropKept(ctx, 0); err != nil {
		return nil, fmt.Errorf("plans: %w", err)
	}
	rows, err := k.o.Library.Plans(ctx)
	if err != nil {
		return nil, fmt.Errorf("plans: %w", err)
	}
	for _, row := range rows {
		p, err := planOf(row)
		if err == nil {
			_, err = k.begin(p.ID, p.State)
		}
		if err != nil {
			k.log.Warn("a plan is kept that this version does not understand; it is left alone", "plan", row.ID, "err", err)
		}
	}
	k.resume(ctx)
	k.trim(ctx)
	return k, nil
}

// Sources are the figures of the plans' machine.
func (k *Keeper) Sources() []fsm.Source { return []fsm.Source{k.ledger} }

// KeepPicture keeps a picture until a plan is proposed that names it as the source of
// a cover, at the latest until the next start. Pictures above [artwork.MaxBytes] are
// refused.
func (k *Keeper) KeepPicture(ctx context.Context, picture []byte) (name string, err error) {
	if len(picture) > artwork.MaxBytes {
		return "", fmt.Errorf("plans: a picture of %d bytes: %w", len(picture), artwork.ErrTooLarge)
	}
	sum := sha256.Sum256(picture)
	name = hex.EncodeToString(sum[:])
	return name, k.o.Library.KeepForPlan(ctx, 0, name, picture)
}

// Propose keeps a plan and gives it its id. Nothing else is changed. It fails with an
// *[InvalidError], and with those of the database.
func (k *Keeper) Propose(ctx context.Context, p Plan) (Plan, error) {
	if err := p.check(); err != nil {
		return Plan{}, err
	}
	p.State, p.Outcome = Proposed, Outcome{}
	p.Created = k.o.Now()
	p.Changed = p.Created
	row, err := p.row()
	if err != nil {
		return Plan{}, err
	}
	if p.ID, err = k.o.Library.AddPlan(ctx, row); err != nil {
		return Plan{}, fmt.Errorf("plans: %w", err)
	}
	var pictures []string
	for _, o := range p.Operations {
		if o.SetCover != nil && o.SetCover.Source.Picture != "" {
			pictures = append(pictures, o.SetCover.Source.Picture)
		}
	}
	if len(pictures) > 0 {
		if err := k.o.Library.GiveToPlan(ctx, p.ID, pictures); err != nil {
			return Plan{}, fmt.Errorf("plans: %w", err)
		}
	}
	k.mu.Lock()
	l := &life{}
	k.ledger.Start(&l.machine, uint32(p.ID), fsm.Now())
	k.lives[p.ID] = l
	k.mu.Unlock()
	k.tell(p)
	k.trim(ctx)
	return p, nil
}

// Get returns a plan. The error matches [ErrUnknown] if there is none of this id.
func (k *Keeper) Get(ctx context.Context, id int64) (Plan, error) {
	row, found, err := k.o.Library.Plan(ctx, id)
	if err == nil && !found {
		err = ErrUnknown
	}
	if err != nil {
		return Plan{}, fmt.Errorf("plans: plan %d: %w", id, err)
	}
	return planOf(row)
}

// List returns all plans, the newest first, without operations, doubts and outcome.
func (k *Keeper) List(ctx context.Context) ([]Plan, error) {
	rows, err := k.o.Library.Plans(ctx)
	if err != nil {
		return nil, fmt.Errorf("plans: %w", err)
	}
	list := make([]Plan, 0, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		p, err := planOf(rows[i])
		if err != nil {
			k.log.Debug("a plan is not listed", "err", err) // Open has said why
			continue
		}
		list = append(list, p)
	}
	k.learn(rows)
	k.trim(ctx)
	return list, nil
}

// Subscribe calls f with each plan that has changed its state, without operations,
// doubts and outcome, until the returned function is called. It is called by the
// goroutine that makes the change and must be quick.
func (k *Keeper) Subscribe(f func(Plan)) (unsubscribe func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.subscribed++
	id := k.subscribed
	k.subscribers[id] = f
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.subscribers, id)
	}
}

// tell tells all subscribers of a plan.
func (k *Keeper) tell(p Plan) {
	p.Operations, p.Doubts, p.Outcome = []Operation{}, []Doubt{}, Outcome{}
	k.mu.Lock()
	var subscribers []func(Plan)
	for _, f := range k.subscribers {
		subscribers = append(subscribers, f)
	}
	k.mu.Unlock()
	for _, f := range subscribers {
		f(p)
	}
}

// body is what of a plan never changes.
type body struct {
	Operations []Operation `json:"operations"`
	Doubts     []Doubt     `json:"doubts"`
}

func (p *Plan) row() (library.PlanRow, error) {
	content, err := json.Marshal(body{p.Operations, p.Doubts})
	if err != nil {
		return library.PlanRow{}, fmt.Errorf("plans: %w", err)
	}
	outcome, err := json.Marshal(p.Outcome)
	if err != nil {
		return library.PlanRow{}, fmt.Errorf("plans: %w", err)
	}
	return library.PlanRow{ID: p.ID, Kind: string(p.Kind), Title: p.Title, Path: p.Path, State: p.State.String(), By: p.By,
		Created: p.Created, Changed: p.Changed, Body: content, Outcome: outcome}, nil
}

func planOf(row library.PlanRow) (Plan, error) {
	p := Plan{ID: row.ID, Kind: Kind(row.Kind), Title: row.Title, Path: row.Path, By: row.By, Created: row.Created, Changed: row.Changed}
	err := p.State.UnmarshalText([]byte(row.State))
	content := body{[]Operation{}, []Doubt{}}
	if row.Body != nil {
		err = errors.Join(err, json.Unmarshal(row.Body, &content))
	}
	p.Operations, p.Doubts = content.Operations, content.Doubts
	switch {
	case row.Outcome == nil:
	case row.Body == nil: // noted by somebody else: see library.Undoable
		var outcome library.Outcome
		err = errors.Join(err, json.Unmarshal(row.Outcome, &outcome))
		p.Operations, p.Outcome = madeOf(outcome)
	default:
		err = errors.Join(err, json.Unmarshal(row.Outcome, &p.Outcome))
	}
	if err != nil {
		return Plan{}, fmt.Errorf("plans: plan %d in the database says nothing that this version understands: %w", row.ID, err)
	}
	return p, nil
}

// madeOf tells what somebody else has changed as a plan would.
func madeOf(o library.Outcome) (operations []Operation, outcome Outcome) {
	operations, outcome.Rows = []Operation{}, o.Rows
	for _, dir := range o.Made {
		operations = append(operations, Operation{MakeDirectory: &MakeDirectory{dir}})
		outcome.Files = append(outcome.Files, Made{Operation: len(operations) - 1, Directory: dir})
	}
	for _, m := range o.Moves {
		operations = append(operations, Operation{Move: &Move{From: m.Old, To: m.New}})
		outcome.Files = append(outcome.Files, Made{Operation: len(operations) - 1, Move: &m})
	}
	return operations, outcome
}
