package state

import "path/filepath"

const randyVersion = 1

// Randy is the configuration of the random selection, kept in config/randy.ini.
// Its JSON form is RandyConfig of the MusicDB protocol.
type Randy struct {
	Meta struct {
		Version int `json:"version"`
	} `json:"meta"`
	Constraints Constraints `json:"Constraints"`
	BlackLists  BlackLists  `json:"BlackLists"`
	Limits      struct {
		// MaxTries was how many random albums were examined before the selection gave
		// up. It is kept for clients and MusicDB 8, and has no effect: a choice is made
		// in one step.
		MaxTries int `json:"MaxTries"`
	} `json:"Limits"`
}

// Constraints are the user's wishes that concern a song by itself.
type Constraints struct {
	NoDisabled    bool `json:"NoDisabled"`
	NoHated       bool `json:"NoHated"`
	NoBadFile     bool `json:"NoBadFile"`
	NoLiveMusic   bool `json:"NoLiveMusic"`
	MinSongLength int  `json:"MinSongLength"` // seconds, inclusive; negative: no bound
	MaxSongLength int  `json:"MaxSongLength"` // seconds, inclusive; negative: no bound
}

// BlackLists say how much of what was queued lately is remembered, and how long.
// Lengths are in entries; 0 switches a list off.
type BlackLists struct {
	SongListLength   int `json:"SongListLength"`
	AlbumListLength  int `json:"AlbumListLength"`
	ArtistListLength int `json:"ArtistListLength"`
	VideoListLength  int `json:"VideoListLength"`
	MaxAge           int `json:"MaxAge"` // hours
}

// DefaultRandy returns what a new randy.ini is filled with.
func DefaultRandy() Randy {
	var r Randy
	r.Meta.Version = randyVersion
	r.Constraints.NoDisabled = true
	r.Constraints.NoHated = true
	r.Constraints.NoBadFile = true
	r.Constraints.MinSongLength = 120
	r.Constraints.MaxSongLength = 600
	r.BlackLists.SongListLength = 5
	r.BlackLists.AlbumListLength = 2
	r.BlackLists.ArtistListLength = 1
	r.BlackLists.VideoListLength = 3
	r.BlackLists.MaxAge = 24
	r.Limits.MaxTries = 10
	return r
}

func (s *Store) randyFile() string { return filepath.Join(s.config, "randy.ini") }

// Randy reads the configuration of the random selection from the disk. A file
// that is missing, or older than version 1, is completed with the defaults first.
// A value that cannot be read is replaced by its default, a number out of range by
// the nearest one inside. Errors: [*FileError].
func (s *Store) Randy() (Randy, error) {
	file, err := s.current(s.randyFile(), asState, randyVersion, upgradeRandy)
	if err != nil {
		return Randy{}, err
	}
	return s.limited(readRandy(file)), nil
}

// SaveRandy writes the complete configuration, with numbers out of range as they
// count. Errors: [*FileError].
func (s *Store) SaveRandy(r Randy) error {
	r = s.limited(r)
	return s.change(s.randyFile(), asState, r.bind().write)
}

func upgradeRandy(file *INI, _ int) error {
	r := DefaultRandy()
	if err := r.bind().fill(file, func(string) bool { return true }); err != nil {
		return err
	}
	return file.SetInt("meta", "version", randyVersion)
}

// readRandy fills in what the file has. Where it has nothing the defaults of a
// new file hold, except that live music is then left out.
func readRandy(file *INI) Randy {
	r := missingRandy()
	r.bind().read(file)
	return r
}

func missingRandy() Randy {
	r := DefaultRandy()
	r.Meta.Version = 0
	r.Constraints.NoLiveMusic = true
	return r
}

// bind names the place of each field in the file, in the order of the file.
func (r *Randy) bind() binding {
	c, b := &r.Constraints, &r.BlackLists
	return binding{
		{"meta", "version", &r.Meta.Version},
		{"Constraints", "NoDisabled", &c.NoDisabled},
		{"Constraints", "NoHated", &c.NoHated},
		{"Constraints", "NoBadFile", &c.NoBadFile},
		{"Constraints", "NoLiveMusic", &c.NoLiveMusic},
		{"Constraints", "MinSongLength", &c.MinSongLength},
		{"Constraints", "MaxSongLength", &c.MaxSongLength},
		{"BlackLists", "SongListLength", &b.SongListLength},
		{"BlackLists", "AlbumListLength", &b.AlbumListLength},
		{"BlackLists", "ArtistListLength", &b.ArtistListLength},
		{"BlackLists", "VideoListLength", &b.VideoListLength},
		{"BlackLists", "MaxAge", &b.MaxAge},
		{"Limits", "MaxTries", &r.Limits.MaxTries},
	}
}
