package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrNotVideo is returned when no picture is found in a file.
var ErrNotVideo = errors.New("no video stream found")

// Video is what a video file says about itself.
type Video struct {
	Codec    string  // "h264", "hevc", "vp9" …, as ffprobe names it; empty: unknown
	X, Y     int     // pixels as shown, of square pixels
	Seconds  float64 // duration
	Playtime int     // duration in whole seconds, half to even
	Checksum string  // SHA-256 of the whole file in lower-case hex
	Size     int64   // bytes
	Modified int64   // Unix time in nanoseconds
}

// ReadVideo reads what the headers of an MPEG-4 or WebM file say, and its checksum.
// The error matches [ErrNotVideo] when they say nothing of a picture or of its
// duration.
func (m *Music) ReadVideo(ctx context.Context, rel string) (Video, error) {
	f, err := m.Open(rel)
	if err != nil {
		return Video{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Video{}, fmt.Errorf("files: %w", err)
	}
	v, err := readVideo(source{f, info.Size()})
	if err != nil {
		return Video{}, fmt.Errorf("files: %q: %w", rel, err)
	}
	v.Size, v.Modified = info.Size(), info.ModTime().UnixNano()
	if v.Checksum, err = m.Checksum(ctx, rel); err != nil {
		return Video{}, err
	}
	return v, nil
}

func readVideo(s source) (v Video, err error) {
	magic, err := s.upTo(0, 12)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Video{}, err
	}
	switch {
	case len(magic) == 12 && bytes.Equal(magic[4:8], []byte("ftyp")):
		v = readMP4Video(s)
	case bytes.HasPrefix(magic, []byte(ebmlMagic)):
		v = readWebM(s)
	}
	const maxEdge = 1 << 16
	if v.X < 1 || v.Y < 1 || v.X > maxEdge || v.Y > maxEdge {
		return Video{}, ErrNotVideo
	}
	if v.Seconds <= 0 || math.IsInf(v.Seconds, 0) || math.IsNaN(v.Seconds) || v.Seconds > maxSeconds {
		return Video{}, fmt.Errorf("%w: its duration is unknown", ErrNotVideo)
	}
	v.Playtime = wholeSeconds(v.Seconds)
	return v, nil
}

// codecs are the names of ffprobe for sample entries of MPEG-4 and codecs of WebM.
var codecs = map[string]string{
	"avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc", "mp4v": "mpeg4", "av01": "av1", "vp08": "vp8", "vp09": "vp9", "jpeg": "mjpeg",
	"V_VP8": "vp8", "V_VP9": "vp9", "V_AV1": "av1", "V_MPEG4/ISO/AVC": "h264", "V_MPEGH/ISO/HEVC": "hevc",
}

// readMP4Video reads the movie header and the first picture track (ISO 14496-12,
// sections 8.2.2 and 8.5.2).
func readMP4Video(s source) (v Video) {
	moov, ok := child(s, box{from: 0, to: s.size}, "moov")
	if !ok {
		return Video{}
	}
	if mvhd, ok := child(s, moov, "mvhd"); ok {
		v.Seconds = mp4Duration(s, mvhd)
	}
	boxes(s, moov.from, moov.to, func(b box) bool {
		if b.name != "trak" {
			return true
		}
		var kind [4]byte
		hdlr, ok := child(s, b, "mdia.hdlr")
		if !ok || s.at(hdlr.from+8, kind[:]) != nil || string(kind[:]) != "vide" {
			return true
		}
		if stsd, ok := child(s, b, "mdia.minf.stbl.stsd"); ok {
			v.mp4Sample(s, stsd)
		}
		return v.X == 0
	})
	return v
}

// mp4Sample reads the first sample entry: codec, size, and the shape of a pixel
// (ISO 14496-12, section 12.1).
func (v *Video) mp4Sample(s source, stsd box) {
	boxes(s, stsd.from+8, stsd.to, func(entry box) bool {
		var size [4]byte
		if s.at(entry.from+24, size[:]) != nil {
			return false
		}
		v.Codec = codecs[entry.name]
		v.X, v.Y = int(size[0])<<8|int(size[1]), int(size[2])<<8|int(size[3])
		var shape [8]byte
		pasp, ok := child(s, box{from: entry.from + 78, to: entry.to}, "pasp")
		if ok && s.at(pasp.from, shape[:]) == nil {
			v.X = shaped(v.X, be32(shape[:4]), be32(shape[4:]))
		}
		return false
	})
}

// shaped is a width in square pixels.
func shaped(width int, across, down uint32) int {
	if across == 0 || down == 0 {
		return width
	}
	return int(min(float64(width)*float64(across)/float64(down), math.MaxInt32))
}
