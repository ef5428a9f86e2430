package server

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"musicdb/media/tasks"
	"musicdb/server/wire"
)

// refuseTask tells all clients why something that concerns a task was refused.
func (s *Server) refuseTask(message string) {
	raw, _ := json.Marshal(statusOf(tasks.Notification{Message: message, Lists: s.o.Tasks.Tasks()})) // plain fields always encode
	s.broadcast(wire.Notification(taskSource, tasks.InternalError.String(), raw))
}

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
		s.refuseTask(tasks.MessageUploadsDeactivated)
	}
	return string(a.TaskID), nil
}

type uploadChunkArgs struct {
	TaskID    wire.Any  `json:"taskid" type:"string"`
	ChunkData wire.Text `json:"chunkdata"`
}

func (s *Server) uploadChunk(context.Context, uploadChunkArgs) (nothing, error) {
	s.refuseTask(tasks.MessageInvalidTask)
	return nothing{}, nil
}
