package score

import (
	"fmt"
	"math"
)

// Instrument names what a voice is played on.
type Instrument string

// The instruments. What they sound like is the business of package synth.
const (
	Piano    Instrument = "piano"
	Guitar   Instrument = "nylon guitar"
	Mandolin Instrument = "mandolin"
	Harp     Instrument = "harp"
	Upright  Instrument = "upright bass"
	Flute    Instrument = "flute"
	Strings  Instrument = "strings"
	Vibes    Instrument = "vibraphone"
	Marimba  Instrument = "marimba"
	Kalimba  Instrument = "kalimba"
	MusicBox Instrument = "music box"
	Bell     Instrument = "glass bell"
	Pad      Instrument = "warm pad"
	Sub      Instrument = "sub bass"
	Lead     Instrument = "pulse lead"
	Arp      Instrument = "thin pulse"
	Square   Instrument = "square"
	Triangle Instrument = "triangle"
	Drums    Instrument = "drums"
	ChipKit  Instrument = "chip drums"
)

// Pitches of the percussion voices, numbered as in General MIDI.
const (
	Kick   = 36
	Rim    = 37
	Snare  = 38
	Brush  = 40
	HiHat  = 42
	Open   = 46
	Ride   = 51
	Frame  = 64
	Shaker = 70
)

// Note is one sounding note.
type Note struct {
	At       float64 // beats from the start of the piece
	Length   float64 // beats
	Pitch    int     // MIDI note number; 69 is 440 Hz
	Velocity float64 // 0 (silent) to 1 (as loud as it goes)
}

// Voice is what one player plays.
type Voice struct {
	Name       string
	Instrument Instrument
	Level      float64 // dB
	Pan        float64 // −1 (left) to 1 (right)
	Room       float64 // share that is sent to the reverb, 0 to 1
	Echo       float64 // share that is sent to the echo, 0 to 1
	Notes      []Note
}

// Tempo is a point of the tempo curve; between two points the tempo changes
// evenly with the beats.
type Tempo struct {
	Beat float64
	BPM  float64 // beats per minute
}

// Space is the room the piece is heard in.
type Space struct {
	Decay float64 // seconds until the reverberation has lost 60 dB
	Wet   float64 // level of the reverberation, 0 to 1
	Delay float64 // beats between two echoes
}

// Format is the file format in which a piece is kept.
type Format string

// The formats of the demo library.
const (
	MP3  Format = "mp3"
	M4A  Format = "m4a"
	Opus Format = "opus"
	FLAC Format = "flac"
)

// Piece is one piece of music with its place in the library.
type Piece struct {
	Slug    string // safe file name without extension, unique
	Artist  string
	Album   string
	Year    int
	Disc    int // 0 where the album has one disc only
	Track   int
	Title   string
	Style   string // a few words for people
	Format  Format
	Meter   float64 // beats per bar
	Beats   float64 // length
	Swing   float64 // where the second of two eighths falls in its beat; 0.5 is straight
	Tail    float64 // seconds that the last sound is left to ring after the last beat
	Loose   float64 // seconds by which players deviate from the beat
	Tempi   []Tempo // at least one, the first at beat 0
	Space   Space
	Voices  []Voice
	Checked string // name of the voice whose notes can be found again in the sound
}

// Seconds converts a position in beats to seconds from the start.
func (p *Piece) Seconds(beat float64) float64 {
	if p.Swing != 0 && p.Swing != .5 {
		beat = swung(beat, p.Swing)
	}
	seconds := 0.0
	for i, t := range p.Tempi {
		end := math.Inf(1)
		bpm := t.BPM
		if i+1 < len(p.Tempi) {
			end, bpm = p.Tempi[i+1].Beat, p.Tempi[i+1].BPM
		}
		if beat <= end {
			if !math.IsInf(end, 1) {
				bpm = t.BPM + (bpm-t.BPM)*(beat-t.Beat)/(end-t.Beat)
			}
			return seconds + stretch(beat-t.Beat, t.BPM, bpm)
		}
		seconds += stretch(end-t.Beat, t.BPM, bpm)
	}
	return seconds
}

// stretch is the time that beats take while the tempo goes evenly from one
// value to another: the integral of 60/bpm over the beats.
func stretch(beats, from, to float64) float64 {
	if math.Abs(to-from) < 1e-9 {
		return beats * 60 / from
	}
	return 60 * beats / (to - from) * math.Log(to/from)
}

func swung(beat, swing float64) float64 {
	whole, part := math.Modf(beat)
	if part < .5 {
		return whole + part*2*swing
	}
	return whole + swing + (part-.5)*2*(1-swing)
}

// Duration returns the length of the sound in seconds.
func (p *Piece) Duration() float64 { return p.Seconds(p.Beats) + p.Tail }

// Path returns where the piece lies in a music directory, following the naming
// conventions: "Artist/YYYY - Album/NN Name.ext", with "D-NN" on albums of more
// than one disc.
func (p *Piece) Path() string {
	number := fmt.Sprintf("%02d", p.Track)
	if p.Disc > 0 {
		number = fmt.Sprintf("%d-%s", p.Disc, number)
	}
	return fmt.Sprintf("%s/%d - %s/%s %s.%s", p.Artist, p.Year, p.Album, number, p.Title, p.Format)
}

// File returns the name under which the sound is embedded. go:embed accepts
// no apostrophe and no colon, so titles are of no use there.
func (p *Piece) File() string { return p.Slug + "." + string(p.Format) }

// Voice returns the voice with the given name, or nil.
func (p *Piece) Voice(name string) *Voice {
	for i := range p.Voices {
		if p.Voices[i].Name == name {
			return &p.Voices[i]
		}
	}
	return nil
}

// Frequency returns the frequency in Hz of a MIDI note number, tuned to 440 Hz.
func Frequency(pitch int) float64 { return 440 * math.Pow(2, float64(pitch-69)/12) }
