package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"musicdb/media/demo/cover"
	"musicdb/media/demo/score"
	"musicdb/media/demo/synth"
)

func main() {
	dir := flag.String("dir", "media/demo", "directory of the package media/demo")
	ffmpeg := flag.String("ffmpeg", "", "command to encode with, such as ffmpeg or \"musicdb ffmpeg\"; empty: write the score only")
	only := flag.String("only", "", "encode only the piece with this slug")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := compose(ctx, *dir, strings.Fields(*ffmpeg), *only); err != nil {
		fmt.Fprintln(os.Stderr, "compose:", err)
		os.Exit(1)
	}
}

func compose(ctx context.Context, dir string, ffmpeg []string, only string) error {
	pieces := score.Pieces()
	if err := writeScore(filepath.Join(dir, "score.txt"), pieces); err != nil {
		return err
	}
	if len(ffmpeg) == 0 {
		return nil
	}
	work, err := os.MkdirTemp("", "compose-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // it lies among the temporary files
	for i := range pieces {
		p := &pieces[i]
		if only != "" && p.Slug != only {
			continue
		}
		size, err := record(ctx, p, work, filepath.Join(dir, "library", p.File()), ffmpeg)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Slug, err)
		}
		fmt.Printf("%-70s %5.1f s %7d bytes\n", p.Path(), p.Duration(), size)
	}
	return nil
}

func writeScore(path string, pieces []score.Piece) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := score.Write(f, pieces); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// record plays a piece and encodes it into a file; it returns the file's size.
func record(ctx context.Context, p *score.Piece, work, target string, ffmpeg []string) (int64, error) {
	picture, err := cover.Album(p.Album)
	if err != nil {
		return 0, err
	}
	e := encodings[p.Format]
	left, right, err := synth.Render(p, e.rate)
	if err != nil {
		return 0, err
	}
	pcm := filepath.Join(work, p.Slug+".pcm")
	if err := os.WriteFile(pcm, samples(left, right, e.bits), 0o600); err != nil {
		return 0, err
	}
	art := filepath.Join(work, p.Slug+"."+picture.Ext)
	if err := os.WriteFile(art, picture.Data, 0o600); err != nil {
		return 0, err
	}
	encoded := filepath.Join(work, p.File())
	if err := encode(ctx, p, e, pcm, art, picture, encoded, ffmpeg); err != nil {
		return 0, err
	}
	data, err := os.ReadFile(encoded)
	if err != nil {
		return 0, err
	}
	return int64(len(data)), os.WriteFile(target, data, 0o644)
}
