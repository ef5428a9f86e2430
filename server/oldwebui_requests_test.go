package server_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"musicdb/server"
)

// oldRequests is every request that the WebUI of MusicDB 8 makes: function, method,
// and signatures; "-" is null (MusicDB protocol, "WebUI" of each function).
const oldRequests = `
Bounce request ConfirmAlbumSettingsTask InformAlbumImportProgressLayer
GetMDBState request InitializeWebUI UpdateMDBState
SetMDBState call -
SetMDBState request UpdateMDBState
LoadWebUIConfiguration request SetupWebUI ShowWebUISettings ShowStreamSettings ReloadStreamSettings
SaveWebUIConfiguration broadcast UpdateConfig
LoadRandyConfiguration request ShowRandySettings ReloadRandySettings
SaveRandyConfiguration broadcast ReloadRandySettings
Find request ShowPreview ShowResults
GetArtists request UpdateArtistsCache
GetArtistsWithAlbums request ConfirmAlbumImportTask
GetFilteredArtistsWithAlbums request ShowArtists
GetFilteredArtistsWithAlbums broadcast ShowArtists
GetFilteredArtistsWithVideos request ShowArtists
GetFilteredArtistsWithVideos broadcast ShowArtists
CreateArtistEntry request ConfirmAlbumImportTask
UpdateArtistEntry call -
RemoveArtistEntry call -
RenameArtistDirectory call -
ChangeArtistDirectory request ConfirmAlbumImportTask
ChangeArtistDirectory call -
GetHiddenAlbums request ShowHiddenAlbums
GetAlbum request ShowAlbum ShowAlbumSettingsLayer ShowSongsSettingsLayer UpdateTags
GetAlbum broadcast AlbumRenamed SongRenamed
HideAlbum broadcast UpdateArtists
SetAlbumOrigin request ConfirmAlbumSettingsTask
SetAlbumImportTime request ConfirmAlbumSettingsTask
SetAlbumColor call -
SetAlbumTag request UpdateTags
RemoveAlbumTag request UpdateTags
RenameAlbumDirectory request ConfirmAlbumImportTask ConfirmAlbumSettingsTask
RenameAlbumDirectory call -
UpdateAlbumEntry call -
RemoveAlbumEntry call -
AddAlbumToQueue call -
GetSong request UpdateSong
UpdateSongStatistic request UpdateSong
SetSongTag request UpdateTags UpdateSong
RemoveSongTag request UpdateTags UpdateSong
GetSongRelationship request ShowSongRelationship
CutSongRelationship request ShowSongRelationship
CreateSongEntry call -
UpdateSongEntry call -
RemoveSongEntry call -
RenameMusicFile request ConfirmAlbumImportTask ConfirmSongRenaming
RenameMusicFile call -
GetSongLyrics request ShowLyrics ReloadLyrics
SetSongLyrics call -
SetSongLyrics broadcast UpdateLyricsState
GetTags request UpdateTagsCache ShowGenreSettings ShowMoodManager UpdateTags
GetTagsStatistics request UpdateGenreSelection UpdateTagsStatistics
AddGenre request UpdateTags
AddSubgenre request UpdateTags
AddMoodFlag request UpdateTags
DeleteTag request UpdateTags
ModifyTag request UpdateTags
ModifyTag call -
GetAudioStreamState request UpdateStreamState UpdateHUD
SetAudioStreamState call -
PlayNextSong call -
GetSongQueue request ShowSongQueue
AddSongToQueue call -
AddRandomSongToQueue call -
MoveSongInQueue call -
RemoveSongFromQueue call -
GetVideo request ShowVideo
UpdateVideoStatistic request UpdateVideo
SetVideoTag request UpdateTags UpdateVideo
RemoveVideoTag request UpdateTags UpdateVideo
SetVideoColor call -
SetVideoTimeFrame call -
SetVideoThumbnail call -
GetVideoQueue request ShowVideoQueue
AddVideoToQueue call -
AddRandomVideoToQueue call -
MoveVideoInQueue call -
RemoveVideoFromQueue call -
GetVideoStreamState request UpdateStreamState UpdateHUD
SetVideoStreamState call -
PlayNextVideo call -
VideoEnded call -
InitiateUpload request UploadingContent
UploadChunk call -
AnnotateUpload call -
GetCurrentTasks request ShowCurrentTasks
InitiateContentIntegration request ConfirmAlbumIntegrationTask
InitiateContentIntegration call -
InitiateMusicImport request ConfirmAlbumImportTask
InitiateArtworkImport request ConfirmAlbumImportTask
InitiateFilesystemScan request ShowRepairView
RemoveUpload call -
FindNewContent request ShowAlbumImport ShowVideoImport
FindAlbumSongFiles request ShowAlbumImportLayer
`

// Every request of the WebUI, over TLS, in an order in which each finds what it
// needs. What it sends as a call must not be answered, everything else must.
func TestEveryRequestOfTheOldWebUI(t *testing.T) {
	t.Parallel()
	d, trust := secured(t, server.TLSOn, daemonOptions{installed: true, videos: true})
	w := visit(t, d, trust)
	w.settings()
	w.library()
	w.statisticsAndTags()
	w.queue()
	w.tasks()
	if known(t, "GetVideo") {
		w.videos()
	}
	w.files() // last: it moves what the others need
	for line := range strings.Lines(strings.TrimSpace(oldRequests)) {
		words := strings.Fields(line)
		for _, signature := range words[2:] {
			request := strings.TrimSpace(words[0] + " " + words[1] + " " + strings.TrimPrefix(signature, "-"))
			if !w.made[request] && !w.made[request+" "] && known(t, words[0]) {
				t.Errorf("never made: %s", line)
			}
		}
	}
}

// known tells whether a function has its row; one that has not must be listed.
func known(t *testing.T, name string) bool {
	if slices.Contains(pending, name) {
		return false
	}
	if !slices.ContainsFunc(server.Functions(), func(f *server.Function) bool { return f.Name == name }) {
		t.Errorf("there is no function %s", name)
	}
	return true
}

// The list above has every function that the WebUI is documented to use.
func TestListOfOldRequestsIsComplete(t *testing.T) {
	var documented []struct {
		Name string
		Used bool `json:"used_by_webui"`
	}
	if err := json.Unmarshal(must(os.ReadFile("testdata/functions.json"))(t), &documented); err != nil {
		t.Fatal(err)
	}
	for _, f := range documented {
		if listed := strings.Contains(oldRequests, "\n"+f.Name+" "); listed != f.Used {
			t.Errorf("%s: used %v, in the list %v", f.Name, f.Used, listed)
		}
	}
}

func (w *oldWebUI) settings() {
	for _, signature := range []string{"ConfirmAlbumSettingsTask", "InformAlbumImportProgressLayer"} {
		if got := w.request("Bounce", signature, object{"albumid": 1}); string(got) != `{"albumid":1}` {
			w.t.Errorf("Bounce: %s", got)
		}
	}
	var config json.RawMessage
	for _, signature := range []string{"SetupWebUI", "ShowWebUISettings", "ShowStreamSettings", "ReloadStreamSettings"} {
		config = w.request("LoadWebUIConfiguration", signature, nil)
	}
	w.broadcast("SaveWebUIConfiguration", "UpdateConfig", object{"config": config})
	if again := w.request("LoadWebUIConfiguration", "SetupWebUI", nil); !bytes.Equal(again, config) {
		w.t.Errorf("saved %s, loaded %s", config, again)
	}
	for _, signature := range []string{"ShowRandySettings", "ReloadRandySettings"} {
		config = w.request("LoadRandyConfiguration", signature, nil)
	}
	w.broadcast("SaveRandyConfiguration", "ReloadRandySettings", object{"config": config})
	for _, signature := range []string{"InitializeWebUI", "UpdateMDBState"} {
		w.request("GetMDBState", signature, nil)
	}
	w.call("SetMDBState", object{"category": "GenreFilter", "name": "Other", "value": false})
	w.request("SetMDBState", "UpdateMDBState", object{"category": "MusicDB", "name": "uimode", "value": "audio"})
}

func (w *oldWebUI) library() {
	album := w.daemon.library.Catalogue().Albums()[0]
	id := object{"albumid": album.ID}
	for signature, limit := range map[string]int{"ShowPreview": 5, "ShowResults": 20} {
		w.request("Find", signature, object{"searchstring": album.Name, "limit": limit})
	}
	w.request("GetArtists", "UpdateArtistsCache", nil)
	w.request("GetArtistsWithAlbums", "ConfirmAlbumImportTask", nil)
	w.request("GetFilteredArtistsWithAlbums", "ShowArtists", nil)
	w.broadcast("GetFilteredArtistsWithAlbums", "ShowArtists", nil)
	for _, signature := range []string{"ShowAlbum", "ShowAlbumSettingsLayer", "ShowSongsSettingsLayer", "UpdateTags"} {
		w.request("GetAlbum", signature, id)
	}
	for _, signature := range []string{"AlbumRenamed", "SongRenamed"} {
		w.broadcast("GetAlbum", signature, id)
	}
	w.broadcast("HideAlbum", "UpdateArtists", object{"albumid": album.ID, "hide": true})
	if hidden := parsed[[]object](w.t, w.request("GetHiddenAlbums", "ShowHiddenAlbums", nil)); len(hidden) != 1 {
		w.t.Errorf("%d albums are hidden", len(hidden))
	}
	w.broadcast("HideAlbum", "UpdateArtists", object{"albumid": album.ID, "hide": false})
	w.request("SetAlbumOrigin", "ConfirmAlbumSettingsTask", object{"albumid": album.ID, "origin": "CD"})
	w.request("SetAlbumImportTime", "ConfirmAlbumSettingsTask", object{"albumid": album.ID, "importtime": 1_700_000_000})
	w.call("SetAlbumColor", object{"albumid": album.ID, "colorname": "bgcolor", "color": "#102030"})
}

func (w *oldWebUI) statisticsAndTags() {
	songs := slices.Collect(w.daemon.library.Catalogue().Songs())
	song, album := songs[0].ID, songs[0].AlbumID
	w.request("GetSong", "UpdateSong", object{"songid": song})
	for _, pair := range []string{"likes inc", "likes dec", "dislikes inc", "dislikes dec", "favorite love", "favorite hate", "favorite none",
		"disable yes", "disable no", "liverecording yes", "liverecording no", "badaudio yes", "badaudio no"} {
		statistic, modifier, _ := strings.Cut(pair, " ")
		w.request("UpdateSongStatistic", "UpdateSong", object{"songid": song, "statistic": statistic, "modifier": modifier})
	}
	for _, signature := range []string{"UpdateGenreSelection", "UpdateTagsStatistics"} {
		w.request("GetTagsStatistics", signature, nil)
	}
	for _, signature := range []string{"UpdateTagsCache", "ShowGenreSettings", "ShowMoodManager"} {
		w.request("GetTags", signature, object{})
	}
	w.request("AddGenre", "UpdateTags", object{"name": "Chamber"})
	w.request("AddSubgenre", "UpdateTags", object{"name": "Quartet", "parentname": "Chamber"})
	w.request("AddMoodFlag", "UpdateTags", object{"name": "Calm", "icon": "☾", "color": nil, "posx": 0, "posy": 0})
	tags := parsed[struct {
		Genres, Moods []struct {
			ID   int64
			Name string
		}
	}](w.t, w.request("GetTags", "UpdateTags", nil))
	genre, mood := tags.Genres[len(tags.Genres)-1].ID, tags.Moods[len(tags.Moods)-1].ID
	w.request("ModifyTag", "UpdateTags", object{"tagid": genre, "attribute": "name", "value": "Chamber Music"})
	w.call("ModifyTag", object{"tagid": mood, "attribute": "posx", "value": 1})
	w.request("SetAlbumTag", "UpdateTags", object{"albumid": album, "tagid": genre})
	w.request("RemoveAlbumTag", "UpdateTags", object{"albumid": album, "tagid": genre})
	w.request("SetSongTag", "UpdateTags", object{"songid": string(must(json.Marshal(song))(w.t)), "tagid": genre, "approval": 0, "confidence": 1.0})
	w.request("SetSongTag", "UpdateSong", object{"songid": song, "tagid": mood})
	w.request("RemoveSongTag", "UpdateTags", object{"songid": song, "tagid": genre})
	w.request("RemoveSongTag", "UpdateSong", object{"songid": song, "tagid": mood})
	w.request("DeleteTag", "UpdateTags", object{"tagid": mood})
	w.request("GetSongRelationship", "ShowSongRelationship", object{"songid": song})
	w.request("CutSongRelationship", "ShowSongRelationship", object{"songid": song, "relatedsongid": songs[1].ID})
	w.call("SetSongLyrics", object{"songid": song, "lyrics": "La la\nla", "lyricsstate": 3})
	if lyrics := w.request("GetSongLyrics", "ShowLyrics", object{"songid": song}); !strings.Contains(string(lyrics), `La la\nla`) {
		w.t.Errorf("lyrics: %s", lyrics)
	}
	w.broadcast("SetSongLyrics", "UpdateLyricsState", object{"songid": song, "lyrics": nil, "lyricsstate": 4})
	w.request("GetSongLyrics", "ReloadLyrics", object{"songid": song})
}

func (w *oldWebUI) queue() {
	songs := slices.Collect(w.daemon.library.Catalogue().Songs())
	entries := func() (ids []string) {
		for _, e := range parsed[[]struct{ EntryID string }](w.t, w.request("GetSongQueue", "ShowSongQueue", nil)) {
			ids = append(ids, e.EntryID)
		}
		return ids
	}
	w.call("AddSongToQueue", object{"songid": songs[0].ID, "position": "last"})
	w.call("AddSongToQueue", object{"songid": songs[1].ID, "position": "next"})
	w.call("AddSongToQueue", object{"songid": songs[2].ID, "position": entries()[0]})
	w.call("AddAlbumToQueue", object{"albumid": songs[0].AlbumID, "position": entries()[0]})
	w.call("AddRandomSongToQueue", object{"position": "last", "albumid": songs[0].AlbumID})
	before := entries()
	if len(before) < 4 {
		w.t.Fatalf("%d entries in the queue", len(before))
	}
	w.call("MoveSongInQueue", object{"entryid": before[2], "afterid": before[3]})
	w.call("RemoveSongFromQueue", object{"entryid": before[1]})
	if after := entries(); slices.Contains(after, before[1]) || slices.Index(after, before[2]) != slices.Index(after, before[3])+1 {
		w.t.Errorf("moved and removed: %v, before: %v", after, before)
	}
	for _, signature := range []string{"UpdateStreamState", "UpdateHUD"} {
		w.request("GetAudioStreamState", signature, nil)
	}
	w.call("SetAudioStreamState", object{"state": "playpause"})
	w.call("PlayNextSong", nil)
}

func (w *oldWebUI) tasks() {
	album := w.daemon.library.Catalogue().Albums()[1].Path
	w.request("GetCurrentTasks", "ShowCurrentTasks", nil)
	w.request("FindNewContent", "ShowAlbumImport", nil)
	w.request("FindNewContent", "ShowVideoImport", nil)
	w.request("FindAlbumSongFiles", "ShowAlbumImportLayer", object{"albumpath": album})
	w.request("InitiateUpload", "UploadingContent", object{"taskid": "0123", "mimetype": "image/png", "contenttype": "artwork",
		"filesize": 3, "checksum": "a9993e364706816aba3e25717850c26c9cd0d89d", "filename": "cover.png"})
	w.call("AnnotateUpload", object{"taskid": "0123", "musictype": "album"})
	w.call("UploadChunk", object{"taskid": "0123", "chunkdata": ""})
	w.request("InitiateContentIntegration", "ConfirmAlbumIntegrationTask", object{"taskid": "0123", "musicpath": album})
	w.call("InitiateContentIntegration", object{"taskid": "0123", "musicpath": album})
	w.request("InitiateMusicImport", "ConfirmAlbumImportTask", object{"contenttype": "album", "contentpath": "No/2000 - Such"})
	w.request("InitiateArtworkImport", "ConfirmAlbumImportTask", object{"sourcepath": "No/2000 - Such/01 file.mp3", "targetpath": "No/2000 - Such"})
	w.request("InitiateFilesystemScan", "ShowRepairView", nil)
	w.call("RemoveUpload", object{"taskid": "0123"})
}
