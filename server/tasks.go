package server

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"musicdb/server/wire"
)

// Tasks are what the protocol calls uploads, their integration, imports and scans.
// This server runs none: uploads are refused in the way that clients know, and
// there is no task that could be named. Files that another server has left in the
// directories tasks and uploads are not touched.

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

// taskNotExisting is the state in notifications about no task.
const taskNotExisting = "notexisting"

func (s *Server) getCurrentTasks(context.Context, none) (taskLists, error) { return noTasks(), nil }

func noTasks() taskLists { return taskLists{[]task{}, []task{}, []task{}, []task{}, []task{}} }

// refuseTask tells all clients why something that concerns a task was refused.
func (s *Server) refuseTask(message string) {
	lists := noTasks()
	raw, _ := json.Marshal(taskStatus{State: taskNotExisting, Message: &message, TaskList: &lists}) // plain fields always encode
	s.broadcast(wire.Notification(taskSource, "InternalError", raw))
}

const invalidTask = "Invalid Task ID"

type initiateUploadArgs struct {
	TaskID      wire.Text `json:"taskid"`
	MimeType    wire.Text `json:"mimetype"`
	ContentType wire.Text `json:"contenttype"`
	FileSize    wire.Int  `json:"filesize"`
	Checksum    wire.Text `json:"checksum"`
	FileName    wire.Text `json:"filename"`
}

var (
	errContentType = errors.New("the content type is none of video, albumfile and artwork")
	errFileSize    = errors.New("the size of the file is not positive")
)

// initiateUpload answers with the id that it got; that the upload is refused is
// said by the notification before.
func (s *Server) initiateUpload(_ context.Context, a initiateUploadArgs) (string, error) {
	contentType := string(a.ContentType)
	switch {
	case !slices.Contains([]string{"video", "albumfile", "artwork"}, contentType):
		return "", errContentType
	case a.FileSize <= 0:
		return "", errFileSize
	case len(s.o.Uploads) > 0 && !slices.Contains(s.o.Uploads, contentType):
		s.refuseTask("Upload of " + contentType + " not allowed")
	default:
		s.refuseTask("Uploads deactivated")
	}
	return string(a.TaskID), nil
}

// The id of a task may be anything, since any other than that of a task is
// answered in the same way.
type (
	uploadChunkArgs struct {
		TaskID    wire.Any  `json:"taskid" type:"string"`
		ChunkData wire.Text `json:"chunkdata"`
	}
	taskArgs struct {
		TaskID wire.Any `json:"taskid" type:"string"`
	}
	integrationArgs struct {
		TaskID    wire.Any  `json:"taskid" type:"string"`
		MusicPath wire.Text `json:"musicpath"`
	}
)

func (s *Server) uploadChunk(context.Context, uploadChunkArgs) (nothing, error) {
	s.refuseTask(invalidTask)
	return nothing{}, nil
}

// annotateUpload takes any further arguments.
func (s *Server) annotateUpload(context.Context, taskArgs) (nothing, error) {
	s.refuseTask(invalidTask)
	return nothing{}, nil
}

func (s *Server) removeUpload(context.Context, taskArgs) (nothing, error) {
	s.refuseTask(invalidTask)
	return nothing{}, nil
}

func (s *Server) initiateContentIntegration(context.Context, integrationArgs) (*string, error) {
	s.refuseTask(invalidTask)
	return nil, nil //nolint:nilnil // null is the documented answer
}

type initiateMusicImportArgs struct {
	ContentType wire.Text `json:"contenttype"`
	ContentPath wire.Text `json:"contentpath"`
}

// initiateMusicImport, like the two below, starts nothing and says so by null.
func (s *Server) initiateMusicImport(context.Context, initiateMusicImportArgs) (*string, error) {
	return nil, nil //nolint:nilnil // null is the documented answer
}

type initiateArtworkImportArgs struct {
	SourcePath wire.Text `json:"sourcepath"`
	TargetPath wire.Text `json:"targetpath"`
}

func (s *Server) initiateArtworkImport(context.Context, initiateArtworkImportArgs) (*string, error) {
	return nil, nil //nolint:nilnil // null is the documented answer
}

func (s *Server) initiateFilesystemScan(context.Context, none) (*string, error) {
	return nil, nil //nolint:nilnil // null is the documented answer
}
