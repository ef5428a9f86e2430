package main

// prefix begins the name of every setting: MUSICDB_<SECTION>_<KEY>.
const prefix = "MUSICDB"

// Config is every setting. Its fields spell the variables and the keys of a
// configuration file: WebSocket.Port is MUSICDB_WEBSOCKET_PORT, and the key port
// in the section [websocket]. The tags of a field:
//
//   - default: the value where nothing is set;
//   - old: the value where a configuration file is used and does not have the key,
//     if that is another one. It is what MusicDB 8 assumes, and for keys that
//     MusicDB 8 does not have, what keeps its behaviour;
//   - desc: the meaning;
//   - section: the name of the section if it is not the field's in lower case;
//   - ignored: the setting makes sense in a file only.
//
// No field has an envconfig tag, because one would also read the variable without
// the prefix.
type Config struct {
	Meta struct {
		Version FileVersion `ignored:"true" desc:"version of the configuration file, 7 with MusicDB 8.2; a lower one is only warned about"`
	}
	MusicDB struct {
		UserName  string `default:"musicdb" desc:"user that the server runs as and that owns its files; checked where a configuration file is used"`
		GroupName string `default:"musicdb" desc:"group that the server runs as and that its files belong to; checked where a configuration file is used"`
	}
	Directories struct {
		Music string `old:"/var/music" desc:"music directory; empty: the demo library, unpacked into the data directory"`
		Data  string `old:"/var/lib/musicdb" desc:"data directory: databases, queue, settings, artwork; empty: $XDG_DATA_HOME/musicdb"`
	}
	Log struct {
		LogFile   LogFile  `default:"stderr" old:"journal" desc:"where messages go: a file, stdout, stderr, journal (that of systemd; standard error where there is none), or /dev/null for nowhere"`
		LogLevel  LogLevel `default:"INFO" old:"WARNING" desc:"least severity that is logged: DEBUG, INFO, WARNING or ERROR"`
		DebugFile string   `desc:"a second file, which gets everything, debug messages too; empty or /dev/null: none"`
		Ignore    Commas   `desc:"libraries whose messages MusicDB 8 limited to warnings; accepted without effect, because this server has no such messages"`
	}
	Debug struct {
		DisableStats   Switch `default:"false" desc:"true: no statistics change, neither by clients nor when a song was last played"`
		DisableTracker Switch `default:"false" desc:"true: what is played leaves no traces in the tracker, and clients cannot cut relations"`
		DisableAI      Switch `default:"true" desc:"accepted without effect, as in MusicDB 8: there is nothing it could switch off"`
		DisableTagging Switch `default:"false" desc:"true: clients cannot create, change, set or remove tags"`
		DisableIcecast Switch `default:"false" desc:"true: there is no audio stream, neither on /stream nor elsewhere"`
		DisableVideos  Switch `default:"true" desc:"true: there is no video stream"`
	}
	WebSocket struct {
		Bind         string  `default:"127.0.0.1" desc:"address of the websocket listener"`
		Port         Port    `default:"9000" desc:"port of the websocket listener; 0: any free one, told in the log"`
		TLS          TLSMode `default:"auto" old:"on" desc:"auto: on a loopback address the first byte of a connection decides between TLS and plain, elsewhere TLS only; on: TLS only; off: plain only"`
		Cert         string  `desc:"certificate chain (PEM); empty: websocket.cert in the data directory, self-signed if missing"`
		Key          string  `desc:"private key (PEM); empty: websocket.key in the data directory, created with the certificate"`
		APIKey       Secret  `desc:"API key that every packet must carry; empty: first line of config/wsapikey.txt in the data directory, created if missing"`
		OpenTimeout  Seconds `default:"10" desc:"seconds within which an opening handshake must be complete"`
		CloseTimeout Seconds `default:"5" desc:"seconds that a closing handshake may take"`
		Deflate      Switch  `default:"false" desc:"true: messages are compressed (permessage-deflate) for the clients that offer it, which costs processor time and saves network"`
	}
	HTTP struct {
		Bind     string    `default:"127.0.0.1" desc:"address of the HTTP listener: page, stream, artwork, health, metrics, /ws"`
		Port     Port      `default:"9080" desc:"port of the HTTP listener; 0: any free one, told in the log"`
		TLS      TLSMode   `desc:"as MUSICDB_WEBSOCKET_TLS, with the same certificate; empty: the value of MUSICDB_WEBSOCKET_TLS"`
		WebUI    string    `desc:"directory of another WebUI, such as that of MusicDB 8, served at /musicdb/; empty: none"`
		Password Secret    `desc:"password for page, stream, music and artwork, with any user name; apikey: the API key as it is at the start; empty: none is asked for"`
		Origins  HostNames `desc:"names of further hosts, comma separated, whose pages may open a websocket"`
	}
	Limits struct {
		Connections     Number  `default:"100000" desc:"websocket connections at once, those without handshake included; more are closed when they come. Never more than the limit of open files allows"`
		HTTPConnections Number  `default:"10000" desc:"connections to the HTTP port at once, those that hear the stream included; websockets count with the others. More are closed when they come"`
		PerAddress      Number  `default:"1000" desc:"connections at once from one address, or one IPv6 network of 64 bits, on each port. Loopback addresses are exempt, because a reverse proxy comes from there"`
		HandshakeSize   Bytes   `default:"16 KiB" desc:"size of the head of a websocket request; longer ones are answered with HTTP 431. Its time is MUSICDB_WEBSOCKET_OPENTIMEOUT"`
		MessageSize     Bytes   `default:"16 MiB" desc:"size of a message of a client; larger ones close its connection with 1009"`
		StrangerSize    Bytes   `default:"1 MiB" desc:"the same for a connection that has not shown the API key; at most MUSICDB_LIMITS_MESSAGESIZE"`
		Buffered        Bytes   `default:"256 MiB" desc:"what the unfinished messages of all clients may take together; who exceeds it is closed with 1013"`
		Rate            Rate    `default:"50000" desc:"websocket frames of one connection in a second; more close it with 1008. What is compressed counts one more for each 4 KiB. 0: any number"`
		IdleTime        Silence `default:"0" desc:"seconds without a byte of a client after which it is closed with 1001. 0: never, because clients of MusicDB may be silent for hours"`
		Outbox          Bytes   `default:"1 MiB" desc:"what may wait for a client that reads slowly, answers to its own calls not counted; more closes its connection with 1008"`
	}
	Uploads struct {
		Allow ContentTypes `default:"artwork, albumfile" old:"artwork" desc:"what clients may upload, comma separated: artwork, albumfile, video"`
	}
	Tasks struct {
		Workers Count `default:"2" desc:"imports, covers, scans and other work on the music that is done at once, 1 to 99; work on one album is done in turn"`
	}
	Tracker struct {
		CutTime     Minutes `default:"30" desc:"minutes of silence after which two songs that were played are not related"`
		TrackRandom Switch  `default:"false" desc:"true: songs that were chosen at random are related, too"`
	}
	Icecast struct {
		Host        string         `default:"localhost" desc:"host of an Icecast server that the stream is sent to, besides being offered at /stream of the HTTP port"`
		Port        SourcePort     `default:"8000" old:"6666" desc:"port of the Icecast server"`
		User        string         `default:"source" desc:"user name of a source on the Icecast server"`
		Password    Secret         `desc:"password of a source on the Icecast server; empty: nothing is sent to Icecast"`
		MountName   MountName      `default:"/stream" desc:"mount of the Icecast server for the MP3 stream"`
		Mounts      Mounts         `desc:"further mounts, comma separated, each a path and a format (mp3, opus, aac, flac), such as /stream.opus opus"`
		Protocol    SourceProtocol `default:"auto" desc:"auto: HTTP PUT, and SOURCE where the server does not know that; put, source: only this one"`
		TLS         SourceTLS      `default:"off" desc:"off: plain; on: TLS, and the certificate of the server must be right; unverified: TLS with any certificate"`
		CA          string         `desc:"certificates (PEM) by which that of the Icecast server is verified; empty: those of the system"`
		Name        string         `default:"MusicDB Stream" desc:"name of the stream that Icecast shows"`
		Description string         `desc:"description of the stream that Icecast shows"`
		Genre       string         `desc:"genre of the stream that Icecast shows"`
		URL         string         `desc:"web page of the stream that Icecast shows"`
		Public      Switch         `default:"false" desc:"true: Icecast may list the stream in public directories"`
	} `section:"Icecast"`
	Music struct {
		IgnoreArtists Slashes    `default:"lost+found" desc:"names of directories that are no artists, separated by /"`
		IgnoreAlbums  Slashes    `desc:"names of directories that are no albums, separated by /"`
		IgnoreSongs   Slashes    `default:".directory / desktop.ini / Desktop.ini / .DS_Store / Thumbs.db / README" old:".directory / desktop.ini / Desktop.ini / .DS_Store / Thumbs.db" desc:"names of files that are no songs, separated by /"`
		AutoImport    AutoImport `default:"empty" old:"off" desc:"empty: an empty database is filled from the music directory at start, and later music is offered; on: later music enters by itself, too; off: all music is offered"`
		Sweep         Minutes    `default:"5" desc:"minutes between two looks at the whole music directory, for what the kernel tells nobody, as on network mounts; new, changed and moved files are usually seen at once. 0: the music directory is not watched"`
	}
	AlbumCover struct {
		Scales Edges `default:"150, 200, 500, 1000" desc:"edge lengths of square cover thumbnails in pixels, comma separated; the WebUI of MusicDB 8 needs these four"`
	}
	VideoFrames struct {
		Frames        Count   `default:"5" desc:"number of frames that are taken out of a video, 1 to 99"`
		PreviewLength Seconds `default:"3" desc:"seconds that the animation of these frames takes"`
		Scales        Sizes   `default:"150x83" old:"50x27, 150x83" desc:"sizes of scaled frames in pixels, WIDTHxHEIGHT, comma separated"`
	}
	Queue struct {
		HistoryDays Days   `default:"30" desc:"days for which it is kept who has changed the queues, when and how, with the address of the client; 0: nothing is kept, and what was kept is removed"`
		MaxEntries  Number `default:"10000" desc:"how many entries each queue may have for something to be added: each change writes the whole queue. A queue that is longer already is kept"`
		HistoryRows Number `default:"100000" desc:"how many such changes are kept at most"`
	}
	Stream struct {
		Start       StreamStart `default:"resume" old:"paused" desc:"what the stream does after a start: resume where it was, play, or paused; with resume a video stream that was switched off stays off, else it is on"`
		Formats     Formats     `default:"opus, aac, flac" desc:"formats that the stream is offered in beside MP3 at /stream, comma separated: opus (/stream.opus), aac (/stream.aac), flac (/stream.flac). Each is encoded once, and only while somebody listens to it"`
		OpusBitrate Kilobits    `default:"160" desc:"bitrate of Opus in kbit/s, 32 to 320"`
		AACBitrate  Kilobits    `default:"192" desc:"bitrate of AAC in kbit/s, 32 to 320"`
		Burst       Burst       `default:"1.5" desc:"seconds of sound that a listener gets at once when it joins, 0.1 to 10: with more a player begins sooner on a bad network, and hears everything so much later"`

		Loudness        LoudnessMode `default:"album" old:"off" desc:"album: all albums are played equally loud, and so are songs that are heard by themselves; track: all songs are; off: everything is played as it is"`
		Preamp          Decibels     `default:"0" desc:"decibels, -15 to 15, by which everything is played louder than -18 LUFS, as far as peaks allow; without effect where MUSICDB_STREAM_LOUDNESS is off"`
		MeasureLoudness Switch       `default:"true" desc:"true: songs are measured in the background (EBU R 128), with the lowest priority, if MUSICDB_STREAM_LOUDNESS is not off; false: what is known is used, then the tags of the files"`
		Crossfade       Fade         `default:"0" desc:"seconds for which a song sounds together with the next one, up to 12; 0: none. Songs of an album that follow each other in its order are never faded, nor are songs shorter than four times that"`

		SelfHearing  Switch  `default:"true" desc:"true: what is sent to the listeners is decoded again and compared with what was to be heard; a part that keeps music from being heard is restarted"`
		SilenceLimit Seconds `default:"2" desc:"seconds of music that listeners may miss with a single failure, the restart included; a part is restarted after three eighths of that. Songs that are silent themselves do not count"`
	}
	Extern struct {
		ConfigTemplate string `default:"/usr/share/musicdb/extconfig.ini" desc:"settings of a new external storage; kept for the command extern, which this version does not have"`
		StateDir       string `default:".mdbstate" desc:"directory on the external storage; kept as MUSICDB_EXTERN_CONFIGTEMPLATE"`
		ConfigFile     string `default:"config.ini" desc:"file in that directory; kept as MUSICDB_EXTERN_CONFIGTEMPLATE"`
		SongMap        string `default:"songmap.csv" desc:"file in that directory; kept as MUSICDB_EXTERN_CONFIGTEMPLATE"`
	}
}
