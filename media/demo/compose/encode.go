package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"slices"

	"musicdb/media/demo/cover"
	"musicdb/media/demo/score"
)

// encoding says how a format is made.
type encoding struct {
	rate float64 // samples per second
	bits int     // resolution of a sample
	args []string
}

// encodings are chosen so that the library stays below 4 MB while all readers
// have something to read.
var encodings = map[score.Format]encoding{
	score.MP3:  {32000, 16, []string{"-c:a", "libmp3lame", "-b:a", "56k", "-joint_stereo", "1", "-id3v2_version", "3"}},
	score.M4A:  {32000, 16, []string{"-c:a", "aac", "-b:a", "48k", "-cutoff", "13000", "-movflags", "+faststart"}},
	score.Opus: {48000, 16, []string{"-c:a", "libopus", "-b:a", "32k", "-vbr", "on", "-application", "audio"}},
	// A console's sound needs no more than seven bits, and FLAC leaves out the
	// ones that are always zero.
	score.FLAC: {24000, 7, []string{"-c:a", "flac", "-compression_level", "12", "-ch_mode", "mid_side"}},
}

// encode runs ffmpeg on raw samples and a picture.
func encode(ctx context.Context, p *score.Piece, e encoding, pcm, art string, picture cover.Picture, out string, ffmpeg []string) error {
	args := []string{"-hide_banner", "-loglevel", "error", "-nostdin", "-y",
		"-f", "s16le", "-ar", fmt.Sprint(e.rate), "-ac", "2", "-i", pcm}
	if p.Format == score.Opus {
		// The Ogg muxer takes pictures only in the form of a comment.
		args = append(args, "-map", "0:a", "-metadata", "METADATA_BLOCK_PICTURE="+flacPicture(picture))
	} else {
		args = append(args, "-i", art, "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic")
	}
	args = append(args, e.args...)
	args = append(args, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
	for _, tag := range tags(p) {
		args = append(args, "-metadata", tag)
	}
	args = append(args, out)
	c := exec.CommandContext(ctx, ffmpeg[0], slices.Concat(ffmpeg[1:], args)...)
	if text, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", ffmpeg[0], err, bytes.TrimSpace(text))
	}
	return nil
}

func tags(p *score.Piece) []string {
	tracks, discs := 0, 0
	for _, other := range score.Pieces() {
		if other.Album != p.Album {
			continue
		}
		discs = max(discs, other.Disc)
		if other.Disc == p.Disc {
			tracks++
		}
	}
	list := []string{
		"title=" + p.Title, "artist=" + p.Artist, "album=" + p.Album, "album_artist=" + p.Artist,
		fmt.Sprintf("date=%d", p.Year), fmt.Sprintf("track=%d/%d", p.Track, tracks),
	}
	if discs > 0 {
		list = append(list, fmt.Sprintf("disc=%d/%d", p.Disc, discs))
	}
	return list
}

// flacPicture is a picture in the form of FLAC's PICTURE block (RFC 9639,
// section 8.8), base64, as Ogg files carry it.
func flacPicture(p cover.Picture) string {
	var out []byte
	number := func(n int) { out = binary.BigEndian.AppendUint32(out, uint32(n)) }
	text := func(s string) { number(len(s)); out = append(out, s...) }
	const frontCover = 3
	number(frontCover)
	if p.Ext == "png" {
		text("image/png")
	} else {
		text("image/jpeg")
	}
	text("") // description
	number(cover.Edge)
	number(cover.Edge)
	number(24)
	number(0) // colours of a palette; unknown is allowed
	text(string(p.Data))
	return base64.StdEncoding.EncodeToString(out)
}

// samples turns two channels into interleaved 16-bit samples of the given
// resolution, with a dither of one step where that step is fine.
func samples(left, right []float64, bits int) []byte {
	step := float64(int(1) << (16 - bits))
	out := make([]byte, 0, 4*len(left))
	seed := uint32(1)
	random := func() float64 {
		seed = seed*1664525 + 1013904223
		return float64(seed>>8)/(1<<24) - .5
	}
	for i := range left {
		for _, v := range [2]float64{left[i], right[i]} {
			v = v * 32767 / step
			if bits == 16 {
				v += random() + random()
			}
			v = min(max(math.Round(v)*step, -32768), 32767)
			out = binary.LittleEndian.AppendUint16(out, uint16(int16(v)))
		}
	}
	return out
}
