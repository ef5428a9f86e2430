package server

import (
	"context"

	"musicdb/media/tasks"
	"musicdb/server/wire"
)

type initiateUploadArgs struct {
	TaskID      wire.Text `json:"taskid"`
	MimeType    wire.Text `json:"mimetype"`
	ContentType wire.Text `json:"contenttype"`
	FileSize    wire.Int  `json:"filesize"`
	Checksum    wire.Text `json:"checksum"`
	FileName    wire.Text `json:"filename"`
}

// initiateUpload answers with the id that it got; that the upload is refused is
// said by the notification before.
func (s *Server) initiateUpload(_ context.Context, a initiateUploadArgs) (string, error) {
	err := s.o.Tasks.Upload(tasks.Announcement{
		ID: string(a.TaskID), MimeType: string(a.MimeType), ContentType: tasks.ContentType(a.ContentType), Size: int64(a.FileSize),
		Checksum: string(a.Checksum), FileName: string(a.FileName),
	})
	return string(a.TaskID), err
}

// uploadChunkArgs: offset is ours. It says where in the file the chunk belongs, so that
// one that is sent twice does no harm.
type uploadChunkArgs struct {
	TaskID    wire.Any      `json:"taskid" type:"string"`
	ChunkData wire.Hex      `json:"chunkdata"`
	Offset    wire.MaybeInt `json:"offset"`
}

func (s *Server) uploadChunk(ctx context.Context, a uploadChunkArgs) (nothing, error) {
	at := int64(tasks.Anywhere)
	if a.Offset.Given {
		at = max(0, a.Offset.Value)
	}
	return nothing{}, ignoreNoTask(s.o.Tasks.Chunk(ctx, taskID(a.TaskID), a.ChunkData, at))
}
