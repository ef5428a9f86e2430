package server

import (
	"context"
	"errors"

	"musicdb/media/library"
	"musicdb/media/queue"
	"musicdb/server/wire"
)

// queueEntry is one entry of the song queue as clients see it.
type queueEntry struct {
	EntryID  queue.EntryID  `json:"entryid"`
	IsRandom bool           `json:"israndom"`
	Song     library.Song   `json:"song"`
	Album    library.Album  `json:"album"`
	Artist   library.Artist `json:"artist"`
}

// getSongQueue does not fill an empty queue, unlike the state queries. An entry
// whose song is gone is left out.
func (s *Server) getSongQueue(context.Context, none) ([]queueEntry, error) {
	catalogue := s.o.Library.Catalogue()
	entries := s.o.Queue.Entries()
	list := make([]queueEntry, 0, len(entries))
	for _, e := range entries {
		song, artist, album, err := songRows(catalogue, e.SongID)
		if err != nil {
			continue
		}
		list = append(list, queueEntry{e.ID, e.Random, song, album, artist})
	}
	return list, nil
}

type addSongToQueueArgs struct {
	SongID   wire.Int `json:"songid"`
	Position wire.Any `json:"position" type:"string|int"`
}

// addSongToQueue adds nothing for an unknown song or position.
func (s *Server) addSongToQueue(ctx context.Context, a addSongToQueueArgs) (nothing, error) {
	position, ok := queuePosition(a.Position)
	if !ok {
		return nothing{}, nil
	}
	_, err := s.songQueue(ctx).Add(int64(a.SongID), position)
	return nothing{}, s.added(err)
}

type addRandomSongToQueueArgs struct {
	Position wire.Any     `json:"position" type:"string"`
	AlbumID  wire.MaybeID `json:"albumid"`
}

// addRandomSongToQueue knows no entry ids as position.
func (s *Server) addRandomSongToQueue(ctx context.Context, a addRandomSongToQueueArgs) (nothing, error) {
	if text, _ := a.Position.Text(); text != "next" && text != "last" {
		return nothing{}, nil
	}
	position, _ := queuePosition(a.Position)
	var album *int64
	if a.AlbumID.Given {
		album = &a.AlbumID.Value
	}
	_, err := s.songQueue(ctx).AddRandom(position, album)
	return nothing{}, s.added(err)
}

type moveSongInQueueArgs struct {
	EntryID wire.Any `json:"entryid" type:"string"`
	AfterID wire.Any `json:"afterid" type:"string"`
}

// moveSongInQueue moves nothing for ids that are unknown, equal or not strings;
// an id that is no number, and an empty queue, are failures.
func (s *Server) moveSongInQueue(ctx context.Context, a moveSongInQueueArgs) (nothing, error) {
	return nothing{}, moveEntry(a, s.songQueue(ctx).Move)
}

// moveEntry moves an entry of any queue.
func moveEntry(a moveSongInQueueArgs, move func(entry, after queue.EntryID) (bool, error)) error {
	entryText, isText := a.EntryID.Text()
	afterText, isText2 := a.AfterID.Text()
	if !isText || !isText2 || entryText == afterText {
		return nil
	}
	entry, err := queue.ParseEntryID(entryText)
	if err != nil {
		return err
	}
	after, err := queue.ParseEntryID(afterText)
	if err != nil {
		return err
	}
	_, err = move(entry, after)
	return unlessUnknown(err)
}

type removeSongFromQueueArgs struct {
	EntryID wire.Any `json:"entryid" type:"string"`
}

// removeSongFromQueue skips the current song instead of removing it, since the
// stream is playing it.
func (s *Server) removeSongFromQueue(ctx context.Context, a removeSongFromQueueArgs) (nothing, error) {
	return nothing{}, removeEntryOf(a, s.songQueue(ctx).Remove, s.audio(ctx).SkipEntry)
}

// removeEntryOf removes an entry of any queue, or skips it if it is the current one,
// and still is when the skip is executed: nobody loses the entry behind it.
func removeEntryOf(a removeSongFromQueueArgs, remove func(queue.EntryID) error, skip func(queue.EntryID)) error {
	text, isText := a.EntryID.Text()
	if !isText {
		return nil
	}
	entry, err := queue.ParseEntryID(text)
	if err != nil {
		return err
	}
	err = remove(entry)
	if errors.Is(err, queue.ErrIsCurrent) {
		skip(entry)
	}
	return unlessUnknown(err)
}

// unlessUnknown drops the errors of commands that name something which is not
// there, or not any more: nothing happens and the answer is null, as documented.
func unlessUnknown(err error) error {
	for _, harmless := range []error{queue.ErrUnknownSong, queue.ErrUnknownVideo, queue.ErrUnknownEntry, queue.ErrIsCurrent} {
		if errors.Is(err, harmless) {
			return nil
		}
	}
	return err
}

// added is unlessUnknown for what adds: a queue that is full takes no more, and the log
// tells the administrator.
func (s *Server) added(err error) error {
	if errors.Is(err, queue.ErrFull) {
		s.log.Warn("nothing was added", "err", err)
		return nil
	}
	return unlessUnknown(err)
}

// queuePosition reads where a song is to be inserted: "next", "last", or an entry
// id as string or number. A number keeps its digits: ids have 128 bits.
func queuePosition(position wire.Any) (queue.Position, bool) {
	text, isText := position.Text()
	if !isText {
		text = string(position)
	}
	at, err := queue.ParsePosition(text)
	return at, err == nil
}
