package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"musicdb/media/doctor"
	"musicdb/server/client"
)

// How a running server is asked.
const (
	doctorPause    = 200 * time.Millisecond // between two questions
	doctorPatience = 30 * time.Second       // for one answer
	doctorPage     = 500                    // verdicts in an answer
)

// serversStatus is the status in the answers of a server, as far as it is printed.
type serversStatus struct {
	State    doctor.State           `json:"state"`
	Path     string                 `json:"path"`
	Thorough bool                   `json:"thorough"`
	Began    int64                  `json:"began"`
	Ended    *int64                 `json:"ended"`
	Albums   int                    `json:"albums"`
	Files    int                    `json:"files"`
	Listened doctor.Listened        `json:"listened"`
	Verdicts int                    `json:"verdicts"`
	Kept     int                    `json:"kept"`
	Counts   map[doctor.Illness]int `json:"counts"`
	Failure  string                 `json:"failure"`
}

func (s serversStatus) status() doctor.Status {
	status := doctor.Status{State: s.State, Path: s.Path, Thorough: s.Thorough, Began: time.Unix(s.Began, 0), Albums: s.Albums, Files: s.Files,
		Listened: s.Listened, Verdicts: s.Verdicts, Kept: s.Kept, Counts: s.Counts, Failure: s.Failure}
	if s.Ended != nil {
		status.Ended = time.Unix(*s.Ended, 0)
	}
	return status
}

// askServer lets the server that runs on the data directory examine the collection.
// Cancelling ctx cancels that, too.
func askServer(ctx context.Context, c *Settings, order doctor.Order, tell func(doctor.Verdict)) (status doctor.Status, err error) {
	options, err := c.clientOptions()
	if err != nil {
		return status, err
	}
	server, err := client.Open(ctx, options)
	if err != nil {
		return status, fmt.Errorf("a server runs on %s, but it cannot be asked: %w; check the settings of its websocket, or stop it", c.Directories.Data, err)
	}
	defer func() { _ = server.Close() }() // everything was answered
	var begun struct {
		Started bool          `json:"started"`
		Why     string        `json:"why"`
		Status  serversStatus `json:"status"`
	}
	if err := askFor(ctx, server, "Diagnose", map[string]any{"path": order.Path, "thorough": order.Thorough}, &begun); err != nil {
		return status, err
	}
	if !begun.Started {
		return status, fmt.Errorf("the server does not examine that: %s", begun.Why)
	}
	defer func() {
		if ctx.Err() != nil {
			err = errors.Join(err, askFor(context.WithoutCancel(ctx), server, "CancelDiagnosis", nil, nil))
		}
	}()
	return follow(ctx, server, tell)
}

// follow tells the verdicts of a server as they come, until its examination is over.
func follow(ctx context.Context, server *client.Session, tell func(doctor.Verdict)) (status doctor.Status, err error) {
	pause := time.NewTicker(doctorPause)
	defer pause.Stop()
	for offset := 0; ; {
		var page struct {
			Status   serversStatus    `json:"status"`
			Verdicts []doctor.Verdict `json:"verdicts"`
		}
		if err := askFor(ctx, server, "GetDiagnosis", map[string]any{"offset": offset, "limit": doctorPage}, &page); err != nil {
			return status, err
		}
		status = page.Status.status()
		for _, v := range page.Verdicts {
			tell(v)
		}
		offset += len(page.Verdicts)
		switch {
		case len(page.Verdicts) > 0 && offset < status.Kept:
			continue
		case status.State == doctor.Failed:
			return status, fmt.Errorf("the examination has failed: %s", status.Failure)
		case status.State == doctor.Cancelled:
			return status, context.Canceled
		case !status.State.Working():
			return status, nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return status, ctx.Err()
		}
	}
}

// askFor calls a function of the server.
func askFor(ctx context.Context, server *client.Session, function string, arguments, result any) error {
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	answer, err := server.Request(ctx, function, arguments)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the server does not answer to %s; is it older than this program?", function)
	}
	if err != nil {
		return err
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer, result)
}
