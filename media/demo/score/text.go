package score

import (
	"bufio"
	"fmt"
	"io"
)

// Write prints all notes of the pieces as text: a head per piece, a line per
// voice, then a line per note with its beat, length, pitch and velocity. The
// order is that of the pieces, voices and notes, so equal music gives equal
// text.
func Write(w io.Writer, pieces []Piece) error {
	out := bufio.NewWriter(w)
	for i := range pieces {
		p := &pieces[i]
		// Errors stay in the buffered writer until Flush.
		fmt.Fprintf(out, "piece %s\n\tstyle %s\n\tmeter %g, %g beats, swing %g, %.3f s\n", p.Path(), p.Style, p.Meter, p.Beats, p.Swing, p.Duration())
		for _, t := range p.Tempi {
			fmt.Fprintf(out, "\ttempo %g from beat %g\n", t.BPM, t.Beat)
		}
		for _, v := range p.Voices {
			fmt.Fprintf(out, "\tvoice %s: %s, %d notes\n", v.Name, v.Instrument, len(v.Notes))
			for _, n := range v.Notes {
				fmt.Fprintf(out, "%.3f %.3f %d %.2f\n", n.At, n.Length, n.Pitch, n.Velocity)
			}
		}
	}
	return out.Flush()
}
