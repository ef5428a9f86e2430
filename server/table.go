package server

// The areas of the protocol, in the order of its documentation.
const (
	areaGeneral = "General"
	areaArtists = "Artists"
	areaAlbums  = "Albums"
	areaSongs   = "Songs"
	areaTags    = "Tags"
	areaQueue   = "Song queue and audio stream"
)

// functions is the dispatch table. Everything that depends on the list of
// functions is made from it.
var functions = []*Function{
	echoRow("Bounce", areaGeneral, "returns its arguments as they are", bounce),
	row("GetMDBState", areaGeneral, "tells the genre selection, the mode of the user interface and what the streams do", (*Server).getMDBState),
	row("SetMDBState", areaGeneral, "changes the genre selection or the mode of the user interface", (*Server).setMDBState).broadcastsAs("GetMDBState"),
	row("Find", areaGeneral, "searches artists, albums and songs by name", (*Server).find),

	row("GetArtists", areaArtists, "lists all artists", (*Server).getArtists),
	row("GetArtistsWithAlbums", areaArtists, "lists all artists with their visible albums", (*Server).getArtistsWithAlbums),
	row("GetFilteredArtistsWithAlbums", areaArtists, "lists the artists with albums of the selected genres", (*Server).getFilteredArtistsWithAlbums),

	row("GetAlbums", areaAlbums, "lists the visible albums of an artist, or of all", (*Server).getAlbums),
	row("GetAlbum", areaAlbums, "returns an album with its artist, tags and songs", (*Server).getAlbum),
	row("AddAlbumToQueue", areaAlbums, "puts the songs of an album, or of one of its CDs, into the queue", (*Server).addAlbumToQueue),

	row("GetSong", areaSongs, "returns a song with its artist, album and tags", (*Server).getSong),

	row("GetTags", areaTags, "lists all genres, sub genres and moods", (*Server).getTags),

	row("GetAudioStreamState", areaQueue, "tells what the audio stream does, and the current song", (*Server).getAudioStreamState),
	row("SetAudioStreamState", areaQueue, "plays or pauses the audio stream", (*Server).setAudioStreamState),
	row("PlayNextSong", areaQueue, "skips the current song", (*Server).playNextSong),
	row("GetSongQueue", areaQueue, "lists the queue; the first entry is the current song", (*Server).getSongQueue),
	row("AddSongToQueue", areaQueue, "puts a song into the queue", (*Server).addSongToQueue),
	row("AddRandomSongToQueue", areaQueue, "puts a random song into the queue", (*Server).addRandomSongToQueue),
	row("MoveSongInQueue", areaQueue, "moves an entry of the queue behind another", (*Server).moveSongInQueue),
	row("RemoveSongFromQueue", areaQueue, "removes an entry of the queue; the current song is skipped", (*Server).removeSongFromQueue),
}
