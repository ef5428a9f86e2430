package ffmpeg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// check runs an ffmpeg, notes what it can encode, and returns the first line of
// what it says of itself. An ffmpeg that does not run, or was built without an
// MP3 encoder, is refused.
func (t *Tool) check(ctx context.Context, path string) (version string, err error) {
	out, err := t.output(ctx, path, "-nostdin", "-encoders")
	if err != nil {
		return "", fmt.Errorf("%s does not run: %w", path, err)
	}
	if !bytes.Contains(out.stdout, []byte(" libmp3lame ")) {
		return "", fmt.Errorf("%s cannot encode MP3: it was built without libmp3lame", path)
	}
	t.mu.Lock()
	t.encoders = encoders(out.stdout)
	t.mu.Unlock()
	lines := bufio.NewScanner(strings.NewReader(out.stderr))
	lines.Scan()
	return lines.Text(), nil
}

// encoders reads ffmpeg's list of encoders: lines of flags, name and description.
func encoders(list []byte) map[string]bool {
	known := map[string]bool{}
	for line := range bytes.Lines(list) {
		if fields := bytes.Fields(line); len(fields) > 2 {
			known[string(fields[1])] = true
		}
	}
	return known
}

type output struct {
	stdout []byte
	stderr string
}

func (t *Tool) output(ctx context.Context, path string, args ...string) (output, error) {
	cmd := t.command(ctx, path, args...)
	var stdout bytes.Buffer
	head := &head{limit: 4 << 10}
	cmd.Stdout, cmd.Stderr = &stdout, head
	if err := t.keeper.start(cmd); err != nil {
		return output{}, err
	}
	if err := t.keeper.wait(cmd); err != nil {
		return output{}, errors.Join(context.Cause(ctx), failure(err, head.String()))
	}
	return output{stdout.Bytes(), head.String()}, nil
}

// head keeps the first bytes written to it.
type head struct {
	bytes.Buffer
	limit int
}

func (h *head) Write(p []byte) (int, error) {
	if room := h.limit - h.Len(); room > 0 {
		h.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
