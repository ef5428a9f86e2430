package conn

import "fmt"

// Defaults of Deflate.
const (
	DefaultDeflateLevel   = 1
	DefaultDeflateMinSize = 512
)

// Deflate configures permessage-deflate (RFC 7692), the compression of messages. Zero
// never negotiates it. What is negotiated is always without context takeover: each
// message is compressed for itself, and an idle connection holds no memory for it.
type Deflate struct {
	Enabled bool // accept the offer of a client; a client that offers nothing is served as ever
	Level   int  // of what is sent, 1 (fastest) to 9 (smallest); 0 means DefaultDeflateLevel
	MinSize int  // bytes of a message below which it is sent as it is; 0 means DefaultDeflateMinSize
}

// withDefaults checks the values and fills in what is missing.
func (d Deflate) withDefaults() (Deflate, error) {
	switch {
	case d.Level < 0 || d.Level > 9:
		return d, fmt.Errorf("%w: Deflate.Level is %d, it must be 1 to 9, or 0 for the default", ErrOptions, d.Level)
	case d.MinSize < 0:
		return d, fmt.Errorf("%w: Deflate.MinSize is %d, it must not be negative", ErrOptions, d.MinSize)
	}
	if d.Level == 0 {
		d.Level = DefaultDeflateLevel
	}
	if d.MinSize == 0 {
		d.MinSize = DefaultDeflateMinSize
	}
	return d, nil
}
