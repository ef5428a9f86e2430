package stream

import "musicdb/fsm"

// VideoState is where the video stream is. Only Video.Run moves it.
type VideoState uint8

// The states of the video stream.
const (
	VideoStarted VideoState = iota
	VideoDisabled
	VideoWaiting
	VideoShowing
	VideoHeld
	VideoOff
	VideoEnded
)

func (s VideoState) String() string { return video.StateName(s) }

// Streaming reports whether the server manages what is shown ("isstreaming").
func (s VideoState) Streaming() bool { return s == VideoWaiting || s == VideoShowing }

// Playing reports whether a video was handed out and has not ended ("isplaying").
func (s VideoState) Playing() bool { return s == VideoShowing || s == VideoHeld }

// VideoEvent is what moves the video stream.
type VideoEvent uint8

// The events of the video stream.
const (
	VideoBegin VideoEvent = iota
	VideoDisable
	VideoHandOut
	VideoPlayed
	VideoSkip
	VideoReplaced
	VideoPlay
	VideoPause
	VideoStop
)

var shownVideo = fsm.Layer{Name: "video", Color: "red"}

// video is the machine of the video stream. Nothing is transcoded: clients are
// told which video to show, fetch its file themselves and report its end. Whether
// videos are disabled is a state and not a switch beside the machine, so that what
// a command means then stands in the table like everything else.
var video = fsm.MustDefine("video stream",
	"Which video of the queue all clients are shown, or why none is.",
	VideoStarted,
	[]fsm.StateDoc[VideoState]{
		{State: VideoStarted, Name: "Started", Doc: "The worker was created and does not run yet. Commands wait.", Layer: worker},
		{State: VideoDisabled, Name: "Disabled", Doc: "The configuration says that there are no videos. Commands are taken and change nothing.", Layer: worker},
		{State: VideoWaiting, Name: "Waiting", Doc: "The next video is about to be handed out, or the queue is empty and no video can be chosen.", Layer: shownVideo},
		{State: VideoShowing, Name: "Showing", Doc: "The head of the queue was handed out; the clients show it and will report its end.", Layer: shownVideo},
		{State: VideoHeld, Name: "Held", Doc: "The stream was switched off while a video was shown. Clients stop, and go on with it when the stream is switched on.", Layer: client},
		{State: VideoOff, Name: "Off", Doc: "The stream is switched off, and no video is out.", Layer: client},
		{State: VideoEnded, Name: "Ended", Doc: "The worker has stopped.", Layer: worker, Terminal: true},
	},
	[]fsm.EventDoc[VideoEvent]{
		{Event: VideoBegin, Name: "Begin", Doc: "The worker runs.", By: "Run", Layer: worker},
		{Event: VideoDisable, Name: "Disable", Doc: "The worker runs, but there are to be no videos.", By: "Run", Layer: worker},
		{Event: VideoHandOut, Name: "HandOut", Doc: "The queue has a head; clients are told to show it.", By: "the queue", Layer: shownVideo},
		{Event: VideoPlayed, Name: "Played", Doc: "A client has seen the video that is shown to its end. Reports about any other entry are no event: another client was faster.", By: "a client", Layer: client},
		{Event: VideoSkip, Name: "Skip", Doc: "Somebody wants the next video.", By: "a client", Layer: client},
		{Event: VideoReplaced, Name: "Replaced", Doc: "The video that is shown is no longer the head of the queue, because it was removed from the library.", By: "the queue", Layer: shownVideo},
		{Event: VideoPlay, Name: "Play", Doc: "Somebody has switched the stream on.", By: "a client", Layer: client},
		{Event: VideoPause, Name: "Pause", Doc: "Somebody has switched the stream off.", By: "a client", Layer: client},
		{Event: VideoStop, Name: "Stop", Doc: "The daemon shuts down.", By: "Run", Layer: worker},
	},
	[]fsm.Row[VideoState, VideoEvent]{
		{From: VideoStarted, On: VideoBegin, To: VideoWaiting},
		{From: VideoStarted, On: VideoDisable, To: VideoDisabled, Guard: "videos are disabled"},
		{From: VideoDisabled, On: VideoPlay, To: VideoDisabled},
		{From: VideoDisabled, On: VideoPause, To: VideoDisabled},
		{From: VideoDisabled, On: VideoSkip, To: VideoDisabled, Why: "the queue stays as it is, nobody sees it"},

		{From: VideoWaiting, On: VideoHandOut, To: VideoShowing},
		{From: VideoWaiting, On: VideoSkip, To: VideoWaiting},
		{From: VideoWaiting, On: VideoPlay, To: VideoWaiting},
		{From: VideoWaiting, On: VideoPause, To: VideoOff},

		{From: VideoShowing, On: VideoPlayed, To: VideoWaiting},
		{From: VideoShowing, On: VideoSkip, To: VideoWaiting},
		{From: VideoShowing, On: VideoReplaced, To: VideoWaiting},
		{From: VideoShowing, On: VideoPlay, To: VideoShowing},
		{From: VideoShowing, On: VideoPause, To: VideoHeld},

		{From: VideoHeld, On: VideoPlayed, To: VideoOff, Why: "a client may have come to the end before it heard of the pause"},
		{From: VideoHeld, On: VideoSkip, To: VideoOff},
		{From: VideoHeld, On: VideoReplaced, To: VideoOff},
		{From: VideoHeld, On: VideoPlay, To: VideoShowing},
		{From: VideoHeld, On: VideoPause, To: VideoHeld},

		{From: VideoOff, On: VideoSkip, To: VideoOff},
		{From: VideoOff, On: VideoPlay, To: VideoWaiting},
		{From: VideoOff, On: VideoPause, To: VideoOff},

		{From: VideoStarted, On: VideoStop, To: VideoEnded},
		{From: VideoDisabled, On: VideoStop, To: VideoEnded},
		{From: VideoWaiting, On: VideoStop, To: VideoEnded},
		{From: VideoShowing, On: VideoStop, To: VideoEnded},
		{From: VideoHeld, On: VideoStop, To: VideoEnded},
		{From: VideoOff, On: VideoStop, To: VideoEnded},
	},
)
