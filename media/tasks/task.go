package tasks

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// ContentType says what a task is about (MusicDB protocol, shared types).
type ContentType string

// The content types. Uploads are of the first three, imports of Album, Video and
// Artwork, scans of Any.
const (
	AlbumFile ContentType = "albumfile"
	Artwork   ContentType = "artwork"
	Video     ContentType = "video"
	Album     ContentType = "album"
	Any       ContentType = "any"
)

// SourceType says what a cover is taken from.
type SourceType string

// The sources of covers.
const (
	ImageFile SourceType = "imagefile"
	SongFile  SourceType = "songfile"
	VideoFile SourceType = "videofile"
)

// Task is a task as clients see it and as its file holds it (MusicDB protocol,
// shared types). A Task that the package gives away never changes.
type Task struct {
	ID                 string                     `json:"id"`
	State              State                      `json:"state"`
	ContentType        ContentType                `json:"contenttype"`
	MimeType           *string                    `json:"mimetype"`
	Annotations        map[string]json.RawMessage `json:"annotations"`        // of clients, of the upload's tags, or the result of a scan
	InitializationTime int64                      `json:"initializationtime"` // unix time
	UpdateTime         *int64                     `json:"updatetime"`         // unix time of the last change of the state
	FileSize           *int64                     `json:"filesize"`           // bytes
	Offset             *int64                     `json:"offset"`             // bytes received
	SourceFileName     *string                    `json:"sourcefilename"`
	SourceChecksum     *string                    `json:"sourcechecksum"`   // SHA-1, hexadecimal
	UploadPath         *string                    `json:"uploadpath"`       // relative to the directory uploads
	PreprocessedPath   *string                    `json:"preprocessedpath"` // the same, or absolute for covers
	VideoPath          *string                    `json:"videopath"`        // relative to the music directory
	AlbumPath          *string                    `json:"albumpath"`        // relative to the music directory
	AwSourceType       *SourceType                `json:"awsourcetype"`
	AwSourcePath       *string                    `json:"awsourcepath"`
	AlbumFilePath      *string                    `json:"albumfilepath,omitempty"` // target in the music directory, once integration was asked for
	VideoFile          *string                    `json:"videofile,omitempty"`     // the same for a video

	// What follows is ours; clients of MusicDB 8 pass by it.

	Plan     int64    `json:"plan,omitempty"`     // id of the plan that waits for consent, or is carried out
	Failure  *Failure `json:"failure,omitempty"`  // why the task has failed
	Progress *Advance `json:"progress,omitempty"` // of the present work; not stored
	Attempts int      `json:"attempts,omitempty"` // how often the present work was begun and interrupted
	Unsaved  string   `json:"unsaved,omitempty"`  // why the file of the task is not up to date; not stored

	unknown map[string]json.RawMessage // fields of the file that this version does not know
	encoded []byte                     // of a Task that was given away
}

// fields is Task without its methods.
type fields Task

// MarshalJSON gives the documented fields in their order, then what else the file
// of the task held.
func (t Task) MarshalJSON() ([]byte, error) {
	if t.encoded != nil {
		return t.encoded, nil
	}
	if t.Annotations == nil {
		t.Annotations = map[string]json.RawMessage{}
	}
	data, err := json.Marshal(fields(t))
	if err != nil || len(t.unknown) == 0 {
		return data, err
	}
	more, err := json.Marshal(t.unknown)
	if err != nil {
		return nil, err
	}
	return append(append(data[:len(data)-1], ','), more[1:]...), nil
}

// UnmarshalJSON keeps the fields that it does not know. A task without annotations
// gets empty ones.
func (t *Task) UnmarshalJSON(data []byte) error {
	var known fields
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var all map[string]json.RawMessage
	if err := d.Decode(&all); err != nil {
		return err
	}
	for _, name := range fieldNames {
		delete(all, name)
	}
	*t = Task(known)
	if t.unknown = all; len(all) == 0 {
		t.unknown = nil
	}
	if t.Annotations == nil {
		t.Annotations = map[string]json.RawMessage{}
	}
	return nil
}

// clone is a Task that may be changed.
func (t Task) clone() Task {
	t.Annotations = maps.Clone(t.Annotations)
	t.encoded = nil
	return t
}

// atRest is what the file of the task holds.
func (t Task) atRest() Task {
	t.Progress, t.Unsaved, t.encoded = nil, "", nil
	return t
}

// Lists are all tasks by content type, in the order in which they were made
// (MusicDB protocol, shared types).
type Lists struct {
	Videos     []Task `json:"videos"`
	AlbumFiles []Task `json:"albumfiles"`
	Albums     []Task `json:"albums"`
	Artworks   []Task `json:"artworks"`
	Any        []Task `json:"any"`
}

func newLists(all []Task) *Lists {
	l := &Lists{[]Task{}, []Task{}, []Task{}, []Task{}, []Task{}}
	for _, t := range all {
		switch t.ContentType {
		case Video:
			l.Videos = append(l.Videos, t)
		case AlbumFile:
			l.AlbumFiles = append(l.AlbumFiles, t)
		case Album:
			l.Albums = append(l.Albums, t)
		case Artwork:
			l.Artworks = append(l.Artworks, t)
		case Any:
			l.Any = append(l.Any, t)
		}
	}
	return l
}

// All are the tasks of all lists.
func (l *Lists) All() []Task {
	return slices.Concat(l.Videos, l.AlbumFiles, l.Albums, l.Artworks, l.Any)
}
