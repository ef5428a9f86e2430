package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"musicdb/media/library"
	"musicdb/server/client"
	"musicdb/server/wire"
)

// notice waits for a notification of a source and returns its content.
func notice(t *testing.T, c *client.Client, source, event string) (content string) {
	t.Helper()
	for {
		p := must(c.Receive(t.Context()))(t)
		if p.Method == wire.MethodNotification && p.Function == source && string(p.Signature) == fmt.Sprintf("%q", event) {
			return string(p.Arguments)
		}
	}
}

func answerOf(t *testing.T, c *client.Client, function, arguments string) string {
	t.Helper()
	return string(must(request(t, c, function, json.RawMessage(arguments)))(t))
}

// Two clients watch the same videos: both report each end, and each end counts once.
func TestTwoClientsWatchVideos(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{videos: true})
	// Requests pass over notifications, so that they are a third client's.
	a, b, c := d.dial(), d.dial(), d.dial()
	fence(t, a)
	fence(t, b)
	for _, video := range []int{1, 2, 1} {
		answerOf(t, c, "AddVideoToQueue", fmt.Sprintf(`{"videoid": %d, "position": "last"}`, video))
	}
	for _, video := range []int64{1, 2, 1} {
		var entry string
		for _, watcher := range []*client.Client{a, b} {
			var next struct {
				Video library.Video
				Queue struct{ EntryID string }
			}
			content := notice(t, watcher, "MusicDB:VideoStream", "onStreamNextVideo")
			if err := json.Unmarshal([]byte(content), &next); err != nil || next.Video.ID != video || !strings.Contains(content, `"currententry":"`+next.Queue.EntryID+`"`) {
				t.Fatalf("video %d was to come, not %s", video, content)
			}
			entry = next.Queue.EntryID
		}
		// One client sends the id as text, the other one as a number.
		for watcher, id := range map[*client.Client]string{a: `"` + entry + `"`, b: entry} {
			if err := watcher.Send(wire.Request{Method: wire.Call, Function: "VideoEnded", Arguments: json.RawMessage(`{"entryid": ` + id + `}`)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for answerOf(t, c, "GetVideoQueue", "null") != "[]" {
		notice(t, a, "MusicDB:VideoQueue", "onVideoQueueChanged")
	}
	// 1 and 2 followed each other twice. The answer goes under the name of the getter.
	if got := answerOf(t, c, "GetVideoRelationship", `{"videoid": 2}`); !strings.Contains(got, `"weight":2`) || strings.Count(got, `"weight"`) != 1 {
		t.Errorf("relations %s", got)
	}
	if err := c.Send(wire.Request{Method: wire.Ask, Function: "CutVideoRelationship", Signature: json.RawMessage(`"cut"`),
		Arguments: json.RawMessage(`{"videoid": 2, "relatedvideoid": 1}`)}); err != nil {
		t.Fatal(err)
	}
	for {
		p := must(c.Receive(t.Context()))(t)
		if string(p.Signature) != `"cut"` {
			continue
		}
		if p.Function != "GetVideoRelationship" || string(p.Arguments) != `{"videoid":2,"videos":[]}` {
			t.Errorf("cut: %s %s", p.Function, p.Arguments)
		}
		break
	}
}

// Videos that the wishes excluded are shown as soon as they do not, without a word from
// the library or a look at the stream's state.
func TestAVideoStreamFollowsTheWishes(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{videos: true})
	watcher, c := d.dial(), d.dial()
	fence(t, watcher)
	if queued := d.videos.Entries(); len(queued) != 0 {
		t.Fatalf("queued are %v although videos of the test are too short", queued)
	}
	reply(t, c, "SaveRandyConfiguration", randySent)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for next := ""; next != `"onStreamNextVideo"`; {
		next = string(must(watcher.Receive(ctx))(t).Signature)
	}
}

// With videos switched off the queue can be edited, its head too; nothing is shown.
func TestQueueOfDisabledVideos(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	var queue []struct {
		EntryID string
		Video   library.Video
	}
	for _, video := range []int{1, 2, 1} {
		answerOf(t, c, "AddVideoToQueue", fmt.Sprintf(`{"videoid": %d, "position": "last"}`, video))
	}
	read := func() {
		t.Helper()
		queue = nil
		if err := json.Unmarshal([]byte(answerOf(t, c, "GetVideoQueue", "null")), &queue); err != nil {
			t.Fatal(err)
		}
	}
	read()
	answerOf(t, c, "PlayNextVideo", "null")
	answerOf(t, c, "RemoveVideoFromQueue", fmt.Sprintf(`{"entryid": %q}`, queue[0].EntryID))
	kept := queue[1].EntryID
	if read(); len(queue) != 2 || queue[0].EntryID != kept {
		t.Errorf("the queue is %v, want %s first", queue, kept)
	}
	if got := answerOf(t, c, "GetVideoStreamState", "null"); got != `{"isstreaming":false,"isplaying":false,"currententry":null,"hasqueue":false}` {
		t.Errorf("state %s", got)
	}
}

// Videos are filtered by the names of genres; one without a year comes first.
func TestFilteredVideos(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	c := d.dial()
	err := d.library.Edit(t.Context(), func(e *library.Edit) error {
		v, _ := e.Catalogue().Video(1)
		if _, err := e.AddVideo(library.NewVideo{ArtistID: v.ArtistID, Name: "Undated", Path: "x/Undated.mp4", Playtime: 200}); err != nil {
			return err
		}
		undated, _ := e.Catalogue().VideoByPath("x/Undated.mp4")
		undated.Release = nil
		return e.PutVideo(undated)
	})
	if err != nil {
		t.Fatal(err)
	}
	genre := d.library.Catalogue().Tags()[0]
	names := func() (names []string) {
		t.Helper()
		var list []struct {
			Videos []struct{ Video library.Video }
		}
		if err := json.Unmarshal([]byte(answerOf(t, c, "GetFilteredArtistsWithVideos", "null")), &list); err != nil {
			t.Fatal(err)
		}
		for _, artist := range list {
			for _, v := range artist.Videos {
				names = append(names, v.Video.Name)
			}
		}
		return names
	}
	all := `["Undated" "Neon Glass Open" "Ghost Night"]`
	if got := fmt.Sprintf("%q", names()); got != all {
		t.Errorf("all videos: %s", got)
	}
	answerOf(t, c, "SetVideoTag", fmt.Sprintf(`{"videoid": "1", "tagid": %d}`, genre.ID)) // its broadcast answers
	if got := fmt.Sprintf("%q", names()); got != `["Undated" "Ghost Night"]` {
		t.Errorf("without an active genre: %s", got)
	}
	answerOf(t, c, "SetMDBState", fmt.Sprintf(`{"category": "GenreFilter", "name": %q, "value": true}`, genre.Name))
	if got := fmt.Sprintf("%q", names()); got != all {
		t.Errorf("with its genre active: %s", got)
	}
	// A random video must have an active genre: the only one that has is too short.
	answerOf(t, c, "AddRandomVideoToQueue", `{"position": "last"}`)
	if got := answerOf(t, c, "GetVideoQueue", "null"); got != "[]" {
		t.Errorf("queued at random: %s", got)
	}
	answerOf(t, c, "RemoveVideoTag", fmt.Sprintf(`{"videoid": 1, "tagid": %d}`, genre.ID))
	answerOf(t, c, "SetMDBState", fmt.Sprintf(`{"category": "GenreFilter", "name": %q, "value": false}`, genre.Name))
	answerOf(t, c, "AddRandomVideoToQueue", `{"position": "last"}`)
	if got := answerOf(t, c, "GetVideoQueue", "null"); !strings.Contains(got, `"Undated"`) || !strings.Contains(got, `"israndom":true`) {
		t.Errorf("queued at random: %s", got)
	}
}

// A thumbnail is served where the old WebUI looks for it.
func TestThumbnailIsServed(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{installed: true})
	c := d.dial()
	if got := answerOf(t, c, "SetVideoThumbnail", `{"videoid": 2, "timestamp": 1.5}`); got != "null" {
		t.Errorf("answer %s", got)
	}
	v, _ := d.library.Catalogue().Video(2)
	for _, name := range []string{"thumbnail.jpg", "thumbnail%20(150%C3%9783).jpg"} {
		answer, body := d.get("/musicdb/videoframes/%E5%A4%A2%E3%81%AE%E4%B8%AD%E3%81%B8%E5%85%84%E5%BC%9F/Ghost%20Night/" + name)
		if answer.StatusCode != 200 || !strings.HasPrefix(body, "\xff\xd8\xff") || v.ThumbnailFile != "thumbnail.jpg" {
			t.Errorf("%s: %d, %d bytes; the row says %s", name, answer.StatusCode, len(body), v.ThumbnailFile)
		}
	}
}
