package score

// sixteenColours is music for a game console with four voices: two pulse
// waves, a triangle and noise.
func sixteenColours() []Piece {
	return onAlbum("Pixel Orchard", "Sixteen Colours", 2017, cartridgeGarden(), greenhouseSamba())
}

// cartridgeGarden is a dance in c minor: intro, theme, bridge, theme an octave
// brighter, and out on the tonic.
func cartridgeGarden() Piece {
	p := Piece{
		Slug: "cartridge-garden", Title: "Cartridge Garden", Style: "chip tune, dance in c minor", Format: FLAC,
		Meter: 4, Beats: 116, Tail: .8, Checked: "lead",
		Tempi: steady(160),
	}
	const (
		verse  = "Cm Ab Eb Bb Cm Ab Bb G "
		bridge = "Fm Bb Eb Cm Ab Fm G G "
		theme  = `g4:.5 c5 eb5 g5:1! f5:.5 eb5 d5 | eb5:1.5! c5:.5 ab4:1 c5:.5 d5 | eb5:1 g5:.5 bb5:1! g5:.5 eb5 g5 | f5:1.5! d5:.5 bb4:1 d5:.5 f5 |
			g5:.5 eb5 g5 c6:1! bb5:.5 g5 eb5 | ab5:1.5! g5:.5 eb5:1 c5:.5 eb5 | d5:.5 f5 bb5 d6:1! c6:.5 bb5 f5 | g5:1 b5 d6:1! r:.5 `
	)
	lead := p.player(Voice{Name: "lead", Instrument: Lead, Level: 0})
	lead.rest(16).loud(.7).held(.9).line(theme + "g5:.5 |")
	lead.line(`ab5:1! c6:.5 ab5 f5:1 ab5 | bb5:1! d6:.5 bb5 f5:1 bb5 | g5:.5 bb5 eb6:1! d6:.5 bb5 g5:1 | eb6:1! d6:.5 c6 g5:1 eb5 |
		c6:1.5! bb5:.5 ab5:1 eb5 | ab5:1.5! g5:.5 f5:1 c5 | b4:.5 d5 g5 b5 d6:1! b5 | g5:.5 f5 d5 b4 g4:1 r |`)
	lead.line(theme + "g5:.5 | c6:.5 g5 eb5 g5 c5:2!")

	// The second pulse doubles the last theme a third or a sixth below.
	low := p.player(Voice{Name: "second", Instrument: Lead, Level: -7})
	low.rest(80).loud(.6).held(.9).line(`eb4:.5 g4 c5 eb5:1 d5:.5 c5 bb4 | c5:1.5 ab4:.5 eb4:1 ab4:.5 bb4 | bb4:1 eb5:.5 g5:1 eb5:.5 bb4 eb5 | d5:1.5 bb4:.5 f4:1 bb4:.5 d5 |
		eb5:.5 c5 eb5 g5:1 g5:.5 eb5 c5 | eb5:1.5 eb5:.5 c5:1 ab4:.5 c5 | bb4:.5 d5 f5 bb5:1 ab5:.5 f5 d5 | d5:1 g5 b5 r |
		g5:.5 eb5 c5 eb5 g4:2`)

	arp := p.player(Voice{Name: "arpeggio", Instrument: Arp, Level: -5})
	arp.loud(.55).held(.8).figure("Cm Ab Bb G "+verse+bridge+verse, "c4", "c4", .25, "1! 2 3 4 3 2 1 2 3 4 5 4 3 2 3 2", false)

	bass := p.player(Voice{Name: "bass", Instrument: Triangle, Level: -2})
	bass.loud(.7).held(.85).figure("Cm Ab Bb G "+verse+bridge+verse, "g1", "g2", .5, "0! 0' 1 0 0! 1' 0 1", false)
	bass.line("c2:4")

	drums := p.player(Voice{Name: "noise", Instrument: ChipKit, Level: -7})
	drums.loud(.7)
	for bar := range 28 {
		drums.beat = float64(4 * bar)
		if bar >= 2 {
			drums.hits(Kick, .5, "x..x x...")
			drums.beat -= 4
			drums.hits(Snare, .5, "..x. ..x.")
			drums.beat -= 4
		}
		drums.hits(HiHat, .25, "xooo xoxo xooo xoxo")
	}
	drums.beat = 112
	drums.hits(Kick, .5, "x...x").beat = 114
	drums.hits(Snare, .5, "x")
	return p
}

// greenhouseSamba is the cheerful end of the cartridge, syncopated throughout.
func greenhouseSamba() Piece {
	p := Piece{
		Slug: "greenhouse-samba", Title: "Greenhouse Samba", Style: "chip tune, samba in F", Format: Opus,
		Meter: 4, Beats: 98, Tail: 1.6, Checked: "lead",
		Tempi: steady(138),
		Space: Space{Decay: .7, Wet: .1, Delay: .75},
	}
	const (
		verse  = "F Dm7 Gm7 C7 F D7 Gm7:2 C7 F:4 "
		bridge = "Bb C Am7 Dm Gm7 C7 F C7 "
		theme  = `r:.5 c5 f5 a5:.75! g5 f5:.5 g5 | a5:.75! f5 d5:.5 f5:1 a5 | r:.5 d5 g5 bb5:.75! a5 g5:.5 a5 | bb5:.75! g5 e5:.5 c5:1 e5 |
			c6:.75! a5 f5:.5 a5:1 c6 | d6:.75! c6 a5:.5 f#5:1 a5 | bb5:.75! g5 d5:.5 c6:.75! bb5 e5:.5 | `
	)
	lead := p.player(Voice{Name: "lead", Instrument: Lead, Level: -1, Pan: .1, Room: .2, Echo: .12})
	lead.loud(.68).held(.9).line(theme + "f5:1.5 c5:.5 f5:1 r |")
	lead.line(`d6:.5! bb5 f5 bb5 d6:1 c6:.5 bb5 | c6:.5! g5 e5 g5 c6:1 bb5:.5 g5 | a5:.5! e5 c5 e5 a5:1 g5:.5 e5 | f5:.75 a5 d6:.5! a5:1 f5 |
		g5:.5 bb5 d6! bb5 g5:1 bb5:.5 d6 | e6:.75! d6 c6:.5 bb5 a5 g5 e5 | f5:.75 a5 c6:.5 f6:1! c6 | bb5:.5 g5 e5 c5 bb4 c5 e5 g5 |`)
	lead.line(theme + "f5:.5 a5 c6 f6:1.5! r:1 | f5:.5! r f6:1!")

	third := p.player(Voice{Name: "third", Instrument: Square, Level: -8, Pan: -.3, Room: .2})
	third.rest(64).loud(.55).held(.9).line(`r:.5 a4 c5 f5:.75 e5 c5:.5 e5 | f5:.75 d5 a4:.5 d5:1 f5 | r:.5 bb4 d5 g5:.75 f5 d5:.5 f5 | g5:.75 e5 c5:.5 g4:1 c5 |
		a5:.75 f5 c5:.5 f5:1 a5 | a5:.75 f#5 f#5:.5 d5:1 f#5 | g5:.75 d5 bb4:.5 g5:.75 e5 c5:.5 | c5:.5 f5 a5 c6:1.5 r:1 | c5:.5 r c6:1`)

	comp := p.player(Voice{Name: "chords", Instrument: Arp, Level: -5, Pan: .35, Room: .2})
	comp.loud(.5).held(.7).figure(verse+bridge+verse, "c4", "c4", .25, "1+2+3! . . 1+2+3 . . 1+2+3 . . . 1+2+3! . . 1+2+3 . .", false)

	bass := p.player(Voice{Name: "bass", Instrument: Triangle, Level: -1})
	bass.loud(.7).held(.85).figure(verse+bridge+verse, "e1", "c2", .5, "0! . . 0, 1! . . 1,", false)
	bass.line("f1:.5 r f1:1")

	drums := p.player(Voice{Name: "noise", Instrument: ChipKit, Level: -7, Room: .1})
	drums.loud(.6)
	for bar := range 24 {
		drums.beat = float64(4 * bar)
		drums.hits(Kick, .5, "x..ox..o").beat -= 4
		if bar >= 8 {
			drums.hits(Snare, .25, "..x..x....x..x.x").beat -= 4
		}
		drums.hits(HiHat, .25, "xoXo xoXo xoXo xoXo")
	}
	return p
}
