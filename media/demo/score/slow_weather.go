package score

import "strings"

// slowWeather is an album of two discs: patterns on the first, slow surfaces
// on the second.
func slowWeather() []Piece {
	return onAlbum("Linde Aumont", "Slow Weather", 2023,
		rainOnSevenRoofs(), clockworkMeadow(), snowLine(), tideTables())
}

// rainOnSevenRoofs lets two marimbas play one pattern of seven eighths. The
// second comes in displaced and slips by one eighth every four bars.
func rainOnSevenRoofs() Piece {
	p := Piece{
		Slug: "rain-on-seven-roofs", Title: "Rain on Seven Roofs", Style: "minimal music for two marimbas", Format: Opus, Disc: 1,
		Meter: 3.5, Beats: 147, Tail: 2.5, Loose: .003, Checked: "first marimba",
		Tempi: slowing(176, 133, 150, 147),
		Space: Space{Decay: 1.7, Wet: .24},
	}
	patterns := []string{
		"e4! b4 g4 d5! b4 f#5 g4", "e4! b4 g4 d5! b4 f#5 g4", "e4! c5 g4 d5! c5 e5 g4", "e4! c5 g4 d5! c5 e5 g4",
		"d4! b4 g4 d5! b4 e5 g4", "d4! a4 f#4 e5! a4 d5 f#4", "e4! b4 g4 d5! b4 f#5 g4", "e4! c5 g4 d5! c5 e5 g4",
		"d4! a4 f#4 e5! a4 d5 f#4", "e4! b4 g4 d5! b4 f#5 g4",
	}
	first := p.player(Voice{Name: "first marimba", Instrument: Marimba, Level: -1, Pan: -.4, Room: .4})
	second := p.player(Voice{Name: "second marimba", Instrument: Marimba, Level: -3, Pan: .45, Room: .4})
	first.length, second.length = .5, .5
	for i, pattern := range patterns {
		first.loud([]float64{.5, .56, .62, .56, .66, .62, .56, .62, .62, .5}[i])
		first.times(4, pattern+" |")
		notes := strings.Fields(pattern)
		shift := i % len(notes)
		slipped := strings.Join(append(notes[shift:], notes[:shift]...), " ")
		if i == 0 {
			second.rest(14)
			continue
		}
		second.loud(.52).times(4, slipped)
	}
	first.loud(.5).line("e4:.5 b4 g4 d5 b4 f#5 g4 | e4+b4+g5:3.5,")

	low := p.player(Voice{Name: "low marimba", Instrument: Marimba, Level: -3, Room: .3})
	low.rest(28).loud(.6).figure("C:14 C G:14 D Em C D Em", "c2", "c3", 1.75, "0! 1,", true)
	low.line("e2:3.5 | e2:3.5")

	vibes := p.player(Voice{Name: "vibraphone", Instrument: Vibes, Level: 1, Pan: .05, Room: .6})
	vibes.rest(28).loud(.5).held(1.1).line(`
		e5:7 | g5:7 | d5:7 | c5:3.5 e5 | b4:7 | d5:7 | a5:3.5 f#5 | e5:7 |
		g5:3.5 b5 | e5:7 | e5:3.5 g5 | c6:3.5 g5 | a5:3.5 f#5 | d6:3.5 a5 | b5:7 | g5:7 | e5+b5:7`)
	return p
}

// clockworkMeadow winds up a kalimba under a music box.
func clockworkMeadow() Piece {
	p := Piece{
		Slug: "clockwork-meadow", Title: "Clockwork Meadow", Style: "kalimba and music box", Format: MP3, Disc: 1,
		Meter: 4, Beats: 80, Tail: 3, Loose: .004, Checked: "music box",
		Tempi: slowing(108, 70, 72, 80),
		Space: Space{Decay: 1.8, Wet: .26, Delay: .75},
	}
	const verse = "G Em7 C D G/B C Am7 D7 "
	kalimba := p.player(Voice{Name: "kalimba", Instrument: Kalimba, Level: -5, Pan: -.3, Room: .4, Echo: .12})
	kalimba.loud(.52).figure("G G "+verse, "g3", "d4", .5, "0! 2 1 3 2 4 1 2", true)
	kalimba.figure(verse, "g3", "d4", .25, "0! 2 1 3 2 4 1 2 3! 1 2 4 3 2 1 2", true)
	kalimba.loud(.45).figure("G", "g3", "d4", .5, "0! 2 1 3 2 4 3 5", true)
	kalimba.figure("G", "g3", "d4", 4, "0+1+2+3", true)

	box := p.player(Voice{Name: "music box", Instrument: MusicBox, Level: -1, Pan: .2, Room: .5, Echo: .15})
	box.rest(8).loud(.58).held(1.05).line(`b5:1! d6:.5 b5 a5:1 g5 | g5:1.5 b5:.5 e5:2 | e5:.5 g5 c6:1! b5:.5 a5 g5:1 | a5:3 d5:1 |
		d6:1! b5:.5 g5 d5:1 g5 | c6:1.5 b5:.5 a5:1 g5 | a5:.5 c6 e6:1! d6:.5 c6 a5:1 | a5:1 f#5 d5:2 |
		b5:.5! c6 d6 b5 g5 a5 b5 g5 | e5 g5 b5 d6! b5:1 g5 | c6:.5! b5 c6 e6 d6 c6 b5 g5 | a5:1 b5:.5 c6 d6:2! |
		d6:.5 b5 g6:1! f#6:.5 d6 b5:1 | e6:1! d6:.5 c6 b5:1 a5 | c6:.5 a5 e5 a5 c6:1 e6! | d6:1 c6 a5 f#5 |`)
	box.loud(.48).line("g5:2 b5 | g6+d6:4,")

	vibes := p.player(Voice{Name: "vibraphone", Instrument: Vibes, Level: -6, Pan: .05, Room: .5})
	vibes.rest(40).loud(.45).chords(verse, "g3", "b3", 3)
	bass := p.player(Voice{Name: "bass", Instrument: Upright, Level: 1, Room: .2})
	bass.rest(8).loud(.55).figure(verse+verse, "g1", "g2", 2, "0! 1,", false)
	bass.line("g1:4 | g1:4")
	return p
}

// snowLine is six chords and a few bells.
func snowLine() Piece {
	p := Piece{
		Slug: "snow-line", Title: "Snow Line", Style: "ambient, pads and bells", Format: Opus, Disc: 2,
		Meter: 4, Beats: 48, Tail: 5, Loose: .01, Checked: "bells",
		Tempi: steady(63),
		Space: Space{Decay: 4.5, Wet: .45, Delay: 1.5},
	}
	// The upper notes of ninth chords: F#m7 over D is Dmaj9.
	const changes = "F#m7/D:8 Dmaj7/B Bm7/G Em7 A7sus4:4 A D:8 "
	pad := p.player(Voice{Name: "pad", Instrument: Pad, Level: -1, Room: .6})
	pad.loud(.5).held(1.02).chords(changes, "a2", "d4", 4)
	high := p.player(Voice{Name: "high strings", Instrument: Strings, Level: -3, Pan: -.1, Room: .8})
	high.rest(8).loud(.35).held(1.02).line("f#5:8 | d5 | g5 | e5:4 c#5 | d5+a5:8")
	sub := p.player(Voice{Name: "sub", Instrument: Sub, Level: -4, Room: .1})
	sub.loud(.5).held(.98).chords("D:8 B G E A D", "d1", "d2", 0)

	bells := p.player(Voice{Name: "bells", Instrument: Bell, Level: -4, Pan: .15, Room: .7, Echo: .3})
	bells.loud(.5).held(1.5).line(`r:2 a5 | f#5:1 e5:3 | r:1 d5 f#5:2! | a5:1 b5:3! | r:2 b5:1 a5 | f#5:2 d5 |
		r:1 g5 f#5 e5 | b4:2 e5 | r:1 e5 d5 e5 | a5:2! e5 | f#5:2 a5 | d6:4,`)
	return p
}

// tideTables is carried by a slow pulse and long echoes.
func tideTables() Piece {
	p := Piece{
		Slug: "tide-tables", Title: "Tide Tables", Style: "ambient with a slow pulse", Format: Opus, Disc: 2,
		Meter: 4, Beats: 72, Tail: 4.5, Loose: .006, Checked: "flute",
		Tempi: slowing(92, 62, 76, 72),
		Space: Space{Decay: 3.4, Wet: .34, Delay: .75},
	}
	const verse = "Abmaj7/F:8 Fm7/Db Cm7/Ab:4 Eb Bbm7 C7sus4:2 C "
	harp := p.player(Voice{Name: "harp", Instrument: Harp, Level: -5, Pan: -.3, Room: .4, Echo: .35})
	harp.loud(.45).figure(verse+verse, "c3", "eb4", .5, "1! 3 2 4 . 3 5 .", true)
	harp.figure("Abmaj7/F:8", "f2", "c4", 1, "0 1 2 3 4 5 6 7", true)
	pad := p.player(Voice{Name: "pad", Instrument: Pad, Level: -3, Room: .5})
	pad.loud(.45).held(1.02).chords(verse+verse+"Fm:8", "f2", "ab3", 4)
	sub := p.player(Voice{Name: "sub", Instrument: Sub, Level: -6, Room: .05})
	sub.loud(.55).held(.95).figure(verse+verse, "db1", "db2", 2, "0!", false)
	sub.line("f1:8")

	song := p.player(Voice{Name: "flute", Instrument: Flute, Level: -6, Pan: .15, Room: .7, Echo: .25})
	song.rest(16).loud(.55).held(1).line(`c6:3! bb5:1 | g5:2 bb5 | ab5:3 f5:1 | g5:2 e5 |
		f5:1 ab5 c6:2! | eb6:3! c6:1 | db6:2 c6:1 ab5 | f5:4 | eb5:1 ab5 c6:2! | bb5:3 g5:1 | db6:1! c6 bb5 ab5 | g5:2 c5 | f5:4 | ab5:2, f5,`)

	pulse := p.player(Voice{Name: "pulse", Instrument: Drums, Level: -5, Room: .25})
	tick := p.player(Voice{Name: "tick", Instrument: Drums, Level: 0, Pan: .4, Room: .4, Echo: .3})
	pulse.rest(16).loud(.55)
	tick.rest(32).loud(.45)
	for i := range 12 {
		pulse.hits(Kick, .5, "x......o")
		if i < 8 {
			tick.hits(Shaker, .5, "..x...xo")
		}
	}
	return p
}
