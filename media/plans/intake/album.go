package intake

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"musicdb/media/artwork"
	"musicdb/media/files"
	"musicdb/media/plans"
)

// Album makes the plan that enters an album with its songs in natural order. The
// artist is entered with it if there is none of this path.
//
// Errors: *[RefusedError], which matches [ErrKnown], [ErrNothing], [files.ErrNaming]
// or the error of the file system; *[files.PathError]; that of the context.
func (p *Planner) Album(ctx context.Context, rel string, w Wish) (plans.Plan, error) {
	if known, exists := p.o.Library.Catalogue().AlbumByPath(rel); exists {
		return plans.Plan{}, &RefusedError{Path: rel, Err: fmt.Errorf("%w, as album %d", ErrKnown, known.ID), Remedy: "update that album to enter new songs of it"}
	}
	l, err := p.look(ctx, rel)
	if err != nil {
		return plans.Plan{}, err
	}
	plan := plans.Plan{Kind: plans.ImportAlbum, Path: rel, Title: fmt.Sprintf("Import the album %q by %q", l.album.Album, l.album.Artist)}
	doubts := p.enter(ctx, &l, &plan, w)
	if len(l.album.Songs) == 0 {
		return plans.Plan{}, &RefusedError{Path: rel, Err: ErrNothing, Findings: l.findings}
	}
	plan.Operations = append(plan.Operations, plans.Operation{EnterAlbum: enter(l.album)})
	if w.Cover {
		cover, doubt := p.cover(ctx, l.album)
		plan.Operations = append(plan.Operations, cover...)
		doubts = append(doubts, doubt...)
	}
	plan.Doubts = public(doubts)
	return plan, ctx.Err()
}

// enter looks for doubts, and adds to a plan what has to be done with the files before
// they enter.
func (p *Planner) enter(ctx context.Context, l *looked, plan *plans.Plan, w Wish) []doubted {
	doubts := l.damaged()
	encoded := l.encoded()
	if w.Doubts {
		doubts = append(doubts, encoded.applied(*l).consistent()...)
		doubts = append(doubts, l.numbered()...)
		doubts = append(doubts, p.duplicates(ctx, *l)...)
		doubts = append(doubts, encoded.doubts...)
	}
	named := l.named(encoded)
	doubts = append(doubts, named.doubts...)
	// Tags are written and covers are taken before anything gets another name.
	if w.Repair {
		plan.Operations = append(plan.Operations, encoded.writes...)
		plan.Operations = append(plan.Operations, named.moves...)
		l.album.Songs = append(l.album.Songs, named.songs...)
	}
	return doubts
}

// public is what a plan says about doubts.
func public(doubts []doubted) []plans.Doubt {
	shown := make([]plans.Doubt, len(doubts))
	for i, d := range doubts {
		shown[i] = d.public()
	}
	return shown
}

// look reads the directory.
func (p *Planner) look(ctx context.Context, rel string) (looked, error) {
	if err := files.CheckPath(rel); err != nil {
		return looked{}, err
	}
	o := files.ScanOptions{Ignore: p.o.Ignore, Workers: p.o.Workers, Content: true} // which nobody has to read again
	album, findings, err := p.o.Music.ReadAlbum(ctx, rel, o)
	switch {
	case ctx.Err() != nil:
		return looked{}, context.Cause(ctx)
	case errors.Is(err, files.ErrNaming):
		return looked{}, &RefusedError{Path: rel, Err: err, Remedy: p.suggestAlbum(ctx, rel)}
	case err != nil:
		return looked{}, &RefusedError{Path: rel, Err: err}
	}
	slices.SortStableFunc(album.Songs, func(a, b files.Song) int { return files.NaturalOrder(path.Base(a.Path), path.Base(b.Path)) })
	l := looked{album: album, findings: findings}
	l.misnamed, err = p.readMisnamed(ctx, findings)
	return l, err
}

// suggestAlbum tells how a directory outside the conventions should be called, if the
// tags of its songs agree on that.
func (p *Planner) suggestAlbum(ctx context.Context, rel string) string {
	songs, err := p.o.Music.NewSongs(rel, p.o.Ignore, func(string) bool { return false })
	if err != nil || len(songs) == 0 {
		return ""
	}
	year, album := 0, ""
	for _, song := range songs {
		tags, err := p.o.Music.ReadTags(ctx, song)
		if err != nil || tags.Year == nil || *tags.Year < 1000 || *tags.Year > 9999 || year != 0 && year != *tags.Year {
			return ""
		}
		year = *tags.Year
		if album == "" && tags.Album != nil {
			album = element(*tags.Album)
		}
	}
	if album == "" {
		album = element(path.Base(rel))
	}
	return fmt.Sprintf("by its tags it should be %q", path.Join(path.Dir(rel), fmt.Sprintf("%04d - %s", year, album)))
}

// readMisnamed reads the songs whose names say nothing.
func (p *Planner) readMisnamed(ctx context.Context, findings []*files.Finding) (songs []files.Song, err error) {
	for _, f := range findings {
		if f.Problem != files.ProblemName || !files.IsSong(f.Path) {
			continue
		}
		info, err := p.o.Music.Stat(f.Path)
		if err != nil {
			continue // it has vanished
		}
		content, err := p.o.Music.Read(ctx, f.Path)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if !files.Playable(err) {
			continue // its finding stays
		}
		song := files.Song{Tags: content.Tags, Checksum: content.Checksum, Size: info.Size(), Modified: info.ModTime().UnixNano()}
		song.Path = f.Path
		if song.Content, err = p.o.Music.ContentChecksum(ctx, f.Path); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		} else if err != nil {
			song.Content = ""
		}
		songs = append(songs, song)
	}
	slices.SortFunc(songs, func(a, b files.Song) int { return files.NaturalOrder(a.Path, b.Path) })
	return songs, nil
}

// enter is the operation that makes the rows.
func enter(album files.Album) *plans.EnterAlbum {
	e := &plans.EnterAlbum{
		ArtistName: album.Artist, ArtistPath: album.Artist, Name: album.Album, Path: album.Path, Origin: string(album.Origin),
		Release: int64(album.Release), Added: album.Added, Songs: make([]plans.Song, len(album.Songs)),
	}
	for i, s := range album.Songs {
		song := plans.Song{
			File: file(s), Name: s.Name, Number: int64(s.Number), CD: int64(s.CD), Playtime: int64(s.Tags.Playtime), Bitrate: int64(s.Tags.Bitrate),
			Content: s.Content,
		}
		if s.Tags.Lyrics != nil {
			song.Lyrics = *s.Tags.Lyrics
		}
		e.Songs[i] = song
	}
	return e
}

func file(s files.Song) plans.File {
	return plans.File{Path: s.Path, Size: s.Size, Modified: s.Modified, Checksum: s.Checksum}
}

// cover chooses the best picture of the directory, and proposes the colours that go
// with it: an album that is entered has none that anybody has chosen. That there is
// no picture is no doubt; that one cannot be used is.
func (p *Planner) cover(ctx context.Context, album files.Album) (set []plans.Operation, doubts []doubted) {
	if p.o.Artwork == nil {
		return nil, nil
	}
	candidates, err := p.o.Artwork.Candidates(ctx, p.o.Music, album.Path)
	if err != nil {
		return nil, []doubted{{kind: Damaged, path: album.Path, text: "its pictures cannot be listed: " + err.Error()}}
	}
	for _, c := range candidates {
		var colors artwork.Colors
		if c.Err == nil && set == nil {
			colors, c.Err = p.colors(ctx, c)
		}
		if c.Err != nil {
			doubts = append(doubts, doubted{kind: Damaged, path: c.Path, text: "its picture cannot be the cover: " + c.Err.Error()})
			continue
		}
		if set != nil {
			continue
		}
		source := plans.CoverSource{Song: c.Path}
		if c.Source == artwork.SourceFolder {
			source = plans.CoverSource{File: c.Path}
		}
		set = []plans.Operation{{SetCover: &plans.SetCover{AlbumPath: album.Path, Source: source, Colors: plans.Colors{
			Background: colors.Background.String(), Foreground: colors.Foreground.String(), Highlight: colors.Highlight.String(),
		}}}}
	}
	return set, doubts
}

// colors decodes a picture, which also tells whether it is whole.
func (p *Planner) colors(ctx context.Context, c artwork.Candidate) (artwork.Colors, error) {
	data, err := c.Read(ctx, p.o.Music)
	if err != nil {
		return artwork.Colors{}, err
	}
	return p.o.Artwork.PictureColors(ctx, data)
}
