package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"musicdb/media/files"
	"musicdb/media/plans"
	"musicdb/media/plans/intake"
	"musicdb/media/tasks"
	"musicdb/media/watch"
)

// newMusic makes of new music that the watch has seen what clients are asked: a plan, and
// a task that waits for consent to it.
type newMusic struct {
	tasks   *tasks.Manager
	plans   *plans.Keeper
	planner *intake.Planner
	enters  AutoImport
	log     *slog.Logger
}

// byWatch is on whose behalf plans of new music are made.
const byWatch = "the watch of the music directory"

// offer proposes a plan and asks for consent. What was offered before and is the same
// keeps its plan; what the user has rejected is not offered again as long as it is the
// same. Where music enters by itself it is not asked for: then nothing but rows and a
// cover are made of it, because files are not changed without consent.
func (n *newMusic) offer(ctx context.Context, found watch.New) error {
	wish := intake.Everything
	if n.enters == ImportOn {
		wish = intake.Wish{Cover: true}
	}
	rel := found.Candidate.Path
	plan, err := n.planner.Plan(ctx, rel, wish)
	var refused *intake.RefusedError
	if errors.As(err, &refused) {
		n.log.Warn("new music is no album and no video that could enter", "path", rel, "because", err)
		return nil // it is looked at again when it has changed
	}
	if err != nil {
		return err
	}
	before, known, err := n.lastPlan(ctx, rel)
	if err != nil {
		return err
	}
	if known && same(before.Operations, plan.Operations) {
		_, waits := n.tasks.OfferAt(rel)
		if before.State == plans.Rejected && before.Outcome.By != byWatch || before.State == plans.Proposed && waits {
			return nil
		}
	}
	plan.By = byWatch
	if plan, err = n.plans.Propose(ctx, plan); err != nil {
		return err
	}
	kind := tasks.Album
	if found.Kind == files.KindVideo {
		kind = tasks.Video
	}
	id, replaced, err := n.tasks.Offer(tasks.Offered{ContentType: kind, Path: rel, Plan: plan.ID, Annotations: map[string]any{
		"title": plan.Title, "doubts": len(plan.Doubts), "artistname": found.Candidate.Artist, "name": found.Candidate.Name, "release": found.Candidate.Release,
	}})
	n.reject(ctx, replaced)
	if err == nil && n.enters == ImportOn {
		err = n.tasks.Consent(id)
	}
	if err != nil {
		return err
	}
	n.log.Info("new music", "path", rel, "plan", plan.ID, "task", id, "enters", n.enters == ImportOn, "doubts", len(plan.Doubts))
	return nil
}

// same compares operations as they are kept.
func same(a, b []plans.Operation) bool {
	one, err := json.Marshal(a)
	other, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(one, other)
}

// withdraw takes an offer back whose music is gone, or in the library.
func (n *newMusic) withdraw(ctx context.Context, rel string) error {
	n.reject(ctx, n.tasks.Withdraw(rel))
	return nil
}

// reject ends a plan that nobody is asked about any more.
func (n *newMusic) reject(ctx context.Context, plan int64) {
	if plan == 0 {
		return
	}
	if _, err := n.plans.Reject(ctx, plan, byWatch); err != nil {
		n.log.Debug("the plan of an offer could not be rejected", "plan", plan, "err", err)
	}
}

// lastPlan is the newest plan for a path that was made for the watch, with its operations.
func (n *newMusic) lastPlan(ctx context.Context, rel string) (plans.Plan, bool, error) {
	list, err := n.plans.List(ctx)
	if err != nil {
		return plans.Plan{}, false, err
	}
	i := slices.IndexFunc(list, func(p plans.Plan) bool {
		return p.Path == rel && p.By == byWatch && (p.Kind == plans.ImportAlbum || p.Kind == plans.ImportVideo)
	})
	if i < 0 {
		return plans.Plan{}, false, nil
	}
	plan, err := n.plans.Get(ctx, list[i].ID)
	return plan, err == nil, err
}

// openWatch makes the watch of the music directory, or none if it is not to be watched.
func (n *newMusic) openWatch(sweep time.Duration, o watch.Options) *watch.Watch {
	if sweep == 0 {
		return nil
	}
	o.Sweep, o.Offer, o.Withdraw, o.Log = sweep, n.offer, n.withdraw, n.log
	return watch.Open(o)
}
