package queue

import (
	"slices"

	"musicdb/media/library"
)

// randyVideos is the random selection of videos. Every video has the same chance
// that the user's wishes allow (disabled, hated, minimum length, genres) and that
// was not queued lately. If all were, and the queue would run dry, the one queued
// longest ago comes first. The wishes are never relaxed.
type randyVideos struct {
	selector
	videos blacklist
	barren *wishes // that nothing fulfils; whoever asks for the state of a silent station tries again
}

func openRandyVideos(o Options) (*randyVideos, error) {
	r := &randyVideos{selector: newSelector(o), videos: blacklist{file: "videoblacklist.csv", column: "VideoID"}}
	return r, r.restore(&r.videos)
}

func (r *randyVideos) check(videoID int64) error {
	if _, exists := r.library.Catalogue().Video(videoID); !exists {
		return &UnknownVideoError{videoID}
	}
	return nil
}

// choose makes the choice that keeps the queue from running dry.
func (r *randyVideos) choose() (videoID int64, found bool) { return r.pick(true) }

// request makes a choice that somebody has asked for.
func (r *randyVideos) request() (videoID int64, found bool) { return r.pick(false) }

func (r *randyVideos) pick(relax bool) (videoID int64, found bool) {
	r.refresh()
	w := newWishes(r.library.Catalogue(), r.state.Choice(), r.settings.Constraints)
	if r.barren != nil && r.barren.catalogue == w.catalogue && r.barren.same(w) {
		return 0, false
	}
	lately := r.videos.ids()
	known := set(lately)
	var fresh, heard []int64
	for _, video := range w.catalogue.Videos() {
		switch {
		case !w.allowVideo(video):
		case known[video.ID]:
			heard = append(heard, video.ID)
		default:
			fresh = append(fresh, video.ID)
		}
	}
	if r.barren = nil; len(fresh)+len(heard) == 0 {
		r.barren = &w
		r.tell(w)
		return 0, false
	}
	r.told = false
	if len(fresh) > 0 {
		return fresh[r.rand.IntN(len(fresh))], true
	}
	if relax {
		for _, id := range lately {
			if slices.Contains(heard, id) {
				return id, true
			}
		}
	}
	return 0, false
}

// tell explains why a library with videos shows none, once each time.
func (r *randyVideos) tell(w wishes) {
	if videos := len(w.catalogue.Videos()); videos > 0 && !r.told {
		c := w.constraints
		r.told = true
		r.log.Warn("the random selection finds no video that it may choose; change its settings in config/randy.ini or the selection of genres, or add videos to the queue",
			"videos", videos, "MinSongLength", c.MinSongLength, "NoDisabled", c.NoDisabled, "NoHated", c.NoHated, "genres", len(w.selection.Genres))
	}
}

// chosen notes nothing: choices of videos are not explained.
func (r *randyVideos) chosen(EntryID) {}

// queued remembers videos that were put into the queue, by whomever.
func (r *randyVideos) queued(videoIDs ...int64) {
	r.refresh()
	for _, id := range videoIDs {
		r.videos.push(id, r.now().Unix(), r.settings.BlackLists.VideoListLength)
	}
	r.keep(&r.videos)
}

// refresh reads the settings again and lets them and the clock work on the list.
func (r *randyVideos) refresh() {
	lengths, limit := r.selector.refresh()
	r.videos.age(lengths.VideoListLength, limit, r.now().Unix())
}

// allowVideo reports whether a video fits the wishes. Those about recordings and
// about the longest length concern music that is only heard. While a genre is
// active a video must have an active one; sub genres do not matter.
func (w wishes) allowVideo(v library.Video) bool {
	c := w.constraints
	switch {
	case c.NoDisabled && v.Disabled != 0:
	case c.NoHated && v.Favorite < 0:
	case c.MinSongLength >= 0 && v.Playtime < int64(c.MinSongLength):
	case w.selection.Empty():
		return true
	default:
		for _, tag := range w.catalogue.VideoTags(v.ID) {
			if tag.Class == library.ClassGenre && w.selection.HasGenre(tag.TagID) {
				return true
			}
		}
	}
	return false
}
