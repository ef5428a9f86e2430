package main

import (
	"cmp"
	"context"
	"errors"

	"musicdb/media/plans"
	"musicdb/media/tasks"
)

// Offers and their plans end together: what becomes of one is done to the other.

// settle makes tasks and plans agree after a start: the process may have been killed
// between the two. It returns the paths that are offered.
func (n *newMusic) settle(ctx context.Context) (offered []string, err error) {
	asked := map[int64]bool{}
	for _, t := range n.tasks.All() {
		if t.State != tasks.WaitForConsent {
			asked[t.Plan] = true // who is about to carry it out finds out himself
			continue
		}
		plan, err := n.plans.Get(ctx, t.Plan)
		if err != nil && !errors.Is(err, plans.ErrUnknown) {
			return nil, err
		}
		switch {
		case err == nil && plan.State == plans.Applied:
			n.tasks.PlanApplied(t.Plan)
		case err != nil, plan.State == plans.Rejected, plan.State == plans.Stale, plan.State == plans.Undone:
			n.tasks.PlanWithdrawn(t.Plan)
		default:
			asked[t.Plan] = true
			offered = append(offered, *cmp.Or(t.AlbumPath, t.VideoPath))
		}
	}
	list, err := n.plans.List(ctx)
	for _, p := range list {
		if p.By == byWatch && p.State == plans.Proposed && !asked[p.ID] {
			n.reject(ctx, p.ID)
		}
	}
	return offered, err
}

// follow does to offers what becomes of plans, and has the watch go on.
func (n *newMusic) follow(ctx context.Context) (cancel func()) {
	plansDone := n.plans.Subscribe(func(p plans.Plan) {
		if !isIntake(p.Kind) {
			return
		}
		switch p.State {
		case plans.Applied:
			// Another plan than the offered one has brought it.
			if t, found := n.tasks.OfferAt(p.Path); found && t.Plan != p.ID {
				n.reject(ctx, n.tasks.Withdraw(p.Path))
			}
			n.again(p.Path)
		case plans.Undone, plans.Failed, plans.Stale:
			n.again(p.Path)
		default: // nothing new follows from it
		}
	})
	tasksDone := n.tasks.Subscribe(func(t tasks.Notification) {
		if t.Task != nil && t.Task.State == tasks.Remove && t.Task.Plan != 0 && n.watch != nil {
			n.watch.Next()
		}
	})
	return func() { plansDone(); tasksDone() }
}

// again has a path looked at as if it was new.
func (n *newMusic) again(rel string) {
	if n.watch != nil {
		n.watch.Again(rel)
	}
}
