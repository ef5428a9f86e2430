package stream

import "musicdb/fsm"

// Definitions describes the machines of this package.
func Definitions() []fsm.Description {
	return []fsm.Description{
		audio.Describe(), mute.Describe(), deckMachine.Describe(), decoding.Describe(), encoding.Describe(), demand.Describe(), video.Describe(),
	}
}
