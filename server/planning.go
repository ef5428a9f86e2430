package server

import (
	"context"
	"errors"

	"musicdb/media/plans/intake"
	"musicdb/server/wire"
)

type planImportArgs struct {
	Path   wire.Text     `json:"path"`
	Repair wire.MaybeAny `json:"repair" type:"bool"`
}

// plannedImport is the result of PlanImport.
type plannedImport struct {
	Plan    *plan  `json:"plan"`    // with its operations and doubts; null: none can be made
	Message string `json:"message"` // why there is none, and what can be done about it; empty with a plan
}

var errNoPlans = errors.New("this server makes no plans")

// planImport looks at an album's directory or a video that is new, and keeps a plan
// of what would be done. Nothing is written before somebody agrees to it.
func (s *Server) planImport(ctx context.Context, a planImportArgs) (plannedImport, error) {
	if s.o.Planner == nil || s.o.Plans == nil {
		return plannedImport{}, errNoPlans
	}
	wish := intake.Everything
	wish.Repair = a.Repair.Given && string(a.Repair.Any) == "true"
	made, err := s.o.Planner.Plan(ctx, string(a.Path), wish)
	if err == nil {
		made.By = actorOf(ctx).Client
		made, err = s.o.Plans.Propose(ctx, made)
	}
	switch {
	case ctx.Err() != nil:
		return plannedImport{}, context.Cause(ctx)
	case err != nil:
		return plannedImport{Message: err.Error()}, nil //nolint:nilerr // the client is told why
	}
	shown := showPlan(made)
	return plannedImport{Plan: &shown}, nil
}
