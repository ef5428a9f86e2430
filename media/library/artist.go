package library

// AddArtist enters an artist. It fails with an EntryError: ErrInvalid when name
// or path is empty, ErrExists with the ID of the artist that has this path.
func (e *Edit) AddArtist(name, path string) (Artist, error) {
	if err := named("artist", 0, name, path); err != nil {
		return Artist{}, err
	}
	if known, exists := e.now.ArtistByPath(path); exists {
		return Artist{}, &EntryError{Reason: ErrExists, Kind: "artist", ID: known.ID, Detail: path}
	}
	a := Artist{Name: name, Path: path}
	var err error
	if a.ID, err = e.insert(artistRows, a.values()); err != nil {
		return Artist{}, err
	}
	e.learn(func(c *Catalogue) { c.changeArtist(nil, &a) })
	return a, nil
}

// PutArtist replaces the row of an artist. The paths of albums, songs and videos
// stay what they are. It fails with an EntryError: ErrNotFound when there is no
// such artist, ErrInvalid when the new name or path is empty, ErrExists when
// another artist has the new path.
func (e *Edit) PutArtist(a Artist) error {
	before, exists := e.now.Artist(a.ID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "artist", ID: a.ID}
	}
	if a.Name != before.Name || a.Path != before.Path {
		if err := named("artist", a.ID, a.Name, a.Path); err != nil {
			return err
		}
	}
	if known, exists := e.now.ArtistByPath(a.Path); exists && a.Path != before.Path {
		return &EntryError{Reason: ErrExists, Kind: "artist", ID: known.ID, Detail: a.Path}
	}
	changed, err := e.update(artistRows, a.ID, before.values(), a.values())
	if err == nil && changed {
		e.learn(func(c *Catalogue) { c.changeArtist(&before, &a) })
	}
	return err
}

// RemoveArtist removes an artist with all albums, hidden ones too, and all
// videos. A song of the artist on somebody else's album becomes that one's.
func (e *Edit) RemoveArtist(id int64) error {
	a, exists := e.now.Artist(id)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "artist", ID: id}
	}
	for _, album := range e.now.AlbumsOf(id) {
		if err := e.RemoveAlbum(album.ID); err != nil {
			return err
		}
	}
	for _, video := range e.now.VideosOf(id) {
		if err := e.RemoveVideo(video.ID); err != nil {
			return err
		}
	}
	for song := range e.now.Songs() { // as they are before the changes below
		if song.ArtistID != id {
			continue
		}
		var err error
		if album, exists := e.now.Album(song.AlbumID); exists {
			its := song // although nobody may know the artist of the album either
			its.ArtistID = album.ArtistID
			err = e.rewriteSong(song, its)
		} else {
			err = e.RemoveSong(song.ID)
		}
		if err != nil {
			return err
		}
	}
	if err := e.delete(artistRows, id); err != nil {
		return err
	}
	e.learn(func(c *Catalogue) { c.changeArtist(&a, nil) })
	return nil
}

// named refuses an empty name or path.
func named(kind string, id int64, name, path string) error {
	if name == "" || path == "" {
		return &EntryError{Reason: ErrInvalid, Kind: kind, ID: id, Detail: "name or path is empty"}
	}
	return nil
}
