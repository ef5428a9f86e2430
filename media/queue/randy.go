package queue

import "slices"

// randy is the random selection of songs. Each song that the user's wishes allow
// (constraints, genre selection, hidden albums) and that was not queued lately,
// nor its album or artist, has the same chance. They are known from an index, so
// that a choice takes one throw of the dice however few they are.
//
// If there is none, and the stream would fall silent, the memory of what was
// queued lately is relaxed: see offer. The wishes are never relaxed.
type randy struct {
	selector
	lately
	pools *pools
	picks *picks
	last  Pick // the last choice, until it is known which entry it became
}

func openRandy(o Options) (*randy, error) {
	r := &randy{
		selector: newSelector(o),
		lately: lately{
			songs:   blacklist{file: "songblacklist.csv", column: "SongID"},
			albums:  blacklist{file: "albumblacklist.csv", column: "AlbumID"},
			artists: blacklist{file: "artistblacklist.csv", column: "ArtistID"},
		},
		pools: &pools{library: o.Library},
		picks: &picks{store: o.State, log: o.Log},
	}
	if err := r.restore(&r.songs, &r.albums, &r.artists); err != nil {
		return nil, err
	}
	r.picks.load()
	return r, nil
}

func (r *randy) check(songID int64) error {
	if _, exists := r.library.Catalogue().Song(songID); !exists {
		return &UnknownSongError{songID}
	}
	return nil
}

// choose makes the choice that keeps the stream running.
func (r *randy) choose() (songID int64, found bool) {
	r.refresh()
	songID, found = r.pick(true)
	r.tell(found)
	return songID, found
}

// request makes a choice that somebody has asked for. Nothing falls silent without
// it, so it repeats nothing of late: rather there is none.
func (r *randy) request() (songID int64, found bool) {
	r.refresh()
	return r.pick(false)
}

func (r *randy) pick(relax bool) (songID int64, found bool) {
	p := r.pool()
	pick := r.explained()
	pick.describe(p)
	return r.decide(pick, p.offer(r.memory(), relax), p.song)
}

// decide throws the dice.
func (r *randy) decide(pick Pick, o offer, song func(rank int) int64) (songID int64, found bool) {
	if o.size == 0 {
		return 0, false
	}
	pick.draw(r.rand.Uint64()&MaxSeed, o, song)
	r.last = pick
	return pick.SongID, true
}

// chooseOf makes a random choice among the songs of one album. The genre selection
// does not matter, the album may be hidden, and of the memory only songs count,
// those queued longest ago before none.
func (r *randy) chooseOf(albumID int64) (songID int64, found bool) {
	r.refresh()
	pick := r.explained()
	pick.AlbumID = albumID
	var fresh, heard []int64
	lately := r.songs.ids()
	known := set(lately)
	for _, s := range r.library.Catalogue().SongsOf(albumID) {
		rule := constrained(r.settings.Constraints, &s)
		pick.Census.count(rule, 1)
		switch {
		case rule != NoRule:
		case known[s.ID]:
			heard = append(heard, s.ID)
		default:
			fresh = append(fresh, s.ID)
		}
	}
	o := offer{ranks: spans{{0, len(fresh)}}, size: len(fresh)}
	o.heard[SongHeard] = len(heard)
	if len(fresh) == 0 {
		for _, id := range lately {
			if slices.Contains(heard, id) {
				fresh, o.ranks, o.size, o.relaxed = []int64{id}, spans{{0, 1}}, 1, SongHeard
				break
			}
		}
	}
	return r.decide(pick, o, func(rank int) int64 { return fresh[rank] })
}

// explained begins the explanation of a choice by the present settings.
func (r *randy) explained() Pick {
	return Pick{At: r.now().Unix(), InForce: InForce{Constraints: r.settings.Constraints, BlackLists: r.settings.BlackLists, Genres: []string{}}}
}

// chosen notes which entry the last choice has become.
func (r *randy) chosen(id EntryID) { r.picks.keep(id, r.last) }

// tell explains why a library with songs is silent, once each time it falls silent.
// An empty one speaks for itself.
func (r *randy) tell(found bool) {
	if found || r.told {
		r.told = r.told && !found
		return
	}
	census := r.pool().census
	if r.told = census.Songs > 0; r.told {
		c := r.settings.Constraints
		r.log.Warn("the random selection finds no song that it may choose; change its settings in config/randy.ini or the selection of genres, or add songs to the queue",
			"songs", census.Songs, "excluded", census.Excluded.Map(), "MinSongLength", c.MinSongLength, "MaxSongLength", c.MaxSongLength,
			"NoDisabled", c.NoDisabled, "NoHated", c.NoHated, "NoBadFile", c.NoBadFile, "NoLiveMusic", c.NoLiveMusic)
	}
}

// pool returns the songs that the settings read last allow.
func (r *randy) pool() *pool { return r.pools.get(r.state.Choice(), r.settings.Constraints) }

// queued remembers songs that were put into the queue, by whomever.
func (r *randy) queued(songIDs ...int64) {
	r.refresh()
	for _, id := range songIDs {
		if song, exists := r.library.Catalogue().Song(id); exists {
			r.remember(song, r.now().Unix(), r.settings.BlackLists)
		}
	}
	r.keep(&r.songs, &r.albums, &r.artists)
}

// refresh reads the settings again and lets them and the clock work on the lists.
func (r *randy) refresh() {
	lengths, limit := r.selector.refresh()
	r.age(lengths, limit, r.now().Unix())
}
