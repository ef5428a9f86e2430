package files

import "fmt"

// sampling frequencies in Hz by index (ISO 14496-3, table 1.18)
var aacRates = [13]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

const adtsHeader = 7 // bytes, without checksum

// isADTS reports a sync word with the layer bits 00, which MPEG audio reserves.
func isADTS(b []byte) bool { return b[0] == 0xFF && b[1]&0xF6 == 0xF0 }

// readADTS walks all frames: bare AAC has no other way to tell its duration.
func readADTS(s source, start int64) (properties, error) {
	const window = 1 << 16
	p := properties{format: FormatADTS}
	offset, frames := start, 0
walk:
	for {
		buf, err := s.upTo(offset, window)
		if err != nil {
			return properties{}, err
		}
		i := 0
		for i+adtsHeader <= len(buf) {
			b := buf[i:]
			rate, length := int(b[2]>>2&15), int(b[3]&3)<<11|int(b[4])<<3|int(b[5]>>5)
			if !isADTS(b) || rate >= len(aacRates) || length < adtsHeader {
				break walk
			}
			if offset+int64(i+length) > s.size {
				p.truncated = true
				break walk
			}
			frames++
			p.seconds += 1024 * float64(b[6]&3+1) / float64(aacRates[rate])
			i += length
		}
		offset += int64(i)
		if len(buf) < window {
			break
		}
	}
	if frames < framesAtEnd {
		return properties{}, fmt.Errorf("%w: no AAC frames", ErrNotAudio)
	}
	return p, nil
}
