package server

// The areas of the protocol, in the order of its documentation.
const (
	areaGeneral = "General"
	areaArtists = "Artists"
	areaAlbums  = "Albums"
	areaSongs   = "Songs"
	areaLyrics  = "Lyrics"
	areaTags    = "Tags"
	areaQueue   = "Song queue and audio stream"
	areaVideos  = "Videos, video queue and video stream"
	areaTasks   = "Uploads, imports and tasks"
)

// functions is the dispatch table. Everything that depends on the list of
// functions is made from it.
var functions = []*Function{
	echoRow("Bounce", areaGeneral, "returns its arguments as they are", bounce),
	row("GetMDBState", areaGeneral, "tells the genre selection, the mode of the user interface and what the streams do", (*Server).getMDBState),
	row("SetMDBState", areaGeneral, "changes the genre selection or the mode of the user interface", (*Server).setMDBState).broadcastsAs("GetMDBState"),
	row("LoadWebUIConfiguration", areaGeneral, "returns the configuration that user interfaces share", (*Server).loadWebUIConfiguration),
	row("SaveWebUIConfiguration", areaGeneral, "stores the configuration that user interfaces share", (*Server).saveWebUIConfiguration),
	row("LoadRandyConfiguration", areaGeneral, "returns the configuration of the random selection", (*Server).loadRandyConfiguration),
	row("SaveRandyConfiguration", areaGeneral, "stores the configuration of the random selection", (*Server).saveRandyConfiguration),
	row("GetTables", areaGeneral, "returns whole tables of the library", (*Server).getTables),
	row("Find", areaGeneral, "searches artists, albums and songs by name", (*Server).find),

	row("GetArtists", areaArtists, "lists all artists", (*Server).getArtists),
	row("GetArtistsWithAlbums", areaArtists, "lists all artists with their visible albums", (*Server).getArtistsWithAlbums),
	row("GetFilteredArtistsWithAlbums", areaArtists, "lists the artists with albums of the selected genres", (*Server).getFilteredArtistsWithAlbums),
	row("GetFilteredArtistsWithVideos", areaArtists, "lists the artists with videos of the selected genres", (*Server).getFilteredArtistsWithVideos),
	row("RemoveArtistEntry", areaArtists, "removes an artist with all albums and videos from the library, not their files", (*Server).removeArtistEntry),
	row("CreateArtistEntry", areaArtists, "makes the directory and the entry of an artist where they are missing", (*Server).createArtistEntry),
	row("UpdateArtistEntry", areaArtists, "gives an artist the name of another directory and brings his albums there up to date", (*Server).updateArtistEntry),
	row("RenameArtistDirectory", areaArtists, "renames the directory of an artist; the entries of everything in it follow", (*Server).renameArtistDirectory),
	row("ChangeArtistDirectory", areaArtists, "moves an album into the directory of another artist", (*Server).changeArtistDirectory),

	row("GetAlbums", areaAlbums, "lists the visible albums of an artist, or of all", (*Server).getAlbums),
	row("GetHiddenAlbums", areaAlbums, "lists the hidden albums of all artists", (*Server).getHiddenAlbums),
	row("GetAlbum", areaAlbums, "returns an album with its artist, tags and songs", (*Server).getAlbum),
	row("GetSortedAlbumCDs", areaAlbums, "returns the songs of an album, CD by CD", (*Server).getSortedAlbumCDs),
	row("GetAlbumTags", areaAlbums, "returns the tags of an album", (*Server).getAlbumTags),
	row("HideAlbum", areaAlbums, "hides an album or shows it again", (*Server).hideAlbum),
	row("SetAlbumOrigin", areaAlbums, "sets where an album comes from", (*Server).setAlbumOrigin),
	row("SetAlbumImportTime", areaAlbums, "sets when an album was added", (*Server).setAlbumImportTime),
	row("SetAlbumColor", areaAlbums, "sets one of the three colors of an album", (*Server).setAlbumColor),
	row("GetCoverColors", areaAlbums, "proposes three readable colors that go with the cover of an album, and stores none", (*Server).getCoverColors),
	row("GetCoverCandidates", areaAlbums, "lists the pictures in a directory of which an album's cover could be made, the best first", (*Server).getCoverCandidates),
	row("SetAlbumTag", areaAlbums, "assigns a tag to an album", (*Server).setAlbumTag).broadcastsAs("GetAlbum"),
	row("RemoveAlbumTag", areaAlbums, "takes a tag from an album", (*Server).removeAlbumTag).broadcastsAs("GetAlbum"),
	row("RemoveAlbumEntry", areaAlbums, "removes an album with its songs from the library, not their files", (*Server).removeAlbumEntry),
	row("RenameAlbumDirectory", areaAlbums, "renames the directory of an album; its entry and those of its songs follow", (*Server).renameAlbumDirectory),
	row("UpdateAlbumEntry", areaAlbums, "brings the entry of an album up to date with another directory", (*Server).updateAlbumEntry),
	row("AddAlbumToQueue", areaAlbums, "puts the songs of an album, or of one of its CDs, into the queue", (*Server).addAlbumToQueue),

	row("GetSong", areaSongs, "returns a song with its artist, album and tags", (*Server).getSong),
	row("GetSongTags", areaSongs, "returns the tags of a song", (*Server).getSongTags),
	row("UpdateSongStatistic", areaSongs, "counts a like or dislike, or sets a flag of a song", (*Server).updateSongStatistic).broadcastsAs("GetSong"),
	row("SetSongTag", areaSongs, "assigns a tag to a song", (*Server).setSongTag).broadcastsAs("GetSong"),
	row("RemoveSongTag", areaSongs, "takes a tag from a song", (*Server).removeSongTag).broadcastsAs("GetSong"),
	row("GetSongRelationship", areaSongs, "lists the songs that were played directly before or after a song", (*Server).getSongRelationship),
	row("CutSongRelationship", areaSongs, "forgets that two songs were played in succession", (*Server).cutSongRelationship).answersAs("GetSongRelationship"),
	row("RemoveSongEntry", areaSongs, "removes a song from the library, not its file", (*Server).removeSongEntry),
	row("CreateSongEntry", areaSongs, "enters a file into the album of its directory", (*Server).createSongEntry),
	row("UpdateSongEntry", areaSongs, "brings the entry of a song up to date with another file", (*Server).updateSongEntry),
	row("RenameMusicFile", areaSongs, "renames the file of a song or video; its entry follows", (*Server).renameMusicFile),

	row("GetSongLyrics", areaLyrics, "returns the lyrics of a song", (*Server).getSongLyrics),
	row("SetSongLyrics", areaLyrics, "sets the lyrics of a song, or that it has none", (*Server).setSongLyrics).broadcastsAs("GetSong"),

	row("GetTags", areaTags, "lists all genres, sub genres and moods", (*Server).getTags),
	row("GetTagsStatistics", areaTags, "tells how often each tag is used", (*Server).getTagsStatistics),
	row("AddGenre", areaTags, "makes a genre", (*Server).addGenre).broadcastsAs("GetTags"),
	row("AddSubgenre", areaTags, "makes a sub genre of a genre", (*Server).addSubgenre).broadcastsAs("GetTags"),
	row("AddMoodFlag", areaTags, "makes a mood", (*Server).addMoodFlag).broadcastsAs("GetTags"),
	row("DeleteTag", areaTags, "deletes a tag with its children and assignments", (*Server).deleteTag).broadcastsAs("GetTags"),
	row("ModifyTag", areaTags, "changes one attribute of a tag", (*Server).modifyTag).broadcastsAs("GetTags"),

	row("GetAudioStreamState", areaQueue, "tells what the audio stream does, and the current song", (*Server).getAudioStreamState),
	row("GetStreamState", areaQueue, "does what GetAudioStreamState does, under its old name", (*Server).getAudioStreamState),
	row("SetAudioStreamState", areaQueue, "plays or pauses the audio stream", (*Server).setAudioStreamState),
	row("SetStreamState", areaQueue, "does what SetAudioStreamState does, under its old name", (*Server).setAudioStreamState),
	row("PlayNextSong", areaQueue, "skips the current song", (*Server).playNextSong),
	row("GetSongQueue", areaQueue, "lists the queue; the first entry is the current song", (*Server).getSongQueue),
	row("AddSongToQueue", areaQueue, "puts a song into the queue", (*Server).addSongToQueue),
	row("AddRandomSongToQueue", areaQueue, "puts a random song into the queue", (*Server).addRandomSongToQueue),
	row("GetRandomState", areaQueue, "tells what the random selection has to choose from, and how many songs each rule leaves out", (*Server).getRandomState),
	row("ExplainSong", areaQueue, "tells why an entry was chosen by chance, or whether a song could be chosen now", (*Server).explainSong),
	row("PreviewRandom", areaQueue, "returns up to 100 songs that the stream would choose by chance for a seed, and changes nothing", (*Server).previewRandom),
	row("MoveSongInQueue", areaQueue, "moves an entry of the queue behind another", (*Server).moveSongInQueue),
	row("RemoveSongFromQueue", areaQueue, "removes an entry of the queue; the current song is skipped", (*Server).removeSongFromQueue),
	row("GetQueueHistory", areaQueue, "tells who has changed the queue of songs or of videos, when and how, the newest change first", (*Server).getQueueHistory),

	row("GetVideos", areaVideos, "lists the videos of an artist", (*Server).getVideos),
	row("GetVideo", areaVideos, "returns a video with its artist and tags", (*Server).getVideo),
	row("UpdateVideoStatistic", areaVideos, "changes one of the counters and flags of a video", (*Server).updateVideoStatistic).broadcastsAs("GetVideo"),
	row("SetVideoTag", areaVideos, "assigns a tag to a video", (*Server).setVideoTag).broadcastsAs("GetVideo"),
	row("RemoveVideoTag", areaVideos, "takes a tag from a video", (*Server).removeVideoTag).broadcastsAs("GetVideo"),
	row("SetVideoColor", areaVideos, "sets one of the three colors of a video", (*Server).setVideoColor),
	row("SetVideoTimeFrame", areaVideos, "sets which part of a video is played", (*Server).setVideoTimeFrame),
	row("SetVideoThumbnail", areaVideos, "makes a frame of a video its thumbnail", (*Server).setVideoThumbnail),
	row("GetVideoRelationship", areaVideos, "lists the videos that were shown before or after a video", (*Server).getVideoRelationship),
	row("CutVideoRelationship", areaVideos, "forgets that two videos were shown one after the other", (*Server).cutVideoRelationship).answersAs("GetVideoRelationship"),
	row("GetVideoQueue", areaVideos, "lists the video queue; the first entry is the current video", (*Server).getVideoQueue),
	row("AddVideoToQueue", areaVideos, "puts a video into the queue", (*Server).addVideoToQueue),
	row("AddRandomVideoToQueue", areaVideos, "puts a random video into the queue", (*Server).addRandomVideoToQueue),
	row("MoveVideoInQueue", areaVideos, "moves an entry of the video queue behind another one", (*Server).moveVideoInQueue),
	row("RemoveVideoFromQueue", areaVideos, "removes an entry of the video queue; the current video is skipped", (*Server).removeVideoFromQueue),
	row("GetVideoStreamState", areaVideos, "tells what the video stream does, and the current video", (*Server).getVideoStreamState),
	row("SetVideoStreamState", areaVideos, "switches the video stream on or off", (*Server).setVideoStreamState),
	row("PlayNextVideo", areaVideos, "skips the current video", (*Server).playNextVideo),
	row("VideoEnded", areaVideos, "reports that a video was shown to its end", (*Server).videoEnded),

	row("InitiateUpload", areaTasks, "announces an upload; everybody hears of its ChunkRequests, its owner answers them", (*Server).initiateUpload),
	row("UploadChunk", areaTasks, "brings the next bytes of an upload", (*Server).uploadChunk),
	row("AnnotateUpload", areaTasks, "merges all arguments into the annotations of a task", (*Server).annotateUpload),
	row("GetCurrentTasks", areaTasks, "lists the tasks by content type", (*Server).getCurrentTasks),
	row("GetTasks", areaTasks, "lists the tasks in the order in which they were made", (*Server).getTasks),
	row("Diagnose", areaTasks, "begins to examine the collection, or an artist, album, song or video; thorough: every song is decoded; tells whether it has begun", (*Server).diagnose),
	row("GetDiagnosis", areaTasks, "tells how far the examination has come and returns up to 500 verdicts of what it has found", (*Server).getDiagnosis),
	row("ProposeRepairs", areaTasks, "makes plans of what the last examination has found at a path and below it, or everywhere; nothing is changed before ApplyPlan", (*Server).proposeRepairs),
	row("CancelDiagnosis", areaTasks, "ends the examination that runs; false if there is none", (*Server).cancelDiagnosis),
	row("CancelTask", areaTasks, "ends a task in any state, and deletes what was uploaded; false if there is none", (*Server).cancelTask),
	row("InitiateContentIntegration", areaTasks, "brings an upload into the music directory, or makes it a cover", (*Server).initiateContentIntegration),
	row("InitiateMusicImport", areaTasks, "enters an album or a video of the music directory into the library", (*Server).initiateMusicImport),
	row("InitiateArtworkImport", areaTasks, "takes the cover of an album or video from an upload, a picture beside the songs, a song or a video", (*Server).initiateArtworkImport),
	row("InitiateFilesystemScan", areaTasks, "compares the music directory with the library", (*Server).initiateFilesystemScan),
	row("RemoveUpload", areaTasks, "ends a task in any state, and deletes what was uploaded", (*Server).removeUpload),
	row("PlanImport", areaTasks, "looks at a new album directory or video and keeps a plan of what would be done, with doubts; with repair, of its names and tags, too", (*Server).planImport),
	row("GetPlans", areaTasks, "lists what would be changed if somebody agreed, and what was changed and can be taken back, the newest first", (*Server).getPlans),
	row("GetPlan", areaTasks, "returns a plan with its operations and doubts", (*Server).getPlan),
	row("ApplyPlan", areaTasks, "makes the changes of a plan, all or none; everybody hears of it", (*Server).applyPlan),
	row("RejectPlan", areaTasks, "notes that nobody wants a plan", (*Server).rejectPlan),
	row("UndoPlan", areaTasks, "takes back what a plan, or a function that renames, updates, creates or removes, has changed", (*Server).undoPlan),
	row("FindNewContent", areaTasks, "looks for albums and videos that have no entry", (*Server).findNewContent),
	row("FindAlbumSongFiles", areaTasks, "looks for the songs of a directory that have no entry", (*Server).findAlbumSongFiles),
}
