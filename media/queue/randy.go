package queue

// randy is the random selection of songs. Among the albums that have a song to
// offer each has the same chance, whatever its size, and within the album each
// such song. A song is offered when the user's wishes allow it (constraints, genre
// selection, hidden albums) and when neither it nor its album nor its artist was
// queued lately.
//
// A few random albums are looked at first, because that is nearly always enough.
// If they have nothing to offer, all are. If no song was unheard lately, the
// memory is relaxed: first of artists, then of albums, then of songs, and what was
// queued longest ago comes first. The wishes are never relaxed.
type randy struct {
	selector
	songs, albums, artists blacklist
}

func openRandy(o Options) (*randy, error) {
	r := &randy{
		selector: newSelector(o),
		songs:    blacklist{file: "songblacklist.csv", column: "SongID"},
		albums:   blacklist{file: "albumblacklist.csv", column: "AlbumID"},
		artists:  blacklist{file: "artistblacklist.csv", column: "ArtistID"},
	}
	return r, r.restore(&r.songs, &r.albums, &r.artists)
}

func (r *randy) check(songID int64) error {
	if _, exists := r.library.Catalogue().Song(songID); !exists {
		return &UnknownSongError{songID}
	}
	return nil
}

// choose makes a random choice among all songs.
func (r *randy) choose() (songID int64, found bool) {
	r.refresh()
	return r.search(r.pick, r.tell)
}

// tell explains why a library with songs is silent. An empty one speaks for
// itself.
func (r *randy) tell(w wishes, told bool) bool {
	_, _, songs := w.catalogue.NumberOf()
	if songs == 0 {
		return false
	}
	if !told {
		c := w.constraints
		r.log.Warn("the random selection finds no song that it may choose; change its settings in config/randy.ini or the selection of genres, or add songs to the queue",
			"songs", songs, "MinSongLength", c.MinSongLength, "MaxSongLength", c.MaxSongLength, "NoDisabled", c.NoDisabled, "NoHated", c.NoHated,
			"NoBadFile", c.NoBadFile, "NoLiveMusic", c.NoLiveMusic, "genres", len(w.selection.Genres))
	}
	return true
}

// pick throws the dice for given wishes.
func (r *randy) pick(w wishes) (songID int64, found bool) {
	memory := r.memory()
	albums := w.catalogue.PassingAlbums(w.selection)
	for range min(r.settings.Limits.MaxTries, len(albums)) {
		album := albums[r.rand.IntN(len(albums))]
		var offers offers
		for _, song := range w.catalogue.SongsOf(album) {
			if w.allow(song) && memory.tier(song) == unheard {
				offers.add(album, song.ID)
			}
		}
		if songID, found := offers.draw(r.rand); found {
			return songID, true
		}
	}
	passing := make(map[int64]bool, len(albums))
	for _, album := range albums {
		passing[album] = true
	}
	var offers offers
	for song := range w.catalogue.Songs() {
		if passing[song.AlbumID] && w.allow(song) {
			offers.consider(song, memory)
		}
	}
	return offers.draw(r.rand)
}

// chooseOf makes a random choice among the songs of one album. The genre selection
// does not matter, the album may be hidden, and of the memory only songs count.
func (r *randy) chooseOf(albumID int64) (songID int64, found bool) {
	r.refresh()
	w := wishes{catalogue: r.library.Catalogue(), constraints: r.settings.Constraints}
	memory := memory{songs: r.songs.recency()}
	var offers offers
	for _, song := range w.catalogue.SongsOf(albumID) {
		if w.allow(song) {
			offers.consider(song, memory)
		}
	}
	return offers.draw(r.rand)
}

// queued remembers songs that were put into the queue, by whomever.
func (r *randy) queued(songIDs ...int64) {
	r.refresh()
	catalogue, now, lengths := r.library.Catalogue(), r.now().Unix(), r.settings.BlackLists
	for _, id := range songIDs {
		song, exists := catalogue.Song(id)
		if !exists {
			continue
		}
		r.artists.push(song.ArtistID, now, lengths.ArtistListLength)
		r.albums.push(song.AlbumID, now, lengths.AlbumListLength)
		r.songs.push(song.ID, now, lengths.SongListLength)
	}
	r.keep(&r.songs, &r.albums, &r.artists)
}

// refresh reads the settings again and lets them and the clock work on the lists.
func (r *randy) refresh() {
	lengths, limit := r.selector.refresh()
	r.songs.trim(lengths.SongListLength, limit)
	r.albums.trim(lengths.AlbumListLength, limit)
	r.artists.trim(lengths.ArtistListLength, limit)
}

func (r *randy) memory() memory {
	return memory{songs: r.songs.recency(), albums: r.albums.recency(), artists: r.artists.recency()}
}
