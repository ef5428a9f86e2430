package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"musicdb/media/files"
	"musicdb/media/library"
	"musicdb/media/plans"
)

// ErrNothingToRepair says that no verdict of the last examination has a repair that a plan can
// make.
var ErrNothingToRepair = errors.New("the last examination has found nothing there that a plan can repair")

// Repairs makes plans of what the last examination has found at a path and below it,
// everywhere for an empty one: one for each album, and for each thing that belongs to
// none. Each names what it does and why; nothing is changed before somebody agrees to
// it. Of what has changed since the examination nothing is planned. No plan removes a
// file.
func (d *Doctor) Repairs(ctx context.Context, rel string) ([]plans.Plan, error) {
	if rel != "" {
		if err := files.CheckPath(rel); err != nil {
			return nil, err
		}
	}
	kept, _ := d.Verdicts(0, MaxKept)
	r := repair{d: d, ctx: ctx, catalogue: d.o.Catalogue()}
	for _, v := range kept {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if v.Fix == FixNone || rel != "" && v.Path != rel && !strings.HasPrefix(v.Path, rel+"/") {
			continue
		}
		operations, err := r.operations(v)
		if err != nil {
			d.log.Info("a verdict cannot be repaired any more", "path", v.Path, "illness", v.Illness, "error", err)
			continue
		}
		r.add(v, operations)
	}
	if len(r.plans) == 0 {
		return nil, ErrNothingToRepair
	}
	return r.plans, nil
}

// repair collects plans.
type repair struct {
	d         *Doctor
	ctx       context.Context
	catalogue *library.Catalogue
	plans     []plans.Plan
}

// add puts the operations of a verdict into the plan of its album. The verdict becomes
// the doubt that the user looks at.
func (r *repair) add(v Verdict, operations []plans.Operation) {
	at := albumPath(v)
	i := slices.IndexFunc(r.plans, func(p plans.Plan) bool { return p.Path == at })
	if i < 0 {
		r.plans = append(r.plans, plans.Plan{Kind: plans.Repair, Path: at, Title: "Repair " + at, Doubts: []plans.Doubt{}})
		i = len(r.plans) - 1
	}
	p := &r.plans[i]
	for _, o := range operations {
		p.Operations = merge(p.Operations, o)
	}
	p.Doubts = append(p.Doubts, plans.Doubt{Kind: v.Illness.String(), Path: v.Path, Text: v.Reason, Suggestion: v.Remedy})
}

// albumPath is the path of the album that a verdict is about, or of the thing itself.
func albumPath(v Verdict) string {
	switch {
	case v.Subject == SubjectSong:
		return path.Dir(v.Path)
	case v.Subject == SubjectDatabase && len(v.Related) > 0:
		return v.Related[0]
	default:
		return v.Path
	}
}

// merge adds an operation. Tags of a file and columns of a row are written once, and files are moved when
// everything else is done with them.
func merge(operations []plans.Operation, o plans.Operation) []plans.Operation {
	if o.WriteTags != nil {
		for _, before := range operations {
			if before.WriteTags != nil && before.WriteTags.File == o.WriteTags.File {
				maps.Copy(before.WriteTags.Before, o.WriteTags.Before)
				maps.Copy(before.WriteTags.After, o.WriteTags.After)
				return operations
			}
		}
	}
	if o.ChangeRow != nil {
		for _, before := range operations {
			if b := before.ChangeRow; b != nil && b.Table == o.ChangeRow.Table && b.ID == o.ChangeRow.ID {
				maps.Copy(b.Before, o.ChangeRow.Before)
				maps.Copy(b.After, o.ChangeRow.After)
				return operations
			}
		}
	}
	moves := slices.IndexFunc(operations, func(before plans.Operation) bool { return before.Move != nil })
	if o.Move != nil || moves < 0 {
		return append(operations, o)
	}
	return slices.Insert(operations, moves, o)
}

// operations are what mends a verdict.
func (r *repair) operations(v Verdict) ([]plans.Operation, error) {
	switch v.Fix {
	case FixTags:
		return r.tags(v)
	case FixMove:
		file, err := r.file(v.Path)
		if err != nil {
			return nil, err
		}
		if taken, err := r.d.o.Music.Exists(v.treatment.to); err != nil || taken {
			return nil, errors.Join(err, fmt.Errorf("%q: %w", v.treatment.to, files.ErrOccupied))
		}
		return []plans.Operation{{Move: &plans.Move{From: v.Path, To: v.treatment.to, File: &file}}}, nil
	case FixCover:
		album, known := r.catalogue.Album(v.ID)
		if !known {
			return nil, library.ErrNotFound
		}
		source := plans.CoverSource{Song: v.treatment.song, File: v.treatment.file}
		return []plans.Operation{{SetCover: &plans.SetCover{AlbumPath: album.Path, Source: source, Before: album.ArtworkPath}}}, nil
	case FixRow:
		return r.row(v)
	case FixRemoveRow:
		return []plans.Operation{{RemoveRow: &plans.RemoveRow{Table: v.treatment.table, ID: v.ID, Path: v.Path}}}, nil
	default:
		return nil, fmt.Errorf("doctor: nobody knows the repair %q", v.Fix)
	}
}

// tags writes into the tags of songs what their paths say.
func (r *repair) tags(v Verdict) (operations []plans.Operation, err error) {
	for _, song := range v.treatment.songs {
		at, err := files.Analyse(song, files.KindSong)
		if err != nil {
			return nil, err
		}
		file, err := r.file(song)
		if err != nil {
			return nil, err
		}
		raw, err := r.d.o.Music.RawTags(r.ctx, song)
		if err != nil {
			return nil, err
		}
		says := map[string]string{
			keyTitle: at.Name, keyAlbum: at.Album, keyArtist: at.Artist, keyDate: fmt.Sprint(at.Release),
			keyTrack: fmt.Sprint(at.Number), keyDisc: fmt.Sprint(at.CD),
		}
		o := plans.WriteTags{File: file, Before: map[string][]string{}, After: map[string][]string{}}
		for _, key := range v.treatment.keys {
			if before := raw[key]; len(before) > 0 {
				o.Before[key] = before
			}
			o.After[key] = []string{strings.ReplaceAll(says[key], "∕", "/")} // names have the one for the other
		}
		operations = append(operations, plans.Operation{WriteTags: &o})
	}
	return operations, nil
}

// file describes a file as the plan expects it.
func (r *repair) file(rel string) (plans.File, error) {
	info, err := r.d.o.Music.Stat(rel)
	if err != nil {
		return plans.File{}, err
	}
	return plans.File{Path: rel, Size: info.Size(), Modified: info.ModTime().UnixNano()}, nil
}

// row changes columns of a row. What they hold now is what the plan expects.
func (r *repair) row(v Verdict) ([]plans.Operation, error) {
	var row any
	var known bool
	switch v.treatment.table {
	case "albums":
		row, known = r.catalogue.Album(v.ID)
	case "songs":
		row, known = r.catalogue.Song(v.ID)
	case "videos":
		row, known = r.catalogue.Video(v.ID)
	}
	if !known {
		return nil, library.ErrNotFound
	}
	text, err := json.Marshal(row)
	if err != nil {
		return nil, err
	}
	var now map[string]json.RawMessage
	if err := json.Unmarshal(text, &now); err != nil {
		return nil, err
	}
	o := plans.ChangeRow{Table: v.treatment.table, ID: v.ID, Before: map[string]json.RawMessage{}, After: map[string]json.RawMessage{}}
	for column, value := range v.treatment.row {
		if o.Before[column] = now[column]; o.Before[column] == nil {
			return nil, fmt.Errorf("doctor: %s has no column %q", v.treatment.table, column)
		}
		if o.After[column], err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	return []plans.Operation{{ChangeRow: &o}}, nil
}
