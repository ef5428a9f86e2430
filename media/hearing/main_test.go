package hearing

import (
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm/fsmtest"
	"musicdb/media/ffmpeg/ffmpegtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBothRunnersAgree(t *testing.T) {
	t.Run("hearing", func(t *testing.T) { fsmtest.Agree(t, definition) })
	t.Run("ear", func(t *testing.T) { fsmtest.Agree(t, earDefinition) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// encoded is sound of ffmpeg's lavfi, encoded with the given options.
func encoded(t testing.TB, source string, options ...string) []byte {
	t.Helper()
	args := append([]string{"-f", "lavfi", "-i", source, "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"}, options...)
	return ffmpegtest.Run(t, nil, append(args, "pipe:1")...)
}
