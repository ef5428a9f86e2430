package score

// hedgeAndHarbour is the album of a small acoustic band: a reel, a blues and a
// bossa nova.
func hedgeAndHarbour() []Piece {
	return onAlbum("Copper Finch Trio", "Hedge and Harbour", 2021, barleyReel(), blueKettle(), cafeAmHafen())
}

// barleyReel has two strains, each played twice, over guitar, bass and a frame
// drum that comes in with the second playing.
func barleyReel() Piece {
	p := Piece{
		Slug: "barley-reel", Title: "Barley Reel", Style: "folk reel for plucked strings", Format: Opus,
		Meter: 4, Beats: 148, Tail: 2.2, Loose: .006, Swing: .53, Checked: "mandolin",
		Tempi: slowing(196, 138, 160, 148),
		Space: Space{Decay: 1.1, Wet: .2},
	}
	const (
		chordsA = "D:4 D G A D D G:2 A A D "
		chordsB = "Bm:4 D G A Bm D G:2 A A D "
		strainA = `d5:.5! a4 f#4 a4 d5 e5 f#5 d5 | a5! f#5 d5 f#5 e5 d5 b4 a4 |
			b4! d5 g5 d5 b4 d5 g5 a5 | b5! a5 f#5 a5 e5 c#5 a4 c#5 |
			d5! a4 f#4 a4 d5 e5 f#5 g5 | a5! f#5 d6 f#5 a5 f#5 d5 f#5 |
			g5! b5 a5 g5 f#5 e5 c#5 e5 | f#5! d5 e5 c#5 d5:1 a4 |`
		strainB = `f#5:.5! b5 b5 a5 b5 c#6 d6 b5 | a5! f#5 d5 f#5 a5 b5 a5 f#5 |
			g5! b5 b5 a5 g5 f#5 e5 d5 | c#5! e5 a5 e5 c#5 e5 a4 c#5 |
			f#5! b5 b5 a5 b5 c#6 d6 e6 | f#6! d6 a5 d6 f#6 e6 d6 a5 |
			b5! g5 d5 g5 a5 e5 c#5 e5 | d5! f#5 e5 c#5 d5:1 a4 |`
	)
	mandolin := p.player(Voice{Name: "mandolin", Instrument: Mandolin, Level: 1, Pan: .25, Room: .35})
	mandolin.loud(.62).rest(8).line("a4:.5 d5 f#5 a5 d6:2! | r:2 a4:.5! b4 c#5 e5 |")
	mandolin.times(2, strainA).times(2, strainB[:len(strainB)-len("d5:1 a4 |")]+"d5:1 r |")
	mandolin.line("d5+f#5+a5+d6:4!")

	guitar := p.player(Voice{Name: "guitar", Instrument: Guitar, Level: -8, Pan: -.3, Room: .35})
	guitar.loud(.5).figure("D:4 D D A", "e2", "f#3", .5, "0! . 1+2+3 2+3, 0 . 1+2+3 2+3,", false)
	guitar.figure(chordsA+chordsA, "e2", "f#3", .5, "0! . 1+2+3 2+3,", false)
	guitar.loud(.55).figure(chordsB+chordsB, "e2", "f#3", .5, "0! . 1+2+3 2+3, 0 . 1+2+3! 2+3,", false)
	guitar.figure("D", "e2", "f#3", 4, "0+1+2+3+4", true)

	bass := p.player(Voice{Name: "bass", Instrument: Upright, Level: -3, Room: .2})
	bass.rest(16).loud(.6).held(.9).figure(chordsA+chordsA+chordsB+chordsB, "e1", "e2", 2, "0", false)
	bass.line("d2:4")

	drum := p.player(Voice{Name: "frame drum", Instrument: Drums, Level: -7, Pan: .05, Room: .35})
	drum.rest(48).loud(.55)
	for range 24 {
		drum.hits(Frame, .5, "X.xo x.xo")
	}
	shaker := p.player(Voice{Name: "shaker", Instrument: Drums, Level: -4, Pan: -.45, Room: .3})
	shaker.rest(80).loud(.5)
	for range 16 {
		shaker.hits(Shaker, .5, "oxoX oxox")
	}
	return p
}

// blueKettle is a blues in F: four bars of bass alone, the head, a piano
// chorus, and the last two bars together.
func blueKettle() Piece {
	p := Piece{
		Slug: "blue-kettle", Title: "Blue Kettle", Style: "swing trio with vibraphone", Format: Opus,
		Meter: 4, Beats: 120, Tail: 2.6, Loose: .009, Swing: .64, Checked: "vibraphone",
		Tempi: slowing(152, 114, 132, 120),
		Space: Space{Decay: 1.2, Wet: .18},
	}
	// The piano leaves the roots to the bass: Am7b5 is the upper part of F9.
	const changes = "Am7b5:4 Dm7b5 Am7b5 Ebmaj7:2 Am7b5 Dm7b5:4 Bdim7 F6 Cm6:2 F#dim7 Bbmaj7:4 Em7b5 F6:2 F#dim7 Bbmaj7 Em7b5 "
	vibes := p.player(Voice{Name: "vibraphone", Instrument: Vibes, Level: -1, Pan: .22, Room: .4})
	vibes.rest(16).loud(.66).held(.95).line(`
		r:.5 c5 d5 f5 ab5! f5 d5:1 | r:.5 d5 f5 ab5 bb5! ab5 f5:1 | a5:.5 c6 a5 f5 d5 f5 c5:1 | eb5:1.5 d5:.5 c5:1 r |
		r:.5 c5 d5 f5 ab5! f5 d5:1 | r:.5 d5 f5 ab5 b5! ab5 f5:1 | c6:1! a5:.5 f5 d5 f5 a5:1 | g5:.5 f#5 a5 c6 eb6:1! d6 |
		bb5:1.5! a5:.5 g5 f5 d5:1 | e5:.5 g5 bb5 c6 db6! bb5 g5:1 | a5:.5 f5 c5:1 r:.5 f#5 a5 c6 | bb5:.5 a5 g5 f5 e5:1 r |`)
	vibes.rest(48).loud(.6).line("f5:.5 a5 c6 d6 f6:1! r | a5+c6+eb6:4")

	right := p.player(Voice{Name: "piano right", Instrument: Piano, Level: -2, Pan: -.15, Room: .35})
	right.rest(64).loud(.66).held(.97).line(`
		c5:.5 eb5 e5! f5 a5 c6 eb6! d6 | d6 bb5 ab5 f5 d5 f5 ab5:1! | a5:.5 g5 f5 eb5 d5 c5 a4 c5 | eb5 g5 bb5 d6! c6 a5 gb5 eb5 |
		d5:1 f5:.5 d5 bb4:1 r | r:.5 b4 d5 f5 ab5 b5 d6:1! | c6:.5 a5 f5 a5 g5 f5 d5 c5 | eb5 g5 a5 c6! f#5 a5 eb5 c5 |
		bb4 d5 f5 a5! g5 f5 d5 bb4 | c5 e5 g5 bb5! ab5 g5 e5 db5 | c5:1.5 a4:.5 r f#5 a5! c6 | bb5 g5 e5 c5 a4:1 r |`)
	right.line("r:4 | a4+c5+eb5+g5:4,")

	comp := p.player(Voice{Name: "piano left", Instrument: Piano, Level: -7, Pan: -.2, Room: .35})
	comp.loud(.45).rest(16).figure(changes, "c3", "eb3", .5, ". . . 1+2+3+4 . . 1+2+3+4' .", false)
	comp.figure(changes, "c3", "eb3", .5, "1+2+3+4' . . 1+2+3+4 . . . .", false)
	comp.figure("Am7b5:4", "c3", "eb3", .5, ". . . 1+2+3+4' . . . .", false)

	bass := p.player(Voice{Name: "bass", Instrument: Upright, Level: -4, Room: .15})
	bass.loud(.66).held(.92).line("f2:1! a2 c3 d3 | bb2 ab2 g2 e2 | f2! a2 c3 c#3 | d3 g2 c3 e2 |")
	bass.times(2, `f2:1! a2 c3 d3 | bb2! ab2 g2 gb2 | f2! g2 a2 f2 | c3! g2 f2 a2 |
		bb2! d3 c3 bb2 | b2! d3 ab2 b2 | c3! a2 f2 c3 | a2! eb3 d3 f#2 |
		g2! bb2 d3 db3 | c3! bb2 g2 e2 | f2! a2 d3 f#2 | g2! d3 c3 e2 |`)
	bass.line("f2:1 c3 a2 g2 | f2:4")

	ride := p.player(Voice{Name: "cymbals", Instrument: Drums, Level: -3, Pan: .35, Room: .3})
	brush := p.player(Voice{Name: "brushes", Instrument: Drums, Level: -1, Pan: -.3, Room: .3})
	hat := p.player(Voice{Name: "hi-hat", Instrument: Drums, Level: -4, Pan: .4, Room: .3})
	ride.rest(16).loud(.5)
	hat.rest(8).loud(.5)
	brush.rest(16).loud(.5)
	for range 6 + 20 {
		hat.hits(HiHat, 1, ".x.x")
	}
	for i := range 24 {
		ride.hits(Ride, .5, "x.Xox.Xo")
		brush.hits(Brush, .5, []string{"..x...xo", "..x..ox."}[i%2])
	}
	ride.hits(Ride, .5, "x.Xox.X.").hits(Ride, 4, "X")
	return p
}

// cafeAmHafen is a bossa nova: the guitar alone, a verse, a bridge, and a
// short farewell.
func cafeAmHafen() Piece {
	p := Piece{
		Slug: "cafe-am-hafen", Title: "Café am Hafen", Style: "bossa nova with flute", Format: M4A,
		Meter: 4, Beats: 100, Tail: 2.8, Loose: .006, Checked: "flute",
		Tempi: slowing(132, 92, 108, 100),
		Space: Space{Decay: 1.4, Wet: .22},
	}
	// Cmaj7 over A is Am9, and so on: the hand has four strings and a thumb.
	const (
		intro   = "Cmaj7/A:4 Am7 Cmaj7/A G#dim7/E "
		changes = "Cmaj7/A:4 Am7 Bm7b5 G#dim7/E Am7 Gm7:2 Em7b5/C Fmaj7:4 Bm7b5:2 E7 " +
			"Fmaj7/D:4 Bm7b5/G Em7/C Fmaj7 Bm7b5 G#dim7/E Cmaj7/A A7 Fmaj7/D G#dim7/E Cmaj7/A Am7 "
	)
	guitar := p.player(Voice{Name: "guitar", Instrument: Guitar, Level: -8.5, Pan: -.22, Room: .35})
	guitar.loud(.5).figure(intro+changes, "e2", "e3", .5, "0 1+2+3+4 . 1+2+3+4! 0 1+2+3+4, . 1+2+3+4", false)
	guitar.figure("Cmaj7/A", "e2", "e3", 4, "0+1+2+3+4", true)

	bass := p.player(Voice{Name: "bass", Instrument: Upright, Level: -2, Room: .15})
	bass.loud(.58).held(.95).rest(16).figure(changes, "e1", "a1", .5, "0! . . 0 0 . . 0,", false)
	bass.line("a1:4")

	flute := p.player(Voice{Name: "flute", Instrument: Flute, Level: -1, Pan: .2, Room: .5, Echo: .06})
	flute.rest(16).loud(.66).line(`e5:1.5 c5:.5 b4 c5:1 e5:.5 | g5:2.5! e5:.5 a5:1 | f5:1.5 d5:.5 b4 d5:1 f5:.5 | g#5:2.5! e5:.5 b5:1 |
		a5:1.5 e5:.5 c5 e5:1 a5:.5 | bb5:1.5! a5:.5 g5:1 e5 | a5:3 c6:1! | b5:1.5 a5:.5 g#5:1 e5 |
		f5:.5 a5:1 c6! a5:.5 f5:1 | b5:1.5 a5:.5 g5:1 f5 | e5:.5 g5:1 b5! g5:.5 e5:1 | a5:1.5 g5:.5 e5:1 c5 |
		d5:.5 f5:1 a5! f5:.5 d5:1 | g#5:1.5 b5:.5 d6:1! b5 | c6:1.5! b5:.5 a5:2 | a5:2 r:1 a5:.5 g5 |
		f5:1.5 e5:.5 d5:1 f5 | e5:1.5 d5:.5 b4:1 g#4 | a4:3 c5:.5, e5, | b5:4, | a5:4,`)

	shaker := p.player(Voice{Name: "shaker", Instrument: Drums, Level: -2, Pan: .4, Room: .3})
	rim := p.player(Voice{Name: "rim", Instrument: Drums, Level: 0, Pan: -.35, Room: .3})
	kick := p.player(Voice{Name: "kick", Instrument: Drums, Level: -3, Room: .15})
	shaker.rest(8).loud(.5)
	rim.rest(16).loud(.5)
	kick.rest(16).loud(.5)
	for i := range 22 {
		shaker.hits(Shaker, .5, "xoXo xoXo")
		if i < 20 {
			rim.hits(Rim, .5, []string{"x..x ..x.", "..x. x..."}[i%2])
			kick.hits(Kick, .5, "x..o x..o")
		}
	}
	return p
}
