package sound

// Format is how sound is encoded and cut into frames.
type Format uint8

// The formats.
const (
	MP3  Format = iota // MPEG-1 Layer III frames, constant bitrate
	Opus               // Opus in Ogg (RFC 7845)
	AAC                // AAC LC in ADTS frames (ISO 13818-7, 6.2)
	FLAC               // FLAC in Ogg, which can be joined in the middle
)

// Formats lists all of them.
func Formats() []Format { return []Format{MP3, Opus, AAC, FLAC} }

func (f Format) String() string { return [...]string{"mp3", "opus", "aac", "flac"}[f] }

// ContentType is the media type in HTTP.
func (f Format) ContentType() string {
	return [...]string{"audio/mpeg", "audio/ogg; codecs=opus", "audio/aac", "audio/ogg; codecs=flac"}[f]
}

// ICY reports whether titles may be put between the bytes (see Feed): the
// pages of Ogg cannot be interrupted.
func (f Format) ICY() bool { return f == MP3 || f == AAC }
