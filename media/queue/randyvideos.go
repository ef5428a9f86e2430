package queue

import "musicdb/media/library"

// randyVideos is the random selection of videos. Every video has the same chance
// that the user's wishes allow (disabled, hated, minimum length, genres) and that
// was not queued lately. If all were, the one queued longest ago comes first. The
// wishes are never relaxed.
type randyVideos struct {
	selector
	videos blacklist
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

// choose makes a random choice among all videos.
func (r *randyVideos) choose() (videoID int64, found bool) {
	r.refresh()
	return r.search(r.pick, r.tell)
}

// tell explains why a library with videos shows none.
func (r *randyVideos) tell(w wishes, told bool) bool {
	videos := len(w.catalogue.Videos())
	if videos == 0 {
		return false
	}
	if !told {
		c := w.constraints
		r.log.Warn("the random selection finds no video that it may choose; change its settings in config/randy.ini or the selection of genres, or add videos to the queue",
			"videos", videos, "MinSongLength", c.MinSongLength, "NoDisabled", c.NoDisabled, "NoHated", c.NoHated, "genres", len(w.selection.Genres))
	}
	return true
}

// pick throws the dice for given wishes.
func (r *randyVideos) pick(w wishes) (videoID int64, found bool) {
	recency := r.videos.recency()
	var offers offers
	for _, video := range w.catalogue.Videos() {
		if !w.allowVideo(video) {
			continue
		}
		t, since := unheard, recency[video.ID]
		if since > 0 {
			t = songHeard
		}
		offers.weigh(t, since, video.ID, video.ID)
	}
	return offers.draw(r.rand)
}

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
	r.videos.trim(lengths.VideoListLength, limit)
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
