package server

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"musicdb/fsm"
	"musicdb/media/plans"
	"musicdb/media/tasks"
	"musicdb/server/wire"
)

// planSource is the source of notifications about plans. It is ours.
const planSource = "MusicDB:Plans"

// subscribePlans tells everybody when a plan has changed its state, and has lists loaded
// again when that has changed the library.
func (s *Server) subscribePlans() {
	if s.o.Plans == nil {
		return
	}
	s.unsubscribe = append(s.unsubscribe, s.o.Plans.Subscribe(func(p plans.Plan) {
		raw, _ := json.Marshal(showPlan(p)) // a plan was stored as JSON before
		s.broadcast(wire.Notification(planSource, "onPlanChanged", raw))
		if p.State == plans.Undone || p.State == plans.Applied && !s.isOfTask(p.ID) {
			select {
			case s.stale <- struct{}{}:
			default: // an update is due anyway
			}
		}
		switch p.State {
		case plans.Applied:
			s.o.Tasks.PlanApplied(p.ID)
		case plans.Rejected, plans.Stale, plans.Forgotten:
			s.o.Tasks.PlanWithdrawn(p.ID)
		default: // the offer of it, if there is one, stays
		}
	}))
}

// isOfTask reports whether a task carries a plan out, or has offered it. That has lists
// loaded again when it is at its end.
func (s *Server) isOfTask(id int64) bool {
	return s.o.Tasks != nil && slices.ContainsFunc(s.o.Tasks.All(), func(t tasks.Task) bool {
		return t.Plan == id && (t.State == tasks.ImportingMusic || t.State == tasks.WaitForConsent)
	})
}

// planAnswer is what has become of a request to do something with a plan.
type planAnswer struct {
	Plan    *plan    `json:"plan"`    // as it is now; null: there is none of this id
	Done    bool     `json:"done"`    // what was asked for
	Message string   `json:"message"` // why it was not done, and what can be done about it; empty if it was
	Since   []string `json:"since"`   // what has changed since the plan was made or applied, and stands against it
	// Owned: all of that is what users have said and done. UndoPlan does it in spite of
	// that when it is called with lose.
	Owned bool `json:"owned"`
}

type planArgs struct {
	PlanID wire.Int `json:"planid"`
}

type undoPlanArgs struct {
	PlanID wire.Int      `json:"planid"`
	Lose   wire.MaybeAny `json:"lose" type:"bool"`
}

// getPlans lists all plans and changes that can be taken back, the newest first,
// without their operations.
func (s *Server) getPlans(ctx context.Context, _ none) ([]plan, error) {
	shown := []plan{}
	if s.o.Plans == nil {
		return shown, nil
	}
	all, err := s.o.Plans.List(ctx)
	for _, p := range all {
		shown = append(shown, showPlan(p))
	}
	return shown, err
}

// getPlan returns a plan with its operations and doubts.
func (s *Server) getPlan(ctx context.Context, a planArgs) (planAnswer, error) {
	return s.withPlan(ctx, a.PlanID, func(id int64) (plans.Plan, error) { return s.o.Plans.Get(ctx, id) })
}

// applyPlan goes on when the client has gone: who has agreed need not wait.
func (s *Server) applyPlan(ctx context.Context, a planArgs) (planAnswer, error) {
	return s.withPlan(ctx, a.PlanID, func(id int64) (plans.Plan, error) {
		return s.o.Plans.Apply(s.ctx, id, actorOf(ctx).Client, s.planProgress())
	})
}

func (s *Server) undoPlan(ctx context.Context, a undoPlanArgs) (planAnswer, error) {
	lose := a.Lose.Given && string(a.Lose.Any) == "true"
	return s.withPlan(ctx, a.PlanID, func(id int64) (plans.Plan, error) {
		return s.o.Plans.Undo(s.ctx, id, actorOf(ctx).Client, lose, s.planProgress())
	})
}

func (s *Server) rejectPlan(ctx context.Context, a planArgs) (planAnswer, error) {
	return s.withPlan(ctx, a.PlanID, func(id int64) (plans.Plan, error) {
		return s.o.Plans.Reject(context.WithoutCancel(ctx), id, actorOf(ctx).Client)
	})
}

// planProgress tells everybody how far a plan has come.
func (s *Server) planProgress() func(plans.Progress) {
	return seldom(func(p plans.Progress) {
		raw, _ := json.Marshal(p) // plain fields always encode
		s.broadcast(wire.Notification(planSource, "onPlanProgress", raw))
	})
}

// progressPause is the least time between two notifications of progress. An album of
// thousands of files would fill the outboxes of clients that are slow, which are closed
// then.
const progressPause = 100 * time.Millisecond

// seldom calls tell at most once in each pause. The calls must be of one goroutine.
func seldom(tell func(plans.Progress)) func(plans.Progress) {
	var last time.Time
	return func(p plans.Progress) {
		if now := time.Now(); last.IsZero() || now.Sub(last) >= progressPause {
			last = now
			tell(p)
		}
	}
}

// withPlan does something with a plan and tells what has become of it. What the user
// can do something about is an answer, everything else an error.
func (s *Server) withPlan(ctx context.Context, id wire.Int, do func(id int64) (plans.Plan, error)) (planAnswer, error) {
	answer := planAnswer{Since: []string{}}
	if s.o.Plans == nil {
		answer.Message = "this server keeps no plans"
		return answer, nil
	}
	p, err := do(int64(id))
	if err == nil {
		shown := showPlan(p)
		answer.Plan, answer.Done = &shown, true
		return answer, nil
	}
	answer.Message = err.Error()
	var (
		stale  *plans.StaleError
		since  *plans.SinceError
		failed *plans.FailedError
	)
	switch {
	case errors.Is(err, plans.ErrUnknown):
		return answer, nil
	case errors.As(err, &stale):
		answer.Since = stale.Since
	case errors.As(err, &since):
		answer.Since, answer.Owned = since.Since, since.Owned
	case errors.As(err, &failed), errors.Is(err, plans.ErrBusy), errors.Is(err, fsm.ErrRefused):
	default:
		return planAnswer{}, err
	}
	now, err := s.o.Plans.Get(ctx, int64(id))
	if err != nil {
		return planAnswer{}, err
	}
	shown := showPlan(now)
	answer.Plan = &shown
	return answer, nil
}
