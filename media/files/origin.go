package files

import "strings"

// Origin says where music was bought or taken from, in the words of the
// database.
type Origin string

// The origins that can be recognised.
const (
	OriginInternet Origin = "internet" // unknown, but not a CD
	OriginCD       Origin = "CD"
	OriginITunes   Origin = "iTunes"
	OriginBandcamp Origin = "bandcamp"
	OriginAmazon   Origin = "Amazon"
	OriginGoogle   Origin = "Google"
	OriginMusic163 Origin = "music163"
)

const music163Publisher = "网易云音乐"

// originOf applies the rules of the format, the first that matches wins. The
// texts are those of the file; marks and purchase come from readers of this
// package because TagLib does not deliver them.
func originOf(format Format, raw map[string][]string, marks id3Marks, purchase bool) Origin {
	says := func(key, text string) bool {
		for _, value := range raw[key] {
			if strings.Contains(strings.ToLower(value), strings.ToLower(text)) {
				return true
			}
		}
		return false
	}
	switch format {
	case FormatMP4:
		switch {
		case purchase:
			return OriginITunes
		case says("COMMENT", "bandcamp"):
			return OriginBandcamp
		}
	case FormatMPEG, FormatADTS:
		publishers := raw["LABEL"]
		switch {
		case len(publishers) > 0 && repairLatin1(publishers[0]) == music163Publisher,
			strings.Contains(marks.comment, "163 key"):
			return OriginMusic163
		case strings.Contains(marks.comment, "bandcamp"):
			return OriginBandcamp
		case strings.Contains(marks.comment, "Amazon"):
			return OriginAmazon
		case marks.private == "Google", strings.HasPrefix(marks.private, "Google/"):
			return OriginGoogle
		}
	case FormatFLAC, FormatVorbis, FormatOpus:
		switch {
		case says("COMMENT", "bandcamp"):
			return OriginBandcamp
		case format == FormatFLAC:
			return OriginCD
		}
	}
	return OriginInternet
}

// isITunesPurchase looks for the marks that the iTunes shop and program leave in
// an MPEG-4 file: apID, or one of the free-form atoms iTunNORM and iTunSMPB.
func isITunesPurchase(s source) bool {
	meta, ok := child(s, box{from: 0, to: s.size}, "moov.udta.meta")
	if !ok {
		return false
	}
	meta.from += 4 // version and flags
	list, ok := child(s, meta, "ilst")
	if !ok {
		return false
	}
	found := false
	boxes(s, list.from, list.to, func(b box) bool {
		switch b.name {
		case "apID":
			found = true
		case "----":
			mean, name := boxText(s, b, "mean"), boxText(s, b, "name")
			found = mean == "com.apple.iTunes" && (name == "iTunNORM" || name == "iTunSMPB")
		}
		return !found
	})
	return found
}

// boxText reads the text of a free-form atom's part, behind version and flags.
func boxText(s source, in box, name string) string {
	b, ok := child(s, in, name)
	if !ok || b.to-b.from < 4 {
		return ""
	}
	text, err := s.upTo(b.from+4, int(min(b.to-b.from-4, 64)))
	if err != nil {
		return ""
	}
	return string(text)
}
