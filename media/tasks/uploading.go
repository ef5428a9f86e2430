package tasks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Announcement is a file that a client wants to upload.
type Announcement struct {
	ID          string // chosen by the client; a task that has it already is replaced
	MimeType    string // may be empty
	ContentType ContentType
	Size        int64  // bytes
	Checksum    string // SHA-1, hexadecimal
	FileName    string // at the client
}

// maxText is the longest text of an announcement, in bytes: all clients get it with
// every notification.
const maxText = 1024

// ErrAnnouncement is matched by the error of an announcement that says nothing useful.
var ErrAnnouncement = errors.New("tasks: this cannot be uploaded")

// check returns the name under which the upload would be kept.
func (a Announcement) check() (name string, err error) {
	switch {
	case !slices.Contains([]ContentType{AlbumFile, Artwork, Video}, a.ContentType):
		return "", fmt.Errorf("%w: the content type is none of %s, %s and %s", ErrAnnouncement, AlbumFile, Artwork, Video)
	case a.Size <= 0:
		return "", fmt.Errorf("%w: the size of the file is not positive", ErrAnnouncement)
	case len(a.MimeType) > maxText || len(a.FileName) > maxText:
		return "", errLongText
	}
	if err := CheckID(a.ID); err != nil {
		return "", err
	}
	return nameUpload(a.ContentType, a.Checksum, a.FileName)
}

var errLongText = fmt.Errorf("tasks: the name or the MIME type of the file is longer than %d bytes", maxText)

// Upload begins an upload (InitiateUpload): everybody hears the ChunkRequest for its
// first bytes. That it is refused, for its type or because its id, checksum or name
// cannot be used, is told to everybody and is no error. An unknown content type and a
// size that is not positive are, as they are for the reference server.
func (m *Manager) Upload(a Announcement) error {
	name, err := a.check()
	switch {
	case errors.Is(err, ErrAnnouncement):
		return err
	case err != nil:
		m.tell(InternalError, nil, strings.TrimPrefix(err.Error(), "tasks: "))
		return nil
	}
	if !slices.Contains(m.o.Uploads, a.ContentType) {
		message := MessageUploadsDeactivated
		if len(m.o.Uploads) > 0 {
			message = fmt.Sprintf("Upload of %s not allowed", a.ContentType)
		}
		m.tell(InternalError, nil, message)
		return nil
	}
	m.announceAlone(a.ID)
	defer m.announcing.Unlock()
	name = m.freeName(name)
	// The file is made with the first chunk; what may be there is nobody's.
	if err := removeFile(m.uploads, name); err != nil {
		failed := &uploadError{"writing", err}
		m.tell(InternalError, nil, fmt.Sprintf("Writing data failed with error: %q; %s", failed.Error(), failed.remedy()))
		return failed
	}
	_, err = m.add(Task{
		ID: a.ID, ContentType: a.ContentType, MimeType: &a.MimeType, FileSize: &a.Size, Offset: new(int64),
		SourceFileName: &a.FileName, SourceChecksum: &a.Checksum, UploadPath: &name,
	}, Announce)
	return err
}

// announceAlone waits until no task has the id, and takes the lock of announcements. A
// step that works on the task which is replaced may want that lock before it ends, so
// that it is not held meanwhile.
func (m *Manager) announceAlone(id string) {
	for {
		m.drop(id)
		m.announcing.Lock()
		if _, err := m.find(id); err != nil {
			return
		}
		m.announcing.Unlock() // somebody else has announced the same file
	}
}

// Anywhere is the offset of a chunk whose client does not say where it belongs: it is
// taken for the next one.
const Anywhere = -1

// Chunk takes the next bytes of an upload (UploadChunk) and asks for more, or goes on
// with the complete file. It may use the memory of the chunk until it returns. An
// empty chunk asks to be told where to go on.
//
// The protocol does not say where a chunk belongs. A client that does, by the offset in
// the file, is protected against sending one twice: what was received already is passed
// by, and what lies farther on is asked for again when its turn has come.
//
// The chunk is in its file when Chunk returns. Where that is due to be forced to the
// disk, or all bytes are there, Chunk does not wait for what follows: many files can be
// forced to the disk at the same time.
//
// Everything that is wrong with the bytes or the disk is a failure of the task. Errors
// are ErrNoTask, and that of the context when it ends while what was received before a
// restart is read again.
func (m *Manager) Chunk(ctx context.Context, id string, chunk []byte, at int64) error {
	r, err := m.lock(id)
	if err != nil {
		return err
	}
	u, err := r.take(ctx, chunk, at)
	// The lock goes along: whoever wants the task waits as if nobody else did it.
	if err == nil && u != nil && u.due() && m.later(func(ctx context.Context) {
		defer r.mu.Unlock()
		if err := r.goOn(ctx, u, nil); err != nil {
			m.o.Log.Info("an upload was not completed", "task", id, "err", err)
		}
	}) {
		return nil
	}
	defer r.mu.Unlock()
	if err == nil && u == nil {
		return nil
	}
	return r.goOn(ctx, u, err)
}

// later does something beside the workers. It is false where there are none.
func (m *Manager) later(do func(context.Context)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ctx == nil || m.ctx.Err() != nil {
		return false
	}
	m.workers.Go(func() { do(m.ctx) })
	return true
}

// take writes a chunk. Without an upload and an error there is nothing more to do.
func (r *record) take(ctx context.Context, chunk []byte, at int64) (*upload, error) {
	if r.task.State != WaitForChunk {
		r.m.tell(StateUpdate, r.shown.Load(), "")
		return nil, nil //nolint:nilnil // see above
	}
	u, err := r.receiver()
	switch {
	case err != nil:
		return nil, err
	case at == Anywhere || at == u.offset:
	case at < u.offset && len(chunk) > 0:
		return nil, nil //nolint:nilnil // see above
	default:
		chunk = nil
	}
	return u, u.append(ctx, chunk)
}

// goOn asks for more, or goes on with the complete file, or with what was wrong.
func (r *record) goOn(ctx context.Context, u *upload, err error) error {
	if err == nil {
		err = r.received(ctx, u)
	}
	if err != nil && ctx.Err() != nil {
		return err
	}
	if err != nil {
		err = r.fail(uploadFailure(err))
	}
	r.m.look(r)
	return err
}

// receiver is what receives the bytes of the task.
func (r *record) receiver() (*upload, error) {
	if r.upload != nil {
		return r.upload, nil
	}
	if r.task.UploadPath == nil || r.task.FileSize == nil {
		return nil, errNoUpload
	}
	name, ok := r.m.uploadName(*r.task.UploadPath)
	if !ok {
		return nil, errNoUpload
	}
	known := int64(0)
	if r.task.Offset != nil {
		known = *r.task.Offset
	}
	u, err := openUpload(r.m.uploads, name, *r.task.FileSize, known)
	if err != nil {
		return nil, err
	}
	r.upload = u
	return u, nil
}

var errNoUpload = errors.New("the task does not say where its upload is kept")

// received goes on with what is there now.
func (r *record) received(ctx context.Context, u *upload) error {
	stored := r.task.Offset == nil || *r.task.Offset != u.offset
	synced := u.due()
	if synced {
		if err := u.sync(); err != nil {
			return err
		}
	}
	t := r.task.clone()
	t.Offset = new(u.offset)
	r.task = t
	if !u.complete() {
		if stored {
			if err := r.move(ChunkStored); err != nil {
				return err
			}
			r.save(!synced)
		}
		r.m.tell(ChunkRequest, r.shown.Load(), "")
		return nil
	}
	var checksum string
	if r.task.SourceChecksum != nil {
		checksum = *r.task.SourceChecksum
	}
	intact, err := u.intact(ctx, checksum)
	if err != nil {
		return err
	}
	if !intact {
		return errChecksum
	}
	r.upload = nil
	return r.fire(LastChunkStored, "")
}

var errChecksum = errors.New("what was received is not the file whose checksum was announced")

// uploadFailure is what clients are told about an upload that cannot be received.
func uploadFailure(err error) *Failure {
	const again = "upload the file again"
	var excess *ExcessError
	var disk *uploadError
	switch {
	case errors.As(err, &disk):
		return Fail(fmt.Sprintf("Writing data failed with error: %q", disk.Error()), err, disk.remedy())
	case errors.As(err, &excess):
		return Fail("More data than announced", err, again)
	case errors.Is(err, errChecksum):
		return Fail(MessageChecksumMismatch, err, again)
	}
	return Fail("Receiving data failed", err, again)
}

// resume finds out what a task that waits for chunks has received before a restart.
// The caller holds the record's lock.
func (r *record) resume() error {
	u, err := r.receiver()
	if err != nil {
		return r.fail(uploadFailure(err))
	}
	t := r.task.clone()
	t.Offset = new(u.offset)
	r.task = t
	r.show()
	return nil
}

// completeUploads goes on with the uploads of which everything is there: the process
// was killed before their tasks knew.
func (m *Manager) completeUploads(ctx context.Context) {
	for _, t := range m.all() {
		if t.State == WaitForChunk && t.FileSize != nil && t.Offset != nil && *t.Offset >= *t.FileSize {
			m.workers.Go(func() {
				if err := m.Chunk(ctx, t.ID, nil, Anywhere); err != nil {
					m.o.Log.Info("an upload was not completed", "task", t.ID, "err", err)
				}
			})
		}
	}
}
