package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"musicdb/media/stream"
)

// The types of settings that are amounts.

// Number is how many of something there may be.
type Number int

// Decode accepts 1 to ten million.
func (n *Number) Decode(value string) error {
	return number(n, value, 1, 10_000_000, "it must be a number from 1 to 10000000")
}

// Days is a time in whole days, 0 for none.
type Days int

// Decode accepts none to a hundred years.
func (d *Days) Decode(value string) error {
	return number(d, value, 0, 36500, "it must be a number of days from 0 to 36500")
}

// Rate is how much may happen in a second, 0 for anything.
type Rate int

// Decode accepts nothing, or enough for every honest client.
func (r *Rate) Decode(value string) error {
	n := 0
	err := number(&n, value, 0, 10_000_000, "")
	if err != nil || n > 0 && n < 1000 {
		return errors.New("it must be a number from 1000 to 10000000, or 0 for no limit")
	}
	*r = Rate(n)
	return nil
}

// Silence is a time in whole seconds, 0 for any.
type Silence int

// Decode accepts none to a month.
func (s *Silence) Decode(value string) error {
	return number(s, value, 0, 31*24*3600, "it must be 0 to 2678400 seconds, 0 for no limit")
}

// Duration is the time in Go's unit.
func (s Silence) Duration() time.Duration { return time.Duration(s) * time.Second }

// Fade is a time in whole seconds, 0 for none.
type Fade int

// Decode accepts none to what the stream can hold in advance.
func (f *Fade) Decode(value string) error {
	most := int(stream.CrossfadeLimit / time.Second)
	return number(f, value, 0, most, fmt.Sprintf("it must be 0 to %d seconds, 0 for no crossfade", most))
}

// Duration is the time in Go's unit.
func (f Fade) Duration() time.Duration { return time.Duration(f) * time.Second }

// Bytes is a size in bytes.
type Bytes int

// Units of Bytes.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
)

var units = []struct {
	name string
	size Bytes
}{{"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}}

var errBytes = errors.New("it must be a size such as 65536, 64 KiB, 16 MiB or 1 GiB, at least 1 KiB")

// Decode accepts a number of bytes, or one with a unit.
func (b *Bytes) Decode(value string) error {
	unit := Bytes(1)
	for _, u := range units {
		if size := len(value) - len(u.name); size >= 0 && strings.EqualFold(value[size:], u.name) {
			value, unit = strings.TrimSpace(value[:size]), u.size
			break
		}
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > math.MaxInt/int(unit) || Bytes(n)*unit < KiB {
		return errBytes
	}
	*b = Bytes(n) * unit
	return nil
}

// String is the size in the largest unit that needs no fraction.
func (b Bytes) String() string {
	for _, u := range units {
		if b >= u.size && b%u.size == 0 {
			return fmt.Sprintf("%d %s", b/u.size, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", int(b))
}
