package library

import (
	"context"
	"time"
)

// NewVideo is a video to be entered by AddVideo.
type NewVideo struct {
	ArtistID      int64
	Name          string
	Path          string // relative to the music directory
	Playtime      int64  // seconds
	Origin        string
	Release       int64     // year
	Added         time.Time // zero: now
	Codec         string
	XResolution   int64 // pixels, as shown
	YResolution   int64
	Checksum      string
	LiveRecording bool
	BadAudio      bool
	LyricsVideo   bool
}

// AddVideo enters a video, to be played from its begin to its end. It fails with
// an EntryError: ErrNotFound when there is no such artist, ErrInvalid when name
// or path is empty, ErrExists with the ID of the video that has this path.
func (e *Edit) AddVideo(n NewVideo) (Video, error) {
	if err := named("video", 0, n.Name, n.Path); err != nil {
		return Video{}, err
	}
	if _, exists := e.now.Artist(n.ArtistID); !exists {
		return Video{}, &EntryError{Reason: ErrNotFound, Kind: "artist", ID: n.ArtistID}
	}
	if known, exists := e.now.VideoByPath(n.Path); exists {
		return Video{}, &EntryError{Reason: ErrExists, Kind: "video", ID: known.ID, Detail: n.Path}
	}
	v := n.row(e.lib.now)
	var err error
	if v.ID, err = e.insert(videoRows, v.values()); err != nil {
		return Video{}, err
	}
	e.learn(func(c *Catalogue) { c.changeVideo(nil, &v) })
	return v, nil
}

func (n NewVideo) row(now func() time.Time) Video {
	if n.Added.IsZero() {
		n.Added = now()
	}
	begin := int64(0)
	return Video{
		ArtistID: n.ArtistID, Name: n.Name, Path: n.Path, Playtime: n.Playtime, Origin: &n.Origin, Release: &n.Release,
		Added: n.Added.Unix(), Codec: &n.Codec, XResolution: &n.XResolution, YResolution: &n.YResolution,
		LiveRecording: flag(n.LiveRecording), BadAudio: flag(n.BadAudio), Checksum: n.Checksum, LyricsVideo: flag(n.LyricsVideo),
		BgColor: DefaultBgColor, FgColor: DefaultFgColor, HlColor: DefaultHlColor, VBegin: &begin, VEnd: &n.Playtime,
	}
}

// PutVideo replaces the row of a video. It fails with an EntryError: ErrNotFound
// when there is no such video, or not the artist, album or song it shall belong
// to; ErrInvalid when the new name or path is empty; ErrExists when another video
// has the new path.
func (e *Edit) PutVideo(v Video) error {
	before, exists := e.now.Video(v.ID)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "video", ID: v.ID}
	}
	if v.Name != before.Name || v.Path != before.Path {
		if err := named("video", v.ID, v.Name, v.Path); err != nil {
			return err
		}
	}
	if known, exists := e.now.VideoByPath(v.Path); exists && v.Path != before.Path {
		return &EntryError{Reason: ErrExists, Kind: "video", ID: known.ID, Detail: v.Path}
	}
	if err := e.refusedReferences(&before, &v); err != nil {
		return err
	}
	changed, err := e.update(videoRows, v.ID, before.values(), v.values())
	if err == nil && changed {
		e.learn(func(c *Catalogue) { c.changeVideo(&before, &v) })
	}
	return err
}

// refusedReferences refuses new references that lead to nothing.
func (e *Edit) refusedReferences(before, v *Video) error {
	if _, exists := e.now.Artist(v.ArtistID); !exists && v.ArtistID != before.ArtistID {
		return &EntryError{Reason: ErrNotFound, Kind: "artist", ID: v.ArtistID}
	}
	if v.AlbumID != nil && orNull(v.AlbumID) != orNull(before.AlbumID) {
		if _, exists := e.now.Album(*v.AlbumID); !exists {
			return &EntryError{Reason: ErrNotFound, Kind: "album", ID: *v.AlbumID}
		}
	}
	if v.SongID != nil && orNull(v.SongID) != orNull(before.SongID) {
		if _, exists := e.now.Song(*v.SongID); !exists {
			return &EntryError{Reason: ErrNotFound, Kind: "song", ID: *v.SongID}
		}
	}
	return nil
}

// RemoveVideo removes a video with its tags, relations and history.
func (e *Edit) RemoveVideo(id int64) error {
	v, exists := e.now.Video(id)
	if !exists {
		return &EntryError{Reason: ErrNotFound, Kind: "video", ID: id}
	}
	if err := e.unassignAll(VideoTarget, id); err != nil {
		return err
	}
	if err := e.delete(videoRows, id); err != nil {
		return err
	}
	e.gone.videos = append(e.gone.videos, id)
	e.learn(func(c *Catalogue) { c.changeVideo(&v, nil) })
	return nil
}

// SetVideoLastPlayed is SetLastPlayed for a video.
func (l *Library) SetVideoLastPlayed(ctx context.Context, videoID int64, at time.Time) error {
	return l.Edit(ctx, func(e *Edit) error {
		v, exists := e.now.Video(videoID)
		if !exists {
			return &EntryError{Reason: ErrNotFound, Kind: "video", ID: videoID}
		}
		if v.LastPlayed = at.Unix(); v.LastPlayed < 0 {
			return &EntryError{Reason: ErrInvalid, Kind: "video", ID: videoID, Detail: "played before 1970"}
		}
		return e.PutVideo(v)
	})
}

// Videos returns all videos in row order.
func (c *Catalogue) Videos() []Video { return c.videos.slice() }

// Video returns the video with this id.
func (c *Catalogue) Video(id int64) (Video, bool) { return value(c.videos.get(pair{id, 0})) }

// VideoByPath is described at ArtistByPath.
func (c *Catalogue) VideoByPath(path string) (Video, bool) {
	return value(byPath(c.videos, c.videoPaths, path, func(v *Video) string { return v.Path }))
}

// VideosOf returns the videos of an artist in row order.
func (c *Catalogue) VideosOf(artistID int64) []Video {
	var videos []Video
	for id := range found(c.videosOf, artistID) {
		videos = append(videos, *c.videos.get(pair{id, 0}))
	}
	return videos
}
