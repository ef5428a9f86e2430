package server

import (
	"cmp"
	"context"
	"slices"

	"musicdb/media/library"
	"musicdb/server/wire"
)

// videoRelations is the result of GetVideoRelationship.
type videoRelations struct {
	VideoID int64          `json:"videoid"`
	Videos  []relatedVideo `json:"videos"`
}

// relatedVideo is a video that was shown directly before or after another.
type relatedVideo struct {
	Video  library.Video  `json:"video"`
	Tags   videoTags      `json:"tags"`
	Weight int64          `json:"weight"` // how often
	Artist library.Artist `json:"artist"`
}

type getVideoRelationshipArgs struct {
	VideoID wire.Int `json:"videoid"`
}

// getVideoRelationship leaves out disabled and hated videos, and those that are
// gone. An unknown video has no relations.
func (s *Server) getVideoRelationship(ctx context.Context, a getVideoRelationshipArgs) (videoRelations, error) {
	relations, err := s.o.Library.VideoRelations(ctx, int64(a.VideoID))
	if err != nil {
		return videoRelations{}, err
	}
	c := s.o.Library.Catalogue()
	result := videoRelations{int64(a.VideoID), []relatedVideo{}}
	for _, relation := range relations {
		video, known := c.Video(relation.ID)
		if known && video.Disabled == 0 && video.Favorite != -1 {
			artist := artistOf(c, video.ArtistID, video.Path)
			result.Videos = append(result.Videos, relatedVideo{video, tagsOfVideo(c, video.ID, idJSON(video.ID)), relation.Weight, artist})
		}
	}
	slices.SortFunc(result.Videos, func(a, b relatedVideo) int {
		return cmp.Or(cmp.Compare(a.Artist.Name, b.Artist.Name), cmp.Compare(a.Artist.ID, b.Artist.ID),
			compareReleases(a.Video.Release, b.Video.Release), cmp.Compare(a.Video.ID, b.Video.ID))
	})
	return result, nil
}

type cutVideoRelationshipArgs struct {
	VideoID        wire.Any `json:"videoid" type:"int"`
	RelatedVideoID wire.Any `json:"relatedvideoid" type:"int"`
}

// cutVideoRelationship ignores arguments of other types and pairs that are none.
func (s *Server) cutVideoRelationship(ctx context.Context, a cutVideoRelationshipArgs) (nothing, error) {
	video, isVideo := a.VideoID.Integer()
	related, isRelated := a.RelatedVideoID.Integer()
	if !isVideo || !isRelated || s.o.NoTracker {
		return nothing{}, nil
	}
	return nothing{}, s.o.Library.CutVideoRelation(ctx, video, related)
}
