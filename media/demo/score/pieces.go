package score

import (
	"cmp"
	"slices"
)

// Pieces returns all pieces in the order of their paths in the library.
func Pieces() []Piece {
	all := slices.Concat(sixteenColours(), roomsByTheRiver(), hedgeAndHarbour(), slowWeather())
	slices.SortFunc(all, func(a, b Piece) int { return cmp.Compare(a.Path(), b.Path()) })
	return all
}

// onAlbum fills in what the pieces of an album have in common and numbers them
// within their discs.
func onAlbum(artist, album string, year int, pieces ...Piece) []Piece {
	track := map[int]int{}
	for i := range pieces {
		p := &pieces[i]
		p.Artist, p.Album, p.Year = artist, album, year
		track[p.Disc]++
		p.Track = track[p.Disc]
		for v := range p.Voices {
			slices.SortStableFunc(p.Voices[v].Notes, func(a, b Note) int { return cmp.Compare(a.At, b.At) })
		}
	}
	return pieces
}

// steady is a tempo that never changes.
func steady(bpm float64) []Tempo { return []Tempo{{0, bpm}} }

// slowing keeps the tempo up to a beat and then slows down to another tempo at
// the last beat.
func slowing(bpm, from, to, last float64) []Tempo {
	return []Tempo{{0, bpm}, {from, bpm}, {last, to}}
}
