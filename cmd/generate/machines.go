package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"musicdb/conn"
	"musicdb/diagrams/render"
	"musicdb/fsm"
	"musicdb/media/doctor"
	"musicdb/media/ffmpeg"
	"musicdb/media/frames"
	"musicdb/media/hearing"
	"musicdb/media/icecast"
	"musicdb/media/loudness"
	"musicdb/media/plans"
	"musicdb/media/queue"
	"musicdb/media/sound"
	"musicdb/media/stream"
	"musicdb/media/tasks"
	"musicdb/media/watch"
	"musicdb/server"
)

// sources are the packages with machines, by import path. A test compares the list with the source tree.
var sources = []struct {
	path        string
	definitions func() []fsm.Description
}{
	{"musicdb/server", server.Definitions},
	{"musicdb/conn", conn.Definitions},
	{"musicdb/media/stream", stream.Definitions},
	{"musicdb/media/icecast", icecast.Definitions},
	{"musicdb/media/sound", sound.Definitions},
	{"musicdb/media/hearing", hearing.Definitions},
	{"musicdb/media/loudness", loudness.Definitions},
	{"musicdb/media/queue", queue.Definitions},
	{"musicdb/media/ffmpeg", ffmpeg.Definitions},
	{"musicdb/media/frames", frames.Definitions},
	{"musicdb/media/tasks", tasks.Definitions},
	{"musicdb/media/watch", watch.Definitions},
	{"musicdb/media/plans", plans.Definitions},
	{"musicdb/media/doctor", doctor.Definitions},
}

// page is a line of the index.
type page struct{ name, file, pkg, about string }

// machines lists every machine with its package, in the order of the index.
func machines() []page {
	var out []page
	for _, s := range sources {
		for _, d := range s.definitions() {
			about := fmt.Sprintf("%s %d states, %d events, %d edges.", d.Doc, len(d.States), len(d.Events), len(d.Edges))
			out = append(out, page{d.Name, d.FileName(), s.path, about})
		}
	}
	return out
}

// addMachines writes DOT, SVG and Markdown for every machine.
func (f files) addMachines(ctx context.Context, faults faultRun) error {
	for _, s := range sources {
		for _, d := range s.definitions() {
			name := d.FileName()
			if _, twice := f[name+".md"]; twice {
				return fmt.Errorf("two machines are called %q; one of them is in %s", d.Name, s.path)
			}
			drawing, page := d.Drawing(), d.Markdown(name+".svg")
			if strings.HasPrefix(s.path, "musicdb/media/") { // those of connections have storms of their own
				drawing, page = faults.mark(d, drawing), page+faults.section(d)
			}
			if err := f.addDrawing(ctx, drawing, false, true); err != nil {
				return err
			}
			f[name+".md"] = []byte(page)
		}
	}
	return f.addConnection(ctx)
}

// addDrawing draws a machine from top to bottom, from left to right, or both ways, and keeps what can be shown larger.
func (f files) addDrawing(ctx context.Context, g fsm.Drawing, directions ...bool) error {
	var variants []string
	for _, sideways := range directions {
		g.Sideways = sideways
		variants = append(variants, g.DOT())
	}
	return f.addLargest(ctx, g.Name, variants...)
}

// addLargest renders the variants of a drawing and keeps the one that can be shown largest, the first where they are equal.
func (f files) addLargest(ctx context.Context, name string, variants ...string) error {
	best := 0.0
	for _, dot := range variants {
		svg, err := render.SVG(ctx, dot)
		if err != nil {
			return fmt.Errorf("drawing %s: %w", name, err)
		}
		scale, err := fit(svg)
		if err != nil {
			return fmt.Errorf("drawing %s: %w", name, err)
		}
		if scale > best {
			best = scale
			f[name+".dot"], f[name+".svg"] = []byte(dot), svg
		}
	}
	return nil
}

// What a laptop shows of a page without scrolling, in points: 1400 by 820 pixels.
const (
	screenWidth  = 1050.0
	screenHeight = 615.0
)

var sizeOf = regexp.MustCompile(`<svg width="(\d+)pt" height="(\d+)pt"`)

// fit is the scale at which the picture fills the screen, at most 1: what fits as it is needs no comparing.
func fit(svg []byte) (float64, error) {
	m := sizeOf.FindSubmatch(svg)
	if m == nil {
		return 0, fmt.Errorf("the picture does not tell its size")
	}
	width, errWidth := strconv.Atoi(string(m[1]))
	height, errHeight := strconv.Atoi(string(m[2]))
	if errWidth != nil || errHeight != nil {
		return 0, fmt.Errorf("the picture's size is %s by %s", m[1], m[2])
	}
	return min(1, screenWidth/float64(width), screenHeight/float64(height)), nil
}
