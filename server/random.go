package server

import (
	"context"
	"math/rand/v2"

	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/server/wire"
)

// This file explains the random selection. Its functions are ours: the protocol of
// MusicDB 8 has none of them.

// randomRules are the rules of a choice, and what they leave to choose from.
type randomRules struct {
	queue.InForce
	Songs      int       `json:"songs"`      // in the library, or in the album
	Pool       int       `json:"pool"`       // songs that the user's wishes allow
	Excluded   []ruledBy `json:"excluded"`   // the others, each by the first rule against it
	Heard      []ruledBy `json:"heard"`      // songs of the pool that are not to be repeated so soon
	Relaxed    string    `json:"relaxed"`    // none, or the rule about what was heard that was relaxed
	Candidates int       `json:"candidates"` // songs that have the same chance
}

// ruledBy is how many songs a rule leaves out.
type ruledBy struct {
	Rule  string `json:"rule"`
	Text  string `json:"text"`
	Songs int    `json:"songs"`
}

// randomState is the result of GetRandomState.
type randomState struct {
	State  string `json:"state"`  // Fresh, Repeating, NoSongs, EmptyLibrary
	Text   string `json:"text"`   // the same in a sentence
	Stream string `json:"stream"` // the state of the audio stream; NoSongs: it waits for a song
	randomRules
}

// getRandomState tells what the random selection has to offer. It changes nothing,
// unlike the queries of the audio stream, which fill an empty queue.
func (s *Server) getRandomState(context.Context, none) (randomState, error) {
	outlook := s.o.Queue.Outlook()
	return s.randomStateOf(outlook), nil
}

func (s *Server) randomStateOf(o queue.Outlook) randomState {
	return randomState{
		State: o.Prospect.String(), Text: prospectText(o), Stream: s.o.Stream.State().Audio.String(),
		randomRules: rulesOf(o.InForce, o.Census, o.Heard, o.Relaxed, o.Candidates),
	}
}

func rulesOf(f queue.InForce, c queue.Census, heard queue.Counts, relaxed queue.Rule, candidates int) randomRules {
	return randomRules{f, c.Songs, c.Pool, ruledBySome(c.Excluded), ruledBySome(heard), relaxed.String(), candidates}
}

func ruledBySome(counts queue.Counts) []ruledBy {
	list := []ruledBy{}
	for _, rule := range queue.Rules() {
		if n := counts[rule]; n > 0 {
			list = append(list, ruledBy{rule.String(), ruleText(rule, n), n})
		}
	}
	return list
}

type explainSongArgs struct {
	EntryID wire.MaybeAny `json:"entryid" type:"string"`
	SongID  wire.MaybeID  `json:"songid"`
}

// songExplanation is the result of ExplainSong.
type songExplanation struct {
	SongID  int64         `json:"songid"`
	EntryID queue.EntryID `json:"entryid"` // empty when a song was asked for
	Queued  bool          `json:"queued"`  // the entry is still in the queue
	Pick    *randomPick   `json:"pick"`    // why the entry was chosen; null: not by chance, or too long ago
	Now     *songNow      `json:"now"`     // whether the song could be chosen now; null: it is not in the library any more
}

// randomPick is a choice of the past.
type randomPick struct {
	Time    int64  `json:"time"`    // Unix time in seconds
	Seed    uint64 `json:"seed"`    // what PreviewRandom repeats the choice by
	AlbumID *int64 `json:"albumid"` // the choice was among the songs of this album; null: among all
	Text    string `json:"text"`
	randomRules
}

// songNow is what the random selection makes of a song.
type songNow struct {
	CanBeChosen    bool       `json:"canbechosen"`    // by the stream, as its next random song
	CanBeRequested bool       `json:"canberequested"` // by AddRandomSongToQueue
	Text           string     `json:"text"`
	Against        []songRule `json:"against"` // wishes that exclude it, always
	Heard          []songRule `json:"heard"`   // what keeps it out for a while
	State          string     `json:"state"`   // as in GetRandomState
	Candidates     int        `json:"candidates"`
	Relaxed        string     `json:"relaxed"`
}

// songRule is a rule that keeps a song out.
type songRule struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
	Time int64  `json:"time"` // when it was heard, Unix time in seconds; 0 for a wish
}

// explainSong explains an entry of the queue, one that was played or removed
// lately, or a song. What is unknown is answered with null.
func (s *Server) explainSong(_ context.Context, a explainSongArgs) (*songExplanation, error) {
	e := &songExplanation{SongID: a.SongID.Value}
	if !a.EntryID.Given {
		if e.Now = s.explainNow(e.SongID); e.Now == nil || !a.SongID.Given {
			return nil, nil //nolint:nilnil // null on the wire
		}
		return e, nil
	}
	text, _ := a.EntryID.Text()
	id, err := queue.ParseEntryID(text)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // no such entry
	}
	e.EntryID = id
	for _, entry := range s.o.Queue.Entries() {
		if entry.ID == id {
			e.SongID, e.Queued = entry.SongID, true
		}
	}
	pick, chosen := s.o.Queue.PickOf(id)
	switch {
	case chosen:
		e.SongID, e.Pick = pick.SongID, explainPick(pick)
	case !e.Queued:
		return nil, nil //nolint:nilnil // null on the wire
	}
	e.Now = s.explainNow(e.SongID)
	return e, nil
}

func explainPick(p queue.Pick) *randomPick {
	pick := &randomPick{Time: p.At, Seed: p.Seed, Text: pickText(p), randomRules: rulesOf(p.InForce, p.Census, p.Heard, p.Relaxed, p.Candidates)}
	if p.AlbumID != 0 {
		pick.AlbumID = &p.AlbumID
	}
	return pick
}

// explainNow is nil for a song that does not exist.
func (s *Server) explainNow(songID int64) *songNow {
	v, err := s.o.Queue.Explain(songID)
	if err != nil {
		return nil
	}
	now := &songNow{CanBeChosen: v.Chosen, CanBeRequested: v.Requested, Text: verdictText(v), Against: []songRule{}, Heard: []songRule{},
		State: v.Outlook.Prospect.String(), Candidates: v.Outlook.Candidates, Relaxed: v.Outlook.Relaxed.String()}
	for _, rule := range v.Against {
		now.Against = append(now.Against, songRule{rule.String(), ruleText(rule, 1), 0})
	}
	for _, heard := range v.Heard {
		now.Heard = append(now.Heard, songRule{heard.Rule.String(), ruleText(heard.Rule, 1), heard.At})
	}
	return now
}

type previewRandomArgs struct {
	N    wire.Int      `json:"n"`
	Seed wire.MaybeInt `json:"seed"`
}

// randomPreview is the result of PreviewRandom.
type randomPreview struct {
	Seed  uint64        `json:"seed"`
	State string        `json:"state"` // as in GetRandomState
	Songs []previewSong `json:"songs"`
}

// previewSong is a song that the stream would choose.
type previewSong struct {
	Song       library.Song   `json:"song"`
	Album      library.Album  `json:"album"`
	Artist     library.Artist `json:"artist"`
	Seed       uint64         `json:"seed"`
	Candidates int            `json:"candidates"`
	Relaxed    string         `json:"relaxed"`
}

// previewRandom returns the next n random songs, 1 to queue.MaxPreview, for a seed
// from 0 to queue.MaxSeed, of which a higher or negative one keeps the lowest bits;
// without a seed it takes one and tells it.
func (s *Server) previewRandom(_ context.Context, a previewRandomArgs) (randomPreview, error) {
	seed := rand.Uint64()
	if a.Seed.Given {
		seed = uint64(a.Seed.Value)
	}
	preview := randomPreview{Seed: seed & queue.MaxSeed, State: s.o.Queue.Outlook().Prospect.String(), Songs: []previewSong{}}
	catalogue := s.o.Library.Catalogue()
	for _, pick := range s.o.Queue.Preview(int(min(max(a.N, 1), queue.MaxPreview)), preview.Seed) {
		song, artist, album, err := songRows(catalogue, pick.SongID)
		if err != nil {
			continue // it was removed or entered this moment
		}
		preview.Songs = append(preview.Songs, previewSong{song, album, artist, pick.Seed, pick.Candidates, pick.Relaxed.String()})
	}
	return preview, nil
}
