package score

// roomsByTheRiver is a piano album: a nocturne, a waltz and a prelude.
func roomsByTheRiver() []Piece {
	return onAlbum("Linde Aumont", "Rooms by the River", 2019,
		lamplightNocturne(), ferrymansWaltz(), preludeForAnEmptyHouse())
}

// lamplightNocturne sings over broken chords in triplets: a bar alone, a theme
// of four bars, its return in a darker light, and a coda that comes to rest.
func lamplightNocturne() Piece {
	p := Piece{
		Slug: "lamplight-nocturne", Title: "Lamplight Nocturne", Style: "nocturne for piano", Format: MP3,
		Meter: 4, Beats: 52, Tail: 3.2, Loose: .008, Checked: "song",
		Tempi: []Tempo{{0, 57}, {3, 60}, {18, 62}, {20, 57}, {22, 65}, {34, 62}, {44, 54}, {52, 40}},
		Space: Space{Decay: 2.6, Wet: .32},
	}
	left := p.player(Voice{Name: "left hand", Instrument: Piano, Level: -5, Pan: -.15, Room: .5})
	left.loud(.42).figure("Eb:4", "eb2", "bb2", 1./3, "0 1 3 4 3 1 0 1 3 5 4 3", true)
	left.figure("Eb:2 Gm/D Cm Ab Fm7 Bb7 Eb Bb7/D", "bb1", "bb2", 1./3, "0! 1 2 4 3 2", true)
	left.loud(.47).figure("Eb:2 G7/B Cm Cm7/Bb Ab Abm Eb/Bb Bb7", "bb1", "bb2", 1./3, "0! 1 2 4 3 2", true)
	left.loud(.38).figure("Eb:2 Abm/Eb Eb Bb7sus4", "bb1", "bb2", 1./3, "0 1 2 4 3 2", true)
	left.loud(.34).figure("Eb:4", "eb2", "g2", 1./3, "0 2 3 4 5 6 7 6 5 4 3 2", true)
	left.figure("Eb:4", "eb1", "eb2", 4, "0+1+2+3", true)

	song := p.player(Voice{Name: "song", Instrument: Piano, Level: 0, Pan: .12, Room: .5})
	song.loud(.72).held(1.06).line(`r:3 r:1/3 bb4 d5 |
		g5:5/3! ab5:1/3 bb5:4/3 d5:2/3 | g5:1 f5:1/3 eb5:2/3 c6:4/3! bb5:1/3 ab5:1/3 |
		ab5:1 g5:1/3 f5:2/3 f5:2/3 g5:1/3 ab5:2/3 f5:1/3 | g5:4/3 bb4:2/3, bb4:2/3 c5:1/3 d5:2/3 f5:1/3 |`)
	song.loud(.8).line(`g5:5/3 ab5:1/3 b5:4/3! g5:2/3 | c6:1 b5:1/3 c6 d6 eb6:4/3! d6:1/3 c6 |
		c6:4/3 bb5:1/3 ab5 cb6:4/3! ab5:2/3 | bb5:1 g5:2/3 eb5:1/3 f5:1 g5:1/3 ab5, f5, |`)
	song.loud(.6).line(`eb5:2 eb5:1 cb5:2/3 ab4:1/3 | bb4:2 bb4:2/3 c5:1/3 eb5:2/3 f5:1/3 |
		eb5:4/3 g5:2/3, bb5:2, | eb6+g5+bb5:4,`)
	return p
}

// ferrymansWaltz is a waltz in g minor with a trio in B flat.
func ferrymansWaltz() Piece {
	p := Piece{
		Slug: "ferrymans-waltz", Title: "The Ferryman's Waltz", Style: "waltz for strings, flute and piano", Format: M4A,
		Meter: 3, Beats: 120, Tail: 2.5, Loose: .006, Checked: "strings",
		Tempi: []Tempo{{0, 136}, {12, 146}, {104, 146}, {111, 120}, {120, 96}},
		Space: Space{Decay: 1.9, Wet: .26},
	}
	const (
		first = "Gm:3 Gm Cm Gm Cm F7 Bb D7 Gm Gm Cm Gm Cm D7 Gm Gm "
		trio  = "Bb:3 F7/C F7 Bb/D Gm D7/A D7 Gm Eb Bb/D F7/C Bb Cm Gm/D D7 Gm "
	)
	piano := p.player(Voice{Name: "piano", Instrument: Piano, Level: -10, Pan: -.2, Room: .4})
	piano.loud(.5).figure("Gm:3 Gm D7/A D7", "g1", "g3", 1, "0! 1+2+3' 1+2+3'", false)
	piano.figure(first+trio, "a1", "f3", 1, "0! 1+2+3' 1+2+3',", false)
	piano.loud(.42).figure("Gm:3 Cm/G Gm", "g1", "g3", 1, "0 1+2+3' 1+2+3'", false)
	piano.figure("Gm:3", "g1", "g3", 3, "0+1+2+3", true)

	strings := p.player(Voice{Name: "strings", Instrument: Strings, Level: 2, Pan: .1, Room: .6})
	strings.rest(12).loud(.62).held(1).line(`d5:2 g5:1 | bb5:2 a5:1 | g5:1.5 f5:.5 eb5:1 | d5:3 |
		eb5:1 c5 eb5 | f5:2 eb5:1 | d5:1 f5 bb5 | a5:2 f#5:1 |
		g5:2 a5:1 | bb5:2 d6:1! | c6:1.5 bb5:.5 a5:1 | bb5:1 g5:2 |
		eb5:1 g5 c6! | bb5:1 a5 f#5 | g5:3 | g5:2 r:1 |`)
	// In the trio the strings answer the flute from below.
	strings.loud(.4).held(1).line(`d4:3 | c4 | eb4 | d4 | d4 | c4 | a4 | bb4:2 d5:1 |
		eb5:3 | d5 | c5 | d5 | g4 | bb4 | a4:2 f#4:1 | g4:3 | d5:3 | eb5 | d5:2 bb4:1 | g4:3`)

	flute := p.player(Voice{Name: "flute", Instrument: Flute, Level: -8, Pan: .25, Room: .6})
	flute.rest(60).loud(.66).held(.98).line(`f5:1 d5 f5 | a5:2 g5:1 | eb5:1 f5 a5 | bb5:3 |
		bb5:1 a5 bb5 | c6:2! a5:1 | f#5:1 a5 c6 | bb5:2 g5:1 |
		g5:1 bb5 eb6! | d6:2 bb5:1 | c6:1.5 bb5:.5 a5:1 | bb5:2 d5:1 |
		eb5:1 g5 c6 | bb5:2 d5:1 | a5:1.5 bb5:.5 f#5:1 | g5:3`)
	return p
}

// preludeForAnEmptyHouse breaks one chord per bar, a music box sings above.
func preludeForAnEmptyHouse() Piece {
	p := Piece{
		Slug: "prelude-for-an-empty-house", Title: "Prelude for an Empty House", Style: "prelude for harp and music box", Format: Opus,
		Meter: 4, Beats: 72, Tail: 3.5, Loose: .005, Checked: "music box",
		Tempi: []Tempo{{0, 84}, {8, 92}, {30, 92}, {33, 86}, {36, 94}, {58, 94}, {66, 78}, {72, 60}},
		Space: Space{Decay: 2.8, Wet: .34},
	}
	harp := p.player(Voice{Name: "harp", Instrument: Harp, Level: -9, Pan: -.1, Room: .5})
	harp.loud(.5).figure("D D/C# Bm7 Bm7/A Gmaj7 Em7 A7sus4 A7", "g2", "a3", .25, "0! 1 2 3 4 3 2 1", true)
	harp.loud(.58).figure("D F#7/C# Bm D7/A G Gm6 D/A A7", "g2", "a3", .25, "0! 1 2 4 5 4 2 1", true)
	harp.loud(.5).figure("Dadd9", "d2", "a3", .25, "0! 1 2 3 4 5 6 7 8 7 6 5 4 3 2 1", true)
	harp.loud(.45).figure("D", "d2", "a3", 4, "0+1+2+3+4", true)

	box := p.player(Voice{Name: "music box", Instrument: MusicBox, Level: 1, Pan: .15, Room: .6, Echo: .1})
	box.rest(8).loud(.55).held(1.1).line(`f#5:3 e5:1 | d5:3 f#5:1 | b5:2! a5:1 g5 | g5:3 f#5:1 |
		e5:3 d5:1 | c#5:2 e5 |`)
	box.loud(.66).line(`a5:3! f#5:1 | a#5:2 c#6 | d6:3! b5:1 | c6:3 a5:1 | b5:2 d6! |
		bb5:2 g5:1 e5 | f#5:3 d5:1 | e5:2 c#5 |`)
	box.loud(.5).line(`d5:2 a5 | d6+f#5:4,`)
	return p
}
