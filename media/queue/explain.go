package queue

// Verdict says what the random selection makes of a song now.
type Verdict struct {
	SongID  int64
	Against []Rule  // the wishes that exclude it; none are ever relaxed
	Heard   []Heard // what keeps it out because of what was queued lately
	// Chosen reports whether the stream may choose it next, all of Outlook.Candidates
	// having the same chance; Requested whether a client that asks for a random song
	// may get it.
	Chosen, Requested bool
	Outlook           Outlook
}

// Heard is a rule of what was queued lately, and when that was.
type Heard struct {
	Rule Rule  // ArtistHeard, AlbumHeard or SongHeard
	At   int64 // Unix time in seconds
}

// PickOf explains why a song was chosen, by the entry that it became, also when
// that was played or removed since. The last 200 choices are remembered.
func (s *Songs) PickOf(id EntryID) (Pick, bool) { return s.randy.picks.of(id) }

// Explain tells whether a song could be chosen now, and if not, what excludes it.
// Errors: [ErrUnknownSong].
func (s *Songs) Explain(songID int64) (Verdict, error) {
	l := s.look()
	w := l.pool.wishes
	song, exists := w.catalogue.Song(songID)
	if !exists {
		return Verdict{}, &UnknownSongError{songID}
	}
	v := Verdict{SongID: songID, Against: w.against(&song), Outlook: l.outlook()}
	for _, list := range []struct {
		rule Rule
		of   *blacklist
		id   int64
	}{{ArtistHeard, &l.artists, song.ArtistID}, {AlbumHeard, &l.albums, song.AlbumID}, {SongHeard, &l.songs, song.ID}} {
		if at, heard := list.of.since(list.id); heard {
			v.Heard = append(v.Heard, Heard{list.rule, at})
		}
	}
	rank, found := l.pool.rank(songID)
	v.Chosen = found && l.pool.offer(l.memory(), true).ranks.has(rank)
	v.Requested = found && l.pool.offer(l.memory(), false).ranks.has(rank)
	return v, nil
}
