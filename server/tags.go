package server

import (
	"context"
	"encoding/json"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// tagSet is all tags by class, in row order.
type tagSet struct {
	Genres    []library.Tag `json:"genres"`
	Subgenres []library.Tag `json:"subgenres"`
	Moods     []library.Tag `json:"moods"`
}

// songTags are the tags of a song by class, in the order of their assignment.
// The id is what the client sent, in its own JSON type.
type songTags struct {
	SongID json.RawMessage `json:"songid"`
	assigned
}

// albumTags are the same of an album.
type albumTags struct {
	AlbumID json.RawMessage `json:"albumid"`
	assigned
}

type assigned struct {
	Genres    []library.TargetTag `json:"genres"`
	Subgenres []library.TargetTag `json:"subgenres"`
	Moods     []library.TargetTag `json:"moods"`
}

func (s *Server) getTags(context.Context, none) (tagSet, error) {
	set := tagSet{[]library.Tag{}, []library.Tag{}, []library.Tag{}}
	for _, tag := range s.o.Library.Catalogue().Tags() {
		switch tag.Class {
		case library.ClassGenre:
			set.Genres = append(set.Genres, tag)
		case library.ClassSubgenre:
			set.Subgenres = append(set.Subgenres, tag)
		case library.ClassMood:
			set.Moods = append(set.Moods, drawable(tag))
		}
	}
	return set, nil
}

// drawable is a mood as clients draw it: old versions left moods without an icon
// behind, at which the WebUI gives up all of its moods (MusicDB protocol, section 9.3).
func drawable(mood library.Tag) library.Tag {
	if mood.IconType == nil {
		kind := library.IconUnicode
		mood.IconType = &kind
	}
	if mood.Icon == nil {
		mood.Icon = &mood.Name
	}
	return mood
}

type songTagsArgs struct {
	SongID wire.NamedID `json:"songid"`
}

// getSongTags gives empty lists for an unknown song.
func (s *Server) getSongTags(_ context.Context, a songTagsArgs) (songTags, error) {
	return tagsOfSong(s.o.Library.Catalogue(), a.SongID.Value, a.SongID.Raw), nil
}

type albumTagsArgs struct {
	AlbumID wire.NamedID `json:"albumid"`
}

// getAlbumTags does the same for an album.
func (s *Server) getAlbumTags(_ context.Context, a albumTagsArgs) (albumTags, error) {
	return tagsOfAlbum(s.o.Library.Catalogue(), a.AlbumID.Value, a.AlbumID.Raw), nil
}

func tagsOfSong(c *library.Catalogue, id int64, echo json.RawMessage) songTags {
	return songTags{echo, byClass(c.SongTags(id))}
}

func tagsOfAlbum(c *library.Catalogue, id int64, echo json.RawMessage) albumTags {
	return albumTags{echo, byClass(c.AlbumTags(id))}
}

func byClass(tags []library.TargetTag) assigned {
	sorted := assigned{[]library.TargetTag{}, []library.TargetTag{}, []library.TargetTag{}}
	for _, tag := range tags {
		switch tag.Class {
		case library.ClassGenre:
			sorted.Genres = append(sorted.Genres, tag)
		case library.ClassSubgenre:
			sorted.Subgenres = append(sorted.Subgenres, tag)
		case library.ClassMood:
			sorted.Moods = append(sorted.Moods, tag)
		}
	}
	return sorted
}

// tagStatistics tells how often a tag is used.
type tagStatistics struct {
	Tag      library.Tag `json:"tag"`
	Songs    int         `json:"songs"`
	Albums   int         `json:"albums"`
	Videos   int         `json:"videos"`
	Children int         `json:"children"`
}

// getTagsStatistics is an object whose keys are the ids of all tags.
func (s *Server) getTagsStatistics(context.Context, none) (map[string]tagStatistics, error) {
	c := s.o.Library.Catalogue()
	result := map[string]tagStatistics{}
	for _, tag := range c.Tags() {
		use := c.TagUse(tag.ID)
		result[string(idJSON(tag.ID))] = tagStatistics{tag, use.Songs, use.Albums, use.Videos, use.Children}
	}
	return result, nil
}
