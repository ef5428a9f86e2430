package synth

import "musicdb/media/demo/score"

// patches are all instruments of the scores.
var patches = map[score.Instrument]patch{
	score.Piano:    piano,
	score.Guitar:   guitar,
	score.Mandolin: mandolin,
	score.Harp:     harp,
	score.Upright:  upright,
	score.Flute:    flute,
	score.Strings:  bowed,
	score.Vibes:    vibraphone,
	score.Marimba:  rosewood.play,
	score.Kalimba:  tine.play,
	score.MusicBox: comb.play,
	score.Bell:     glass.play,
	score.Pad:      pad,
	score.Sub:      sub,
	score.Lead:     chipPulse(.25, adsr{attack: .003, decay: .5, sustain: .62, release: .05}),
	score.Arp:      chipPulse(.125, adsr{attack: .002, decay: .18, sustain: .35, release: .04}),
	score.Square:   chipPulse(.5, adsr{attack: .006, decay: .7, sustain: .6, release: .09}),
	score.Triangle: chipTriangle,
	score.Drums:    drumKit,
	score.ChipKit:  chipKit,
}
