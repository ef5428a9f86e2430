package server

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// videoTags are the tags of a video by class, as songTags are those of a song.
type videoTags struct {
	VideoID json.RawMessage `json:"videoid"`
	assigned
}

// videoEntry is a video in a list.
type videoEntry struct {
	Video library.Video `json:"video"`
	Tags  videoTags     `json:"tags"`
}

// artistWithVideos is an entry of GetFilteredArtistsWithVideos.
type artistWithVideos struct {
	Artist library.Artist `json:"artist"`
	Videos []videoEntry   `json:"videos"`
}

// videoInfo is the result of GetVideo.
type videoInfo struct {
	Artist library.Artist `json:"artist"`
	Album  *library.Album `json:"album"`
	Song   *library.Song  `json:"song"`
	Video  library.Video  `json:"video"`
	Tags   videoTags      `json:"tags"`
}

func tagsOfVideo(c *library.Catalogue, id int64, echo json.RawMessage) videoTags {
	return videoTags{echo, byClass(c.VideoTags(id))}
}

type getVideosArgs struct {
	ArtistID wire.ID `json:"artistid"`
}

// getVideos lists the videos of an artist; an unknown one has none.
func (s *Server) getVideos(_ context.Context, a getVideosArgs) ([]videoEntry, error) {
	return videosOf(s.o.Library.Catalogue(), a.ArtistID.Value, everyVideo), nil
}

func everyVideo([]library.TargetTag) bool { return true }

// videosOf lists the videos of an artist whose tags pass, by release. One without
// comes first.
func videosOf(c *library.Catalogue, artistID int64, pass func([]library.TargetTag) bool) []videoEntry {
	list := []videoEntry{}
	for _, video := range c.VideosOf(artistID) {
		if tags := c.VideoTags(video.ID); pass(tags) {
			list = append(list, videoEntry{video, videoTags{idJSON(video.ID), byClass(tags)}})
		}
	}
	slices.SortStableFunc(list, func(a, b videoEntry) int { return compareReleases(a.Video.Release, b.Video.Release) })
	return list
}

func compareReleases(a, b *int64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	default:
		return cmp.Compare(*a, *b)
	}
}

// getFilteredArtistsWithVideos keeps videos without genre and those with an active
// one. Unlike the albums, tagged videos are left out as long as no genre is active.
func (s *Server) getFilteredArtistsWithVideos(context.Context, none) ([]artistWithVideos, error) {
	catalogue, choice := s.o.Library.Catalogue(), s.o.State.Choice()
	pass := func(tags []library.TargetTag) bool {
		plain := true
		for _, tag := range tags {
			if tag.Class != library.ClassGenre {
				continue
			}
			if plain = false; choice.GenreActive(tag.Name) {
				return true
			}
		}
		return plain
	}
	list := []artistWithVideos{}
	for _, artist := range catalogue.ArtistsByName() {
		if videos := videosOf(catalogue, artist.ID, pass); len(videos) > 0 {
			list = append(list, artistWithVideos{artist, videos})
		}
	}
	return list, nil
}

type videoArgs struct {
	VideoID wire.ID `json:"videoid"`
}

func (s *Server) getVideo(_ context.Context, a videoArgs) (videoInfo, error) {
	catalogue := s.o.Library.Catalogue()
	video, ok := catalogue.Video(a.VideoID.Value)
	if !ok {
		return videoInfo{}, &UnknownError{"video", a.VideoID.Value}
	}
	info := videoInfo{Artist: artistOf(catalogue, video.ArtistID, video.Path), Video: video, Tags: tagsOfVideo(catalogue, video.ID, a.VideoID.Raw)}
	info.Album = albumOfVideo(catalogue, video)
	if video.SongID != nil {
		if song, ok := catalogue.Song(*video.SongID); ok {
			info.Song = &song
		}
	}
	return info, nil
}

// albumOfVideo is the album that a video refers to; nil: none, or it is gone.
func albumOfVideo(c *library.Catalogue, v library.Video) *library.Album {
	if v.AlbumID == nil {
		return nil
	}
	if album, ok := c.Album(*v.AlbumID); ok {
		return &album
	}
	return nil
}
