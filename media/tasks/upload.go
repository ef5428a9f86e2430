package tasks

import (
	"context"
	"crypto/sha1" //nolint:gosec // the checksum of the protocol
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"musicdb/media/durable"
)

// syncEvery is after how many bytes an upload is forced to the disk, so that a
// power failure costs no more. What was received survives the end of the process
// at any time: the system has it.
const syncEvery = 16 << 20

// uploadMode is that of a file that a client has sent: it is for the server.
const uploadMode fs.FileMode = 0o640

// upload receives the bytes of one file. It keeps no file open between two chunks,
// so that any number can wait for their clients. Whoever holds the lock of its task
// may call its methods.
type upload struct {
	root   *os.Root
	name   string
	size   int64     // announced, bytes
	offset int64     // received and written, bytes
	synced int64     // up to here on the disk, bytes
	sum    hash.Hash // SHA-1 up to offset; nil: what was received before a restart is to be read again
}

// newSum begins the checksum of the protocol. It finds damage and keeps no secret.
func newSum() hash.Hash { return sha1.New() } //nolint:gosec // see above

// openUpload goes on with an upload of which so many bytes were received, as far as
// the task knows. What its file has counts: bytes are only appended, and a task
// learns of them when they are written.
func openUpload(root *os.Root, name string, size, known int64) (*upload, error) {
	u := &upload{root: root, name: name, size: size}
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && known == 0: // made with the first chunk
	case err != nil:
		return nil, &uploadError{"reading", err}
	case !info.Mode().IsRegular():
		return nil, &uploadError{"reading", fmt.Errorf("%q is no file", name)}
	default:
		u.offset = min(info.Size(), size)
	}
	if u.synced = u.offset; u.offset == 0 {
		u.sum = newSum()
	}
	return u, nil
}

// ExcessError says that a client has sent more bytes than it had announced.
type ExcessError struct{ Offset, Chunk, Size int64 }

func (e *ExcessError) Error() string {
	return fmt.Sprintf("%d bytes came behind the first %d of a file of %d bytes", e.Chunk, e.Offset, e.Size)
}

// append writes the next bytes of the file and counts them. After an error what was
// received before is as it was.
func (u *upload) append(ctx context.Context, chunk []byte) error {
	switch {
	case len(chunk) == 0:
		return nil
	case int64(len(chunk)) > u.size-u.offset:
		return &ExcessError{u.offset, int64(len(chunk)), u.size}
	}
	if err := u.read(ctx); err != nil {
		return err
	}
	err := u.with(func(f *os.File) error {
		_, err := f.WriteAt(chunk, u.offset)
		return err
	})
	if err != nil {
		return err
	}
	u.sum.Write(chunk)
	u.offset += int64(len(chunk))
	return nil
}

// read sums up what was received before a restart.
func (u *upload) read(ctx context.Context) error {
	if u.sum != nil {
		return nil
	}
	f, err := u.root.Open(u.name)
	if err != nil {
		return &uploadError{"reading", err}
	}
	defer f.Close()
	sum, buf := newSum(), make([]byte, 256<<10)
	for at := int64(0); at < u.offset; {
		part := buf[:min(int64(len(buf)), u.offset-at)]
		if _, err := f.ReadAt(part, at); err != nil {
			return &uploadError{"reading", err}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		sum.Write(part)
		at += int64(len(part))
	}
	u.sum = sum
	return nil
}

// complete reports whether all announced bytes are there.
func (u *upload) complete() bool { return u.offset >= u.size }

// due reports whether so much was received that it should be forced to the disk.
func (u *upload) due() bool { return u.offset-u.synced >= syncEvery || u.complete() }

// sync forces to the disk what was received.
func (u *upload) sync() error {
	err := u.with((*os.File).Sync)
	if err == nil {
		err = durable.SyncDir(u.root, ".")
	}
	if err != nil {
		return err
	}
	u.synced = u.offset
	return nil
}

// intact reports whether the complete file has the checksum that its client has
// named, in upper or lower case.
func (u *upload) intact(ctx context.Context, checksum string) (bool, error) {
	if err := u.read(ctx); err != nil {
		return false, err
	}
	return strings.EqualFold(hex.EncodeToString(u.sum.Sum(nil)), checksum), nil
}

// with opens the file for writing.
func (u *upload) with(do func(*os.File) error) error {
	flags := os.O_WRONLY | syscall.O_NONBLOCK
	if u.offset == 0 {
		flags |= os.O_CREATE
	}
	f, err := u.root.OpenFile(u.name, flags, uploadMode)
	if err == nil {
		err = errors.Join(do(f), f.Close())
	}
	if err != nil {
		return &uploadError{"writing", err}
	}
	return nil
}

// uploadError says why the file of an upload cannot be used.
type uploadError struct {
	doing string // "reading", "writing"
	err   error
}

func (e *uploadError) Error() string {
	// The path is no client's business.
	cause := e.err
	var at *fs.PathError
	if errors.As(e.err, &at) {
		cause = at.Err
	}
	return e.doing + " the uploaded file: " + cause.Error()
}

func (e *uploadError) Unwrap() error { return e.err }

// remedy is what the user can do about it.
func (e *uploadError) remedy() string {
	switch {
	case errors.Is(e.err, syscall.ENOSPC), errors.Is(e.err, syscall.EDQUOT), errors.Is(e.err, syscall.EFBIG):
		return "make room on the disk of the data directory and upload again"
	case errors.Is(e.err, fs.ErrPermission), errors.Is(e.err, syscall.EROFS):
		return "give the user of the server permission to write in the directory of uploads, then upload again"
	case errors.Is(e.err, fs.ErrNotExist):
		return "the file was removed meanwhile; upload it again"
	}
	return "check the disk of the data directory, then upload again"
}
