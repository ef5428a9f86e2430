package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"musicdb/media/files"
	"musicdb/media/plans"
)

// Video makes the plan that enters a video, with its artist if there is none of this
// path. Its frames are made when everything else is done, so a video that ffmpeg
// cannot read enters all the same.
//
// Errors: *[RefusedError], which matches [ErrKnown], [files.ErrNaming],
// [files.ErrNotVideo] or the error of the file system; *[files.PathError]; that of
// the context.
func (p *Planner) Video(ctx context.Context, rel string, w Wish) (plans.Plan, error) {
	if err := files.CheckPath(rel); err != nil {
		return plans.Plan{}, err
	}
	at, err := files.Analyse(rel, files.KindVideo)
	if err == nil && at.Name == "" {
		err = &files.NamingError{Path: rel, Kind: files.KindVideo, Why: "the name of the video is empty"}
	}
	if err != nil {
		return plans.Plan{}, &RefusedError{Path: rel, Err: err}
	}
	if known, exists := p.o.Library.Catalogue().VideoByPath(rel); exists {
		return plans.Plan{}, &RefusedError{Path: rel, Err: fmt.Errorf("%w, as video %d", ErrKnown, known.ID), Remedy: "update that video"}
	}
	v, err := p.readVideo(ctx, rel)
	if ctx.Err() != nil {
		return plans.Plan{}, context.Cause(ctx)
	}
	if err != nil {
		return plans.Plan{}, &RefusedError{Path: rel, Err: err}
	}
	artist := cmp.Or(w.Artist, at.Artist)
	name, release := cmp.Or(w.Name, at.Name), cmp.Or(w.Release, at.Release)
	plan := plans.Plan{
		Kind: plans.ImportVideo, Path: rel, Title: fmt.Sprintf("Import the video %q by %q", name, artist), Doubts: []plans.Doubt{},
		Operations: []plans.Operation{{EnterVideo: &plans.EnterVideo{
			ArtistName: artist, ArtistPath: at.Artist, Name: name, Release: int64(release), Origin: cmp.Or(w.Origin, p.originOf(ctx, rel)),
			File:     plans.File{Path: rel, Size: v.Size, Modified: v.Modified, Checksum: v.Checksum},
			Playtime: int64(v.Playtime), Codec: v.Codec, XResolution: int64(v.X), YResolution: int64(v.Y),
		}}},
	}
	if w.Cover {
		plan.Operations = append(plan.Operations, plans.Operation{MakeFrames: &plans.MakeFrames{VideoPath: rel}})
	}
	if w.Doubts && v.Codec == "" {
		plan.Doubts = append(plan.Doubts, doubted{kind: Unsupported, path: rel, text: "its codec is unknown; browsers will hardly play it"}.public())
	}
	return plan, nil
}

// readVideo asks a probe process only about what the own parsers cannot read.
func (p *Planner) readVideo(ctx context.Context, rel string) (files.Video, error) {
	v, err := p.o.Music.ReadVideo(ctx, rel)
	if !errors.Is(err, files.ErrNotVideo) || p.o.Probe == nil {
		return v, err
	}
	return p.o.Probe(ctx, rel)
}

// originOf is where the tags of a video say that it comes from.
func (p *Planner) originOf(ctx context.Context, rel string) string {
	tags, err := p.o.Music.ReadTags(ctx, rel)
	if err != nil || tags.Origin == "" {
		return string(files.OriginInternet)
	}
	return string(tags.Origin)
}
