package maintenance

import (
	"context"
	"fmt"

	"musicdb/media/library"
)

// RemoveArtist removes an artist from the library with all albums, hidden ones too,
// and all videos. Files are not touched. Everything that was known of them comes back
// when that is taken back: tags, lyrics, statistics, relations and history.
//
// Errors of the removing methods: *[library.EntryError] and those of the database.
// After each of them all rows are as they were.
func (k *Keeper) RemoveArtist(ctx context.Context, id int64) error {
	return remove(ctx, k, "artist", id, (*library.Catalogue).Artist, func(a library.Artist) string { return a.Path }, (*library.Edit).RemoveArtist)
}

// RemoveAlbum removes an album with its songs, as RemoveArtist does.
func (k *Keeper) RemoveAlbum(ctx context.Context, id int64) error {
	return remove(ctx, k, "album", id, (*library.Catalogue).Album, func(a library.Album) string { return a.Path }, (*library.Edit).RemoveAlbum)
}

// RemoveSong removes a song, as RemoveArtist does, and counts its album again.
func (k *Keeper) RemoveSong(ctx context.Context, id int64) error {
	return remove(ctx, k, "song", id, (*library.Catalogue).Song, func(s library.Song) string { return s.Path }, (*library.Edit).RemoveSong)
}

// RemoveVideo removes a video, as RemoveArtist does.
func (k *Keeper) RemoveVideo(ctx context.Context, id int64) error {
	return remove(ctx, k, "video", id, (*library.Catalogue).Video, func(v library.Video) string { return v.Path }, (*library.Edit).RemoveVideo)
}

func remove[R any](ctx context.Context, k *Keeper, kind string, id int64, get func(*library.Catalogue, int64) (R, bool), path func(R) string, from func(*library.Edit, int64) error) error {
	defer k.beginUpdate(ctx)()
	row, exists := get(k.o.Library.Catalogue(), id)
	if !exists {
		return unknown(kind, id)
	}
	u := library.Undoable{Kind: KindRemove, Title: fmt.Sprintf("the %s %q was removed from the library", kind, path(row)), Path: path(row)}
	return k.edit(ctx, u, func(e *library.Edit) error { return from(e, id) })
}
