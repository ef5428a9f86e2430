package stream

import "musicdb/fsm"

// AudioState is where the audio stream is. The conductor alone moves it.
type AudioState uint8

// The states of the audio stream.
const (
	Started AudioState = iota
	Disabled
	Idle
	NoSongs
	HoldOff
	Paused
	Playing
	Ended
)

func (s AudioState) String() string { return audio.StateName(s) }

// AudioEvent is what moves the audio stream.
type AudioEvent uint8

// The events of the audio stream.
const (
	Begin AudioEvent = iota
	Disable
	SongReady
	SongReadyMuted
	NoSongFound
	SongsChanged
	SongFailed
	Retry
	Play
	Pause
	Skip
	SongEnded
	SongCut
	HeadReplaced
	Stop
)

var (
	worker = fsm.Layer{Name: "worker", Color: "black"}
	client = fsm.Layer{Name: "clients", Color: "blue"}
	song   = fsm.Layer{Name: "song", Color: "red"}
)

// audio is the machine of the whole stream. Sound leaves in every state but the
// last: silence where no song sounds. Whether a song that becomes ready is heard
// at once is decided by the machine "mute", which outlives songs.
var audio = fsm.MustDefine("audio stream",
	"The one live stream: which song of the queue is sent, or why none is.",
	Started,
	[]fsm.StateDoc[AudioState]{
		{State: Started, Name: "Started", Doc: "The worker was created and does not run yet.", Layer: worker},
		{State: Disabled, Name: "Disabled", Doc: "The configuration says that there is no audio stream; clients still get their heartbeat, with 0.", Layer: worker},
		{State: Idle, Name: "Idle", Doc: "Between two songs: the head of the queue is looked up and its decoder opened. Silence is sent if that takes longer than what is buffered.", Layer: song},
		{State: NoSongs, Name: "NoSongs", Doc: "The queue is empty and the random selection finds nothing. Silence is sent until the queue or the library changes.", Layer: song},
		{State: HoldOff, Name: "HoldOff", Doc: "A song could not be played. The next attempt waits, longer with each failure in a row, so that a missing disk does not spin through the queue.", Layer: song},
		{State: Paused, Name: "Paused", Doc: "A song is ready and waits exactly where it is; silence is sent.", Layer: client},
		{State: Playing, Name: "Playing", Doc: "The song is sent at the pace of the clock.", Layer: client},
		{State: Ended, Name: "Ended", Doc: "The worker has stopped; listeners are told.", Layer: worker, Terminal: true},
	},
	[]fsm.EventDoc[AudioEvent]{
		{Event: Begin, Name: "Begin", Doc: "The worker runs.", By: "Run", Layer: worker},
		{Event: Disable, Name: "Disable", Doc: "The worker runs, but there is to be no stream.", By: "Run", Layer: worker},
		{Event: SongReady, Name: "SongReady", Doc: "The first sound of the head of the queue is decoded.", By: "the song's decoder", Layer: song},
		{Event: SongReadyMuted, Name: "SongReadyMuted", Doc: "The same, while the users want silence.", By: "the song's decoder", Layer: song},
		{Event: NoSongFound, Name: "NoSongFound", Doc: "The queue is empty and no random song was found.", By: "the queue", Layer: song},
		{Event: SongsChanged, Name: "SongsChanged", Doc: "There may be a song now.", By: "the queue or the library", Layer: song},
		{Event: SongFailed, Name: "SongFailed", Doc: "Not a single sample of the head of the queue could be decoded.", By: "the song's decoder", Layer: song},
		{Event: Retry, Name: "Retry", Doc: "The time to wait after a failure is over.", By: "a timer", Layer: song},
		{Event: Play, Name: "Play", Doc: "Somebody wants to hear the song.", By: "a client, or the start", Layer: client},
		{Event: Pause, Name: "Pause", Doc: "Somebody wants silence.", By: "a client", Layer: client},
		{Event: Skip, Name: "Skip", Doc: "Somebody wants the next song.", By: "a client", Layer: client},
		{Event: SongEnded, Name: "SongEnded", Doc: "The last sample of a completely decoded song was sent.", By: "the pump", Layer: song},
		{Event: SongCut, Name: "SongCut", Doc: "The last sample was sent, but decoding had failed before the end of the song.", By: "the pump", Layer: song},
		{Event: HeadReplaced, Name: "HeadReplaced", Doc: "Another entry is the head of the queue.", By: "the queue", Layer: song},
		{Event: Stop, Name: "Stop", Doc: "The worker shall end.", By: "Run's context", Layer: worker},
	},
	[]fsm.Row[AudioState, AudioEvent]{
		{From: Started, On: Begin, To: Idle},
		{From: Started, On: Disable, To: Disabled, Guard: "switched off by configuration"},
		{From: Started, On: Stop, To: Ended},

		{From: Idle, On: SongReady, To: Playing, Guard: "unmuted"},
		{From: Idle, On: SongReadyMuted, To: Paused, Guard: "muted"},
		{From: Idle, On: NoSongFound, To: NoSongs},
		{From: Idle, On: SongFailed, To: HoldOff},
		{From: Idle, On: HeadReplaced, To: Idle, Why: "the song was removed before it could be heard"},
		{From: Idle, On: Play, To: Idle, Why: "commands are taken in every state; this one is remembered"},
		{From: Idle, On: Pause, To: Idle},
		{From: Idle, On: Skip, To: Idle},
		{From: Idle, On: Stop, To: Ended},

		{From: NoSongs, On: SongsChanged, To: Idle},
		{From: NoSongs, On: Play, To: NoSongs},
		{From: NoSongs, On: Pause, To: NoSongs},
		{From: NoSongs, On: Skip, To: Idle, Why: "a wish for another song is a reason to look again"},
		{From: NoSongs, On: Stop, To: Ended},

		{From: HoldOff, On: Retry, To: Idle},
		{From: HoldOff, On: HeadReplaced, To: Idle, Why: "another song need not wait for the one that failed"},
		{From: HoldOff, On: Play, To: HoldOff},
		{From: HoldOff, On: Pause, To: HoldOff},
		{From: HoldOff, On: Skip, To: Idle},
		{From: HoldOff, On: Stop, To: Ended},

		{From: Paused, On: Play, To: Playing},
		{From: Paused, On: Pause, To: Paused},
		{From: Paused, On: Skip, To: Idle, Why: "the next song waits, paused as well"},
		{From: Paused, On: SongEnded, To: Idle, Why: "the last sample left just before the pause"},
		{From: Paused, On: SongCut, To: Idle},
		{From: Paused, On: HeadReplaced, To: Idle},
		{From: Paused, On: Stop, To: Ended},

		{From: Playing, On: Pause, To: Paused},
		{From: Playing, On: Play, To: Playing},
		{From: Playing, On: Skip, To: Idle},
		{From: Playing, On: SongEnded, To: Idle},
		{From: Playing, On: SongCut, To: Idle},
		{From: Playing, On: HeadReplaced, To: Idle},
		{From: Playing, On: Stop, To: Ended},

		{From: Disabled, On: Stop, To: Ended},
	},
)
