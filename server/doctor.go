package server

import (
	"context"
	"errors"
	"time"

	"musicdb/media/doctor"
	"musicdb/server/wire"
)

// Examinations of the collection are ours; MusicDB 8 has none.

const doctorSource = "MusicDB:Doctor"

// maxVerdicts is how many verdicts one answer holds.
const maxVerdicts = 500

var errNoDoctor = errors.New("this server examines nothing")

// diagnosis is how far an examination has come, or how the last one ended.
type diagnosis struct {
	State    string         `json:"state"` // idle, looking, listening, done, failed, cancelled, closed
	Path     string         `json:"path"`  // that was asked for, empty: everything
	Thorough bool           `json:"thorough"`
	Began    *int64         `json:"began"` // unix time
	Ended    *int64         `json:"ended"` // unix time, null while it runs
	Albums   int            `json:"albums"`
	Files    int            `json:"files"`
	Current  string         `json:"current"` // path that is being worked on
	Listened listened       `json:"listened"`
	Verdicts int            `json:"verdicts"` // found
	Kept     int            `json:"kept"`     // of these that GetDiagnosis returns
	Counts   map[string]int `json:"counts"`   // verdicts by illness
	Failure  string         `json:"failure,omitempty"`
}

// listened is how far decoding has come.
type listened struct {
	Songs      int     `json:"songs"`
	OfSongs    int     `json:"ofsongs"`
	Seconds    float64 `json:"seconds"` // of sound
	OfSeconds  float64 `json:"ofseconds"`
	Remaining  float64 `json:"remaining"`  // seconds until the end as they are estimated, 0: not known
	Throughput float64 `json:"throughput"` // seconds of sound per second
}

// diagnosed is a verdict.
type diagnosed struct {
	Illness   string   `json:"illness"`
	Subject   string   `json:"subject"` // song, video, album, artist, file, database, data
	Path      string   `json:"path"`
	ID        int64    `json:"id,omitempty"` // of the row
	Certainty string   `json:"certainty"`    // certain, likely, possible
	Reason    string   `json:"reason"`
	Remedy    string   `json:"remedy"`
	Related   []string `json:"related,omitempty"` // paths
	Fix       string   `json:"fix,omitempty"`     // what a plan could do: writetags, move, setcover, changerow, removerow
}

// diagnosisBegun is the result of Diagnose.
type diagnosisBegun struct {
	Started bool      `json:"started"`
	Why     string    `json:"why,omitempty"` // if nothing was started
	Status  diagnosis `json:"status"`
}

// diagnosisPage is the result of GetDiagnosis.
type diagnosisPage struct {
	Status   diagnosis   `json:"status"`
	Offset   int         `json:"offset"`
	Verdicts []diagnosed `json:"verdicts"`
}

func unixTime(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	seconds := t.Unix()
	return &seconds
}

func diagnosisOf(s doctor.Status) diagnosis {
	d := diagnosis{
		State: s.State.String(), Path: s.Path, Thorough: s.Thorough, Began: unixTime(s.Began), Ended: unixTime(s.Ended), Albums: s.Albums, Files: s.Files,
		Current: s.Current, Listened: listened(s.Listened), Verdicts: s.Verdicts, Kept: s.Kept, Counts: map[string]int{}, Failure: s.Failure,
	}
	for illness, n := range s.Counts {
		d.Counts[illness.String()] = n
	}
	return d
}

func diagnosedOf(v doctor.Verdict) diagnosed {
	return diagnosed{Illness: v.Illness.String(), Subject: string(v.Subject), Path: v.Path, ID: v.ID, Certainty: string(v.Certainty),
		Reason: v.Reason, Remedy: v.Remedy, Related: v.Related, Fix: string(v.Fix)}
}

// subscribeDoctor tells all clients how an examination goes on.
func (s *Server) subscribeDoctor() {
	if s.o.Doctor == nil {
		return
	}
	s.unsubscribe = append(s.unsubscribe, s.o.Doctor.Subscribe(func(status doctor.Status) {
		event := "onDiagnosisProgress"
		if !status.State.Working() {
			event = "onDiagnosisFinished"
		}
		s.notify(doctorSource, event, diagnosisOf(status))
	}))
}

type diagnoseArgs struct {
	Path     wire.MaybeAny `json:"path" type:"string"`
	Thorough wire.MaybeAny `json:"thorough" type:"bool"`
}

// diagnose begins an examination of everything, or of the path of an artist, album,
// song or video.
func (s *Server) diagnose(_ context.Context, a diagnoseArgs) (diagnosisBegun, error) {
	if s.o.Doctor == nil {
		return diagnosisBegun{}, errNoDoctor
	}
	var order doctor.Order
	var ok bool
	if a.Path.Given {
		if order.Path, ok = a.Path.Text(); !ok {
			return diagnosisBegun{}, &wire.ArgumentError{Name: "path", Wants: "string", Cause: wire.ErrType}
		}
	}
	if a.Thorough.Given {
		if order.Thorough, ok = a.Thorough.Bool(); !ok {
			return diagnosisBegun{}, &wire.ArgumentError{Name: "thorough", Wants: "bool", Cause: wire.ErrType}
		}
	}
	err := s.o.Doctor.Start(s.ctx, order)
	begun := diagnosisBegun{Started: err == nil, Status: diagnosisOf(s.o.Doctor.Status())}
	if err != nil {
		begun.Why = err.Error()
	}
	return begun, nil
}

type getDiagnosisArgs struct {
	Offset wire.MaybeInt `json:"offset"`
	Limit  wire.MaybeInt `json:"limit"`
}

// getDiagnosis returns a page of what was found so far.
func (s *Server) getDiagnosis(_ context.Context, a getDiagnosisArgs) (diagnosisPage, error) {
	if s.o.Doctor == nil {
		return diagnosisPage{}, errNoDoctor
	}
	limit := int64(maxVerdicts)
	if a.Limit.Given {
		limit = min(max(a.Limit.Value, 0), maxVerdicts)
	}
	offset := min(max(a.Offset.Value, 0), doctor.MaxKept)
	// The state first: what is found at last is among the verdicts of an examination
	// that was already seen at its end.
	page := diagnosisPage{Status: diagnosisOf(s.o.Doctor.Status()), Offset: int(offset), Verdicts: []diagnosed{}}
	verdicts, _ := s.o.Doctor.Verdicts(int(offset), int(limit))
	for _, v := range verdicts {
		page.Verdicts = append(page.Verdicts, diagnosedOf(v))
	}
	return page, nil
}

// cancelDiagnosis ends the examination that runs; false if there is none.
func (s *Server) cancelDiagnosis(context.Context, none) (bool, error) {
	if s.o.Doctor == nil {
		return false, errNoDoctor
	}
	return s.o.Doctor.Cancel(), nil
}

type proposeRepairsArgs struct {
	Path wire.MaybeAny `json:"path" type:"string"`
}

// repairsProposed is the result of ProposeRepairs.
type repairsProposed struct {
	Plans   []plan `json:"plans"`
	Message string `json:"message"` // why there are none, or not all; empty if all were made
}

// proposeRepairs makes a plan for each album of which the last examination has found
// something that can be repaired. ApplyPlan agrees to one.
func (s *Server) proposeRepairs(ctx context.Context, a proposeRepairsArgs) (repairsProposed, error) {
	if s.o.Doctor == nil || s.o.Plans == nil {
		return repairsProposed{}, errNoDoctor
	}
	path := ""
	if a.Path.Given {
		var ok bool
		if path, ok = a.Path.Text(); !ok {
			return repairsProposed{}, &wire.ArgumentError{Name: "path", Wants: "string", Cause: wire.ErrType}
		}
	}
	proposed := repairsProposed{Plans: []plan{}}
	repairs, err := s.o.Doctor.Repairs(ctx, path)
	for _, p := range repairs {
		p.By = actorOf(ctx).Client
		if p, err = s.o.Plans.Propose(ctx, p); err != nil {
			break
		}
		proposed.Plans = append(proposed.Plans, showPlan(p))
	}
	if err != nil {
		proposed.Message = err.Error()
	}
	return proposed, nil
}
