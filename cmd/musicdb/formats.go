package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"musicdb/media/sound"
)

// Formats is a list of formats that the stream is offered in.
type Formats []sound.Format

// Decode accepts the names of formats; none names only MP3, which is always offered.
func (l *Formats) Decode(value string) error {
	list := Formats{}
	for _, name := range split(value, ",") {
		f, known := formatNamed(name)
		if !known {
			return fmt.Errorf("%q is no format of the stream; there are mp3, opus, aac and flac, separated by commas", name)
		}
		list = append(list, f)
	}
	*l = list
	return nil
}

func formatNamed(name string) (sound.Format, bool) {
	for _, f := range sound.Formats() {
		if strings.EqualFold(name, f.String()) {
			return f, true
		}
	}
	return 0, false
}

// String is the list as it is written.
func (l Formats) String() string {
	names := make([]string, len(l))
	for i, f := range l {
		names[i] = f.String()
	}
	return strings.Join(names, ", ")
}

// Kilobits is a bitrate in kbit/s.
type Kilobits int

// Decode accepts what both Opus and AAC can be encoded with in stereo.
func (k *Kilobits) Decode(value string) error {
	return number(k, value, 32, 320, "it must be 32 to 320 (kbit/s)")
}

// Bits is the bitrate in bit/s.
func (k Kilobits) Bits() int { return int(k) * 1000 }

// Burst is how much sound is sent at once, in seconds with tenths.
type Burst float64

// Decode accepts a tenth of a second to ten seconds.
func (b *Burst) Decode(value string) error {
	var seconds float64
	if _, err := fmt.Sscanf(value+"\n", "%g\n", &seconds); err != nil || !(seconds >= 0.1 && seconds <= 10) {
		return errors.New("it must be 0.1 to 10 seconds, such as 1.5")
	}
	*b = Burst(seconds)
	return nil
}

// Duration is the time in Go's unit.
func (b Burst) Duration() time.Duration { return time.Duration(float64(b) * float64(time.Second)) }
