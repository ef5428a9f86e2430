package ffmpegtest

import (
	"bytes"
	"os/exec"
	"testing"
)

// Run runs the installed ffmpeg with an input and returns its standard output. A failure
// ends the test with what it has complained of.
func Run(t testing.TB, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("ffmpeg", append([]string{"-v", "error", "-y"}, args...)...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, &complaint)
	}
	return out.Bytes()
}
