package server

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"musicdb/media/tasks"
	"musicdb/server/wire"
)

// Tasks are what the protocol calls uploads, their integration, imports and scans.
// Package tasks does them; here their requests come in and what they tell goes out.

const taskSource = "MusicDB:Task"

// taskLists is the result of GetCurrentTasks (MusicDB protocol, shared types).
type taskLists struct {
	Videos     []task `json:"videos"`
	AlbumFiles []task `json:"albumfiles"`
	Albums     []task `json:"albums"`
	Artworks   []task `json:"artworks"`
	Any        []task `json:"any"`
}

// task is a task as clients see it (MusicDB protocol, shared types).
type task struct {
	ID                 string          `json:"id"`
	State              string          `json:"state"`
	ContentType        string          `json:"contenttype"`
	MimeType           *string         `json:"mimetype"`
	Annotations        json.RawMessage `json:"annotations"`
	InitializationTime int64           `json:"initializationtime"` // unix time
	UpdateTime         *int64          `json:"updatetime"`         // unix time
	FileSize           *int64          `json:"filesize"`           // bytes
	Offset             *int64          `json:"offset"`             // bytes
	SourceFileName     *string         `json:"sourcefilename"`
	SourceChecksum     *string         `json:"sourcechecksum"`
	UploadPath         *string         `json:"uploadpath"`
	PreprocessedPath   *string         `json:"preprocessedpath"`
	VideoPath          *string         `json:"videopath"`
	AlbumPath          *string         `json:"albumpath"`
	AwSourceType       *string         `json:"awsourcetype"`
	AwSourcePath       *string         `json:"awsourcepath"`
	AlbumFilePath      *string         `json:"albumfilepath,omitempty"`
	VideoFile          *string         `json:"videofile,omitempty"`

	// What follows is ours.

	Plan     int64          `json:"plan,omitempty"`     // id of the plan that waits for consent, or is carried out
	Failure  *taskFailure   `json:"failure,omitempty"`  // why the task has failed
	Progress *tasks.Advance `json:"progress,omitempty"` // of the present work
	Unsaved  string         `json:"unsaved,omitempty"`  // why the task would be lost by a restart
}

// taskFailure says why a task has failed.
type taskFailure struct {
	Message string `json:"message"`
	Cause   string `json:"cause,omitempty"`  // what was wrong, with what
	Remedy  string `json:"remedy,omitempty"` // what the user can do
}

func showTask(t tasks.Task) task {
	annotations, _ := json.Marshal(t.Annotations) // raw values that were read from JSON always encode
	shown := task{
		t.ID, t.State.String(), string(t.ContentType), t.MimeType, annotations, t.InitializationTime, t.UpdateTime, t.FileSize, t.Offset,
		t.SourceFileName, t.SourceChecksum, t.UploadPath, t.PreprocessedPath, t.VideoPath, t.AlbumPath, (*string)(t.AwSourceType), t.AwSourcePath,
		t.AlbumFilePath, t.VideoFile, t.Plan, nil, t.Progress, t.Unsaved,
	}
	if f := t.Failure; f != nil {
		shown.Failure = &taskFailure{f.Message, f.Cause, f.Remedy}
	}
	return shown
}

func showTasks(l *tasks.Lists) taskLists {
	show := func(list []tasks.Task) []task {
		shown := make([]task, len(list))
		for i, t := range list {
			shown[i] = showTask(t)
		}
		return shown
	}
	return taskLists{show(l.Videos), show(l.AlbumFiles), show(l.Albums), show(l.Artworks), show(l.Any)}
}

// taskStatus are the arguments of a task notification (MusicDB protocol, section 6).
type taskStatus struct {
	TaskID    *string    `json:"taskid"`
	Offset    *int64     `json:"offset"`    // bytes received
	ChunkSize *int64     `json:"chunksize"` // bytes
	State     string     `json:"state"`
	Task      *task      `json:"task"`
	Message   *string    `json:"message"`
	TaskList  *taskLists `json:"tasklist,omitempty"` // not in ChunkRequest
}

// subscribeTasks turns what tasks tell into notifications, and a finished import into
// new lists for everybody.
func (s *Server) subscribeTasks() {
	s.unsubscribe = append(s.unsubscribe, s.o.Tasks.Subscribe(func(n tasks.Notification) {
		if n.Kind == tasks.Refresh {
			select {
			case s.stale <- struct{}{}:
			default: // an update is due anyway
			}
			return
		}
		raw, _ := json.Marshal(statusOf(n)) // plain fields always encode
		s.broadcast(wire.Notification(taskSource, n.Kind.String(), raw))
	}))
}

func statusOf(n tasks.Notification) taskStatus {
	status := taskStatus{State: tasks.NotExisting}
	if n.Task != nil {
		shown := showTask(*n.Task)
		status.TaskID, status.Offset, status.ChunkSize, status.State, status.Task = &shown.ID, shown.Offset, new(int64(tasks.ChunkSize)), shown.State, &shown
	}
	if n.Message != "" {
		status.Message = &n.Message
	}
	if n.Lists != nil {
		lists := showTasks(n.Lists)
		status.TaskList = &lists
	}
	return status
}

func (s *Server) getCurrentTasks(context.Context, none) (taskLists, error) {
	return showTasks(s.o.Tasks.Tasks()), nil
}

func (s *Server) getTasks(context.Context, none) ([]task, error) {
	all := []task{}
	for _, t := range s.o.Tasks.All() {
		all = append(all, showTask(t))
	}
	return all, nil
}

// cancelTask, unlike RemoveUpload, answers whether there was such a task, and tells
// nobody else when there was none.
func (s *Server) cancelTask(ctx context.Context, a taskArgs) (bool, error) {
	id := taskID(a.TaskID)
	if _, err := s.o.Tasks.Task(id); err != nil {
		return false, nil //nolint:nilerr // there is no such task
	}
	if s.rejectOffer(ctx, id) {
		return true, nil
	}
	err := s.o.Tasks.Cancel(id)
	return err == nil, ignoreNoTask(err)
}

// rejectOffer rejects the plan that a task waits for consent to, which ends the task. The
// plan comes first: a task that is gone while its plan waits would be offered again.
func (s *Server) rejectOffer(ctx context.Context, id string) (ended bool) {
	t, err := s.o.Tasks.Task(id)
	if err != nil || t.State != tasks.WaitForConsent || t.Plan == 0 || s.o.Plans == nil {
		return false
	}
	if _, err := s.o.Plans.Reject(context.WithoutCancel(ctx), t.Plan, actorOf(ctx).Client); err != nil {
		s.log.Info("the plan of a cancelled task was not rejected", "task", id, "plan", t.Plan, "err", err)
		return false
	}
	_, err = s.o.Tasks.Task(id)
	return err != nil
}

// taskArgs name a task. The id may be anything, since any other than that of a task
// is answered in the same way.
type taskArgs struct {
	TaskID wire.Any `json:"taskid" type:"string"`
}

// taskID is the id of a task; what is no text names none.
func taskID(id wire.Any) string {
	text, _ := id.Text()
	return text
}

type annotateArgs struct {
	TaskID wire.Any  `json:"taskid" type:"string"`
	Values wire.Rest `json:"*"`
}

// annotateUpload keeps every argument, the id included, as the protocol has it. What
// was wrong was told to everybody.
func (s *Server) annotateUpload(_ context.Context, a annotateArgs) (nothing, error) {
	values := map[string]json.RawMessage{}
	a.Values.Each(func(name string, value json.RawMessage) { values[name] = slices.Clone(value) })
	return nothing{}, ignoreNoTask(s.o.Tasks.Annotate(taskID(a.TaskID), values))
}

func (s *Server) removeUpload(ctx context.Context, a taskArgs) (nothing, error) {
	if s.rejectOffer(ctx, taskID(a.TaskID)) {
		return nothing{}, nil
	}
	return nothing{}, ignoreNoTask(s.o.Tasks.Cancel(taskID(a.TaskID)))
}

// ignoreNoTask answers null for a task that does not exist: everybody was told.
func ignoreNoTask(err error) error {
	if errors.Is(err, tasks.ErrNoTask) {
		return nil
	}
	return err
}

type integrationArgs struct {
	TaskID    wire.Any  `json:"taskid" type:"string"`
	MusicPath wire.Text `json:"musicpath"`
}

// initiateContentIntegration answers with the id of the task, with false for one that
// is in another state, and with null for one that does not exist or a path that is of
// no use.
func (s *Server) initiateContentIntegration(_ context.Context, a integrationArgs) (any, error) {
	id := taskID(a.TaskID)
	err := s.o.Tasks.Integrate(id, string(a.MusicPath))
	var state *tasks.StateError
	switch {
	case errors.As(err, &state):
		return false, nil
	case err != nil:
		return s.nullFor("integration", err)
	}
	return id, nil
}

// nullFor answers null and leaves the reason in the log.
func (s *Server) nullFor(what string, err error) (any, error) {
	if errors.Is(err, tasks.ErrTarget) || errors.Is(err, tasks.ErrNoTask) {
		s.log.Info("a task was not begun", "task", what, "err", err)
		return nil, nil //nolint:nilnil // null is the documented answer
	}
	return nil, err
}

type initiateMusicImportArgs struct {
	ContentType wire.Text `json:"contenttype"`
	ContentPath wire.Text `json:"contentpath"`
}

func (s *Server) initiateMusicImport(_ context.Context, a initiateMusicImportArgs) (any, error) {
	id, err := s.o.Tasks.ImportMusic(tasks.ContentType(a.ContentType), string(a.ContentPath))
	if err != nil {
		return s.nullFor("import", err)
	}
	return id, nil
}

type initiateArtworkImportArgs struct {
	SourcePath wire.Text `json:"sourcepath"`
	TargetPath wire.Text `json:"targetpath"`
}

func (s *Server) initiateArtworkImport(_ context.Context, a initiateArtworkImportArgs) (any, error) {
	id, err := s.o.Tasks.ImportArtwork(string(a.SourcePath), string(a.TargetPath))
	if err != nil {
		return s.nullFor("artwork", err)
	}
	return id, nil
}

func (s *Server) initiateFilesystemScan(context.Context, none) (string, error) {
	return s.o.Tasks.Scan()
}
