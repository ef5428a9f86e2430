package plans

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"musicdb/fsm"
	"musicdb/media/library"
)

// learn lets what package maintenance has noted since the start live, too, so that it
// is forgotten in its turn.
func (k *Keeper) learn(rows []library.PlanRow) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, row := range rows {
		var state State
		if k.lives[row.ID] != nil || row.State != library.PlanApplied || state.UnmarshalText([]byte(row.State)) != nil {
			continue
		}
		if _, err := k.begin(row.ID, state); err != nil {
			k.log.Warn("a change that was noted cannot be kept in view", "plan", row.ID, "err", err)
		}
	}
}

// trim forgets the oldest plans when there are too many: those that can be undone
// apart from the others, so that a flood of offers costs nobody his way back, and of
// the others first those that nobody wants.
func (k *Keeper) trim(ctx context.Context) {
	ids := k.surplus()
	if len(ids) == 0 {
		return
	}
	var told []Plan
	for _, id := range ids {
		if p, err := k.Get(ctx, id); err == nil {
			p.State = Forgotten
			told = append(told, p)
		}
	}
	err := k.o.Library.RemovePlans(ctx, ids)
	k.mu.Lock()
	for _, id := range ids {
		l := k.lives[id]
		l.release()
		if err != nil {
			continue
		}
		_, fired := k.ledger.Fire(&l.machine, uint32(id), Forget, fsm.Now())
		if fired = errors.Join(fired, k.ledger.End(&l.machine, uint32(id))); fired != nil {
			k.log.Warn("a plan was forgotten in a wrong state", "plan", id, "err", fired)
		}
		delete(k.lives, id)
	}
	k.mu.Unlock()
	if err != nil {
		k.log.Warn("old plans could not be forgotten", "err", err)
		return
	}
	for _, p := range told {
		k.tell(p)
	}
}

// surplus claims the plans that are to be forgotten.
func (k *Keeper) surplus() (ids []int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	unwanted := func(id int64) int {
		if state := k.lives[id].machine.State(); state == Rejected || state == Undone {
			return 0
		}
		return 1
	}
	var applied, others []int64
	for id, l := range k.lives {
		state := l.machine.State()
		if _, may := definition.Next(state, Forget); !may || l.busy != nil {
			continue
		}
		if state == Applied {
			applied = append(applied, id)
		} else {
			others = append(others, id)
		}
	}
	slices.Sort(applied)
	slices.SortFunc(others, func(a, b int64) int { return cmp.Or(cmp.Compare(unwanted(a), unwanted(b)), cmp.Compare(a, b)) })
	for _, list := range [][]int64{applied, others} {
		ids = append(ids, list[:max(0, len(list)-k.o.Keep)]...)
	}
	for _, id := range ids {
		k.lives[id].busy = make(chan struct{})
	}
	return ids
}
