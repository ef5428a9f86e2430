package intake

import (
	"context"
	"fmt"
	"slices"

	"musicdb/media/files"
	"musicdb/media/plans"
)

// Songs makes the plan that enters the songs which the directory of a known album has
// and the library has not. The cover stays.
//
// Errors: those of [Planner.Album] but for [ErrKnown].
func (p *Planner) Songs(ctx context.Context, rel string, w Wish) (plans.Plan, error) {
	c := p.o.Library.Catalogue()
	album, exists := c.AlbumByPath(rel)
	if !exists {
		return plans.Plan{}, &RefusedError{Path: rel, Err: ErrUnknownAlbum, Remedy: "import the whole album"}
	}
	l, err := p.look(ctx, rel)
	if err != nil {
		return plans.Plan{}, err
	}
	known := func(s files.Song) bool { _, known := c.SongByPath(s.Path); return known }
	for _, s := range l.album.Songs {
		if known(s) {
			l.known = append(l.known, s)
		}
	}
	l.album.Songs = slices.DeleteFunc(l.album.Songs, known)
	l.misnamed = slices.DeleteFunc(l.misnamed, known)
	l.findings = slices.DeleteFunc(l.findings, func(f *files.Finding) bool { _, known := c.SongByPath(f.Path); return known })
	artist, _ := c.Artist(album.ArtistID)
	plan := plans.Plan{Kind: plans.ImportSongs, Path: rel}
	doubts := p.enter(ctx, &l, &plan, w)
	if len(l.album.Songs) == 0 {
		return plans.Plan{}, &RefusedError{Path: rel, Err: ErrNothing, Findings: l.findings}
	}
	plan.Title = fmt.Sprintf("Add new songs (%d) to the album %q by %q", len(l.album.Songs), album.Name, artist.Name)
	plan.Operations = append(plan.Operations, plans.Operation{EnterSongs: &plans.EnterSongs{AlbumPath: rel, Songs: enter(l.album).Songs}})
	plan.Doubts = public(doubts)
	return plan, ctx.Err()
}
