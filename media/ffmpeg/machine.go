package ffmpeg

import "musicdb/fsm"

// State is where a Tool is in its life.
type State uint8

// The states of a Tool.
const (
	Looking State = iota
	Cold
	Compiling
	Ready
	Failed
	Closed
)

func (s State) String() string { return definition.StateName(s) }

// Event is what moves a Tool.
type Event uint8

// The events of a Tool, in the order in which one without native ffmpeg meets them.
const (
	NativeFound Event = iota
	NativeMissing
	Compile
	Compiled
	CompileFailed
	Close
)

var layer = fsm.Layer{Name: "ffmpeg", Color: "darkgreen"}

var definition = fsm.MustDefine("ffmpeg",
	"The program that decodes and encodes: found on the machine, or compiled from the embedded copy.",
	Looking,
	[]fsm.StateDoc[State]{
		{State: Looking, Name: "Looking", Doc: "The search path is being looked through for an ffmpeg that runs and can encode MP3.", Layer: layer},
		{State: Cold, Name: "Cold", Doc: "There is none; the embedded one will be used, but nobody has asked for it yet.", Layer: layer},
		{State: Compiling, Name: "Compiling", Doc: "A child compiles the embedded ffmpeg, or loads it from the compilation cache and tries it.", Layer: layer},
		{State: Ready, Name: "Ready", Doc: "Children can be started.", Layer: layer},
		{State: Failed, Name: "Failed", Doc: "The embedded ffmpeg could not be compiled or did not run. It is tried again, each time after a longer pause and with an empty cache.", Layer: layer},
		{State: Closed, Name: "Closed", Doc: "The daemon ends; every child still alive is killed.", Layer: layer, Terminal: true},
	},
	[]fsm.EventDoc[Event]{
		{Event: NativeFound, Name: "NativeFound", Doc: "An installed ffmpeg passed the check.", By: "the search at start", Layer: layer},
		{Event: NativeMissing, Name: "NativeMissing", Doc: "No installed ffmpeg is usable.", By: "the search at start", Layer: layer},
		{Event: Compile, Name: "Compile", Doc: "The embedded ffmpeg is wanted.", By: "Prepare", Layer: layer},
		{Event: Compiled, Name: "Compiled", Doc: "The embedded ffmpeg ran and can encode MP3.", By: "the compiling child", Layer: layer},
		{Event: CompileFailed, Name: "CompileFailed", Doc: "The compiling child failed, ran too long, or was cancelled.", By: "the compiling child", Layer: layer},
		{Event: Close, Name: "Close", Doc: "Nothing will be started any more.", By: "the owner of the Tool", Layer: layer},
	},
	[]fsm.Row[State, Event]{
		{From: Looking, On: NativeFound, To: Ready},
		{From: Looking, On: NativeMissing, To: Cold},
		{From: Looking, On: Close, To: Closed},
		{From: Cold, On: Compile, To: Compiling},
		{From: Cold, On: Close, To: Closed},
		{From: Compiling, On: Compiled, To: Ready},
		{From: Compiling, On: CompileFailed, To: Failed},
		{From: Compiling, On: Close, To: Closed},
		{From: Ready, On: Close, To: Closed},
		{From: Failed, On: Compile, To: Compiling},
		{From: Failed, On: Close, To: Closed},
	},
)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{definition.Describe()} }
