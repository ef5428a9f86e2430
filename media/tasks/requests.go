package tasks

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"musicdb/media/plans"
)

// The requests of clients but for those of uploads. The names of the protocol's
// functions stand in the comments.

// maxAnnotations is how long the annotations of a task may be that come from clients,
// names and values in bytes: all clients get them with every notification.
const maxAnnotations = 1 << 20

// ErrAnnotations is returned for annotations that are longer than a task can have.
var ErrAnnotations = fmt.Errorf("tasks: the annotations of a task would be longer than %d bytes; leave out what the server need not know", maxAnnotations)

// Annotate merges values into the annotations of a task, in any state (AnnotateUpload).
// Too much of them is ErrAnnotations, changes nothing, and is told to everybody.
func (m *Manager) Annotate(id string, values map[string]json.RawMessage) error {
	return m.with(id, func(r *record) error {
		before := r.task
		r.annotate(values)
		size := 0
		for name, value := range r.task.Annotations {
			size += len(name) + len(value)
		}
		if size > maxAnnotations {
			r.task = before
			m.tell(InternalError, r.shown.Load(), strings.TrimPrefix(ErrAnnotations.Error(), "tasks: "))
			return ErrAnnotations
		}
		r.save(false)
		m.tell(StateUpdate, r.shown.Load(), "")
		return nil
	})
}

// Cancel ends a task in any state and deletes its uploaded files (RemoveUpload). A
// step that works on it ends soon after.
func (m *Manager) Cancel(id string) error {
	return m.with(id, func(r *record) error {
		if r.task.State == Remove {
			return nil
		}
		if err := r.fire(Cancel, ""); err != nil {
			return err
		}
		if r.stop != nil {
			r.stop(errCancelled)
		}
		m.finish(r)
		return nil
	})
}

// ErrTarget is matched by the error of a request whose path is of no use.
var ErrTarget = errors.New("tasks: the path is of no use here")

// Integrate gives a prepared upload its place (InitiateContentIntegration): an album
// file its path in the music directory, a picture its album or video. A task in
// another state gives a *[StateError] and stays as it is, as it does with every
// other error.
func (m *Manager) Integrate(id, musicPath string) error {
	return m.with(id, func(r *record) error {
		on, change, err := m.place(r.task, musicPath)
		if err != nil {
			return err
		}
		if _, allowed := definition.Next(r.task.State, on); allowed {
			t := r.task.clone()
			t.Failure = nil // of an attempt before
			change(&t)
			r.task = t
		}
		if err := r.fire(on, ""); err != nil {
			return err
		}
		m.look(r)
		return nil
	})
}

// place says how an upload gets where it belongs.
func (m *Manager) place(t Task, musicPath string) (on Event, change func(*Task), err error) {
	if _, allowed := definition.Next(t.State, Integrate); !allowed {
		return Integrate, nil, nil // the table refuses it
	}
	switch t.ContentType {
	case Artwork:
		set, err := m.coverTarget(musicPath)
		return UseAsCover, func(t *Task) {
			t.AwSourceType, t.AwSourcePath = new(ImageFile), t.PreprocessedPath
			set(t)
		}, err
	case Video:
		return Integrate, func(t *Task) {
			if musicPath != "" {
				t.VideoFile = &musicPath
			}
		}, checkTarget(musicPath, true)
	default:
		return Integrate, func(t *Task) { t.AlbumFilePath = &musicPath }, checkTarget(musicPath, false)
	}
}

// ImportMusic imports an album directory or a video (InitiateMusicImport). Whether it
// is there, and can be imported, is for the task to find out. Where that is offered, it is
// consent: the task of the offer carries out its plan, unless that changes files, which
// nobody has been shown.
func (m *Manager) ImportMusic(content ContentType, contentPath string) (id string, err error) {
	t := Task{ID: newID(), ContentType: content}
	switch content {
	case Album:
		t.AlbumPath = &contentPath
	case Video:
		t.VideoPath = &contentPath
	default:
		return "", fmt.Errorf("%w: only albums and videos are imported, not %q", ErrTarget, content)
	}
	if err := checkTarget(contentPath, false); err != nil {
		return "", err
	}
	if offer, found := m.OfferAt(contentPath); found && offer.ContentType == content && m.harmless(offer.Plan) && m.Consent(offer.ID) == nil {
		return offer.ID, nil
	}
	_, err = m.add(t, ImportMusic)
	return t.ID, err
}

// harmless reports whether a plan leaves all files as they are.
func (m *Manager) harmless(plan int64) bool {
	if m.o.Plans == nil {
		return false
	}
	p, err := m.o.Plans.Get(context.Background(), plan)
	return err == nil && !slices.ContainsFunc(p.Operations, func(o plans.Operation) bool {
		return o.Move != nil || o.WriteTags != nil || o.MakeDirectory != nil
	})
}

// ImportArtwork makes a picture of the uploads, or the one in a song or video, the
// cover of an album or video (InitiateArtworkImport).
func (m *Manager) ImportArtwork(source, target string) (id string, err error) {
	t := Task{ID: newID(), ContentType: Artwork}
	from, err := m.coverSource(source)
	if err != nil {
		return "", err
	}
	to, err := m.coverTarget(target)
	if err != nil {
		return "", err
	}
	from(&t)
	to(&t)
	_, err = m.add(t, ImportArtwork)
	return t.ID, err
}

// Scan compares the music directory with the database (InitiateFilesystemScan).
func (m *Manager) Scan() (id string, err error) {
	t := Task{ID: newID(), ContentType: Any}
	_, err = m.add(t, ScanFiles)
	return t.ID, err
}

// newID is a UUID of version 4.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
