package frames

import "musicdb/fsm"

// State is what the worker of a Store is doing.
type State uint8

// The states of a worker.
const (
	Looking State = iota
	Making
	Resting
	Complete
	Closed
)

func (s State) String() string { return definition.StateName(s) }

// Event is what moves the worker.
type Event uint8

// The events of the worker.
const (
	VideoLacks Event = iota
	NothingLacks
	Made
	Failed
	Rested
	VideosChanged
	Close
)

var layer = fsm.Layer{Name: "frames", Color: "darkgreen"}

var definition = fsm.MustDefine("frames",
	"The worker that makes frames and previews of videos that have none, one video after the other.",
	Looking,
	[]fsm.StateDoc[State]{
		{State: Looking, Name: "Looking", Doc: "A video without pictures is looked for.", Layer: layer},
		{State: Making, Name: "Making", Doc: "ffmpeg takes frames out of a video, with the lowest priority.", Layer: layer},
		{State: Resting, Name: "Resting", Doc: "The pause behind a video, as long as the work on it, at most ten seconds.", Layer: layer},
		{State: Complete, Name: "Complete", Doc: "All videos have their pictures, except those that have failed.", Layer: layer},
		{State: Closed, Name: "Closed", Doc: "The daemon ends, or there are to be no videos.", Layer: layer, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: VideoLacks, Name: "VideoLacks", Doc: "A video has no frames, or its row does not name them.", By: "the library", Layer: layer},
		{Event: NothingLacks, Name: "NothingLacks", Doc: "No such video is left.", By: "the library", Layer: layer},
		{Event: Made, Name: "Made", Doc: "The pictures are on the disk, and in the row.", By: "ffmpeg", Layer: layer},
		{Event: Failed, Name: "Failed", Doc: "They could not be made. The video is left alone until its file changes, or, where that is not to blame, for ten minutes.", By: "ffmpeg, or the disk", Layer: layer},
		{Event: Rested, Name: "Rested", Doc: "The pause is over.", By: "the clock", Layer: layer},
		{Event: VideosChanged, Name: "VideosChanged", Doc: "The library has changed, or a video is to be tried again.", By: "the library, or the clock", Layer: layer},
		{Event: Close, Name: "Close", Doc: "Nothing more is to be made.", By: "the daemon", Layer: layer},
	},
	[]fsm.Row[State, Event]{
		{From: Looking, On: VideoLacks, To: Making},
		{From: Looking, On: NothingLacks, To: Complete},
		{From: Looking, On: Close, To: Closed},
		{From: Making, On: Made, To: Resting},
		{From: Making, On: Failed, To: Resting},
		{From: Making, On: Close, To: Closed},
		{From: Resting, On: Rested, To: Looking},
		{From: Resting, On: Close, To: Closed},
		{From: Complete, On: VideosChanged, To: Looking},
		{From: Complete, On: Close, To: Closed},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{definition.Describe()} }
