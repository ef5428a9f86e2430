package conn

import (
	"errors"
	"testing"
)

func TestDeflateOptions(t *testing.T) {
	for _, bad := range []Deflate{{Level: -1}, {Level: 10}, {MinSize: -1}} {
		if _, err := bad.withDefaults(); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if got, err := (Deflate{}).withDefaults(); err != nil || got != (Deflate{Level: DefaultDeflateLevel, MinSize: DefaultDeflateMinSize}) {
		t.Errorf("%+v, %v", got, err)
	}
	own := Deflate{Enabled: true, Level: 9, MinSize: 1}
	if got, err := own.withDefaults(); err != nil || got != own {
		t.Errorf("%+v, %v", got, err)
	}
}
