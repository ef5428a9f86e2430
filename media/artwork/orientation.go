package artwork

import (
	"encoding/binary"
	"image"
)

// upright is the value of the Exif tag Orientation (0x0112, Exif 2.3 section
// 4.6.4 A) for a picture that is stored as it is seen.
const upright = 1

// orientation reads the Exif orientation, 1–8, of a JPEG file. Whatever can not
// be read counts as upright: a cover lying on its side is better than none.
func orientation(data []byte) int {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		marker := data[i+1]
		size := int(binary.BigEndian.Uint16(data[i+2:])) // counts itself
		if marker == 0xda || size < 2 || i+2+size > len(data) {
			break
		}
		segment := data[i+4 : i+2+size]
		if marker == 0xe1 && len(segment) > 6 && string(segment[:6]) == "Exif\x00\x00" {
			return exifOrientation(segment[6:])
		}
		i += 2 + size
	}
	return upright
}

// exifOrientation reads the tag from the first directory of a TIFF structure.
func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	dir := uint64(order.Uint32(tiff[4:]))
	if dir+2 > uint64(len(tiff)) {
		return upright
	}
	entries := tiff[dir+2:]
	for range order.Uint16(tiff[dir:]) {
		if len(entries) < 12 {
			break
		}
		const tagOrientation, typeShort = 0x0112, 3
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			break
		}
		entries = entries[12:]
	}
	return upright
}

// turned returns a planar picture as it is to be seen.
func turned(m image.Image, turn int) image.Image {
	if turn == upright {
		return m
	}
	luma, colors, subX, subY := planesOf(m)
	if colors != nil && subX != subY {
		// The planes of colour have a shape that does not exist lying on its side.
		luma, colors, subX, _ = planesOf(planar(copied(m)))
	}
	var turnedColors []plane
	for _, c := range colors {
		turnedColors = append(turnedColors, turnedPlane(c, turn))
	}
	return joined(turnedPlane(luma, turn), turnedColors, subX)
}

func turnedPlane(p plane, turn int) plane {
	out := newPlane(p.w, p.h)
	if turn >= 5 { // the sides change places
		out = newPlane(p.h, p.w)
	}
	for y := range p.h {
		for x, v := range p.row(y) {
			tx, ty := turnedPoint(x, y, p.w, p.h, turn)
			out.pix[ty*out.stride+tx] = v
		}
	}
	return out
}

// turnedPoint tells where the stored pixel (x, y) of a w×h picture is seen.
func turnedPoint(x, y, w, h, turn int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
