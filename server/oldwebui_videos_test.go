package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"musicdb/server/wire"
)

// videos does what the WebUI does with videos.
func (w *oldWebUI) videos() {
	type video struct {
		ID              int64
		FramesDirectory string
		ThumbnailFile   string
		PreviewFile     string
	}
	var all []struct{ Videos []struct{ Video video } }
	if err := json.Unmarshal(w.request("GetFilteredArtistsWithVideos", "ShowArtists", nil), &all); err != nil {
		w.t.Fatal(err)
	}
	w.broadcast("GetFilteredArtistsWithVideos", "ShowArtists", nil)
	var videos []video
	for _, artist := range all {
		for _, entry := range artist.Videos {
			videos = append(videos, entry.Video)
		}
	}
	if len(videos) < 2 {
		w.t.Fatalf("%d videos", len(videos))
	}
	id := videos[0].ID
	for _, file := range []string{videos[0].ThumbnailFile, videos[0].PreviewFile} {
		reference := "videoframes/" + encodeURI(videos[0].FramesDirectory) + "/" + encodeURIComponent(file)
		if answer, _ := w.get(reference); answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "image/") {
			w.t.Errorf("%s: %s", reference, answer.Status)
		}
	}
	w.request("GetVideo", "ShowVideo", object{"videoid": id})
	w.request("UpdateVideoStatistic", "UpdateVideo", object{"videoid": id, "statistic": "likes", "modifier": "inc"})
	genre := parsed[struct{ Genres []struct{ ID int64 } }](w.t, w.request("GetTags", "UpdateTags", nil)).Genres[0].ID
	for _, signature := range []string{"UpdateTags", "UpdateVideo"} {
		w.request("SetVideoTag", signature, object{"videoid": id, "tagid": genre})
		w.request("RemoveVideoTag", signature, object{"videoid": id, "tagid": genre})
	}
	w.call("SetVideoColor", object{"videoid": id, "colorname": "bgcolor", "color": "#102030"})
	w.call("SetVideoTimeFrame", object{"videoid": id, "begin": 0, "end": nil})
	w.call("SetVideoThumbnail", object{"videoid": id, "timestamp": 1})

	entries := func() (ids []string) {
		for _, e := range parsed[[]struct{ EntryID string }](w.t, w.request("GetVideoQueue", "ShowVideoQueue", nil)) {
			ids = append(ids, e.EntryID)
		}
		return ids
	}
	w.call("AddVideoToQueue", object{"videoid": id, "position": "last"})
	w.call("AddVideoToQueue", object{"videoid": videos[1].ID, "position": "last"})
	w.call("AddVideoToQueue", object{"videoid": id, "position": "last"})
	w.call("AddRandomVideoToQueue", object{"position": "last"})
	before := entries()
	if len(before) < 3 {
		w.t.Fatalf("%d entries in the video queue", len(before))
	}
	w.call("MoveVideoInQueue", object{"entryid": before[1], "afterid": before[2]})
	if after := entries(); slices.Index(after, before[1]) != slices.Index(after, before[2])+1 {
		w.t.Errorf("moved: %v, before: %v", after, before)
	}
	w.call("RemoveVideoFromQueue", object{"entryid": before[1]})
	for _, signature := range []string{"UpdateStreamState", "UpdateHUD"} {
		w.request("GetVideoStreamState", signature, nil)
	}
	w.call("SetVideoStreamState", object{"state": "play"})
	w.call("VideoEnded", object{"entryid": entries()[0]})
	w.call("PlayNextVideo", nil)
	w.do(wire.Call, "SetVideoStreamState", "", object{"state": "pause"})
}
