package doctor

import (
	"context"
	"sync"
)

// ward is an album, a video, or verdicts about what lies between them.
type ward struct {
	path     string
	only     string // the one file of the album that matters; empty: all
	video    bool
	verdicts []Verdict // with an empty path
}

// finding is what came of a ward.
type finding struct {
	verdicts []Verdict
	patients []patient
	twins    []twin
	album    int64 // row of the album, 0: none
	albums   int
	files    int
	path     string
}

// ahead is how many wards may be finished before the one that is told next. It bounds
// the memory of an examination.
const ahead = 32

// wards lets walk ask for wards, examines them with several goroutines, and tells
// what is found in the order in which they were asked for.
func (r *round) wards(walk func(ask func(ward) bool) error) error {
	ctx, stop := context.WithCancel(r.ctx)
	type visit struct {
		ward
		result chan finding
	}
	visits := make(chan visit)
	order := make(chan chan finding, ahead)
	var goroutines sync.WaitGroup
	defer goroutines.Wait()
	defer stop()
	var failure error // of the walk, to be read when its goroutine has ended
	goroutines.Go(func() {
		defer close(order)
		defer close(visits)
		failure = walk(func(w ward) bool {
			v := visit{w, make(chan finding, 1)}
			select {
			case order <- v.result:
			case <-ctx.Done():
				return false
			}
			select {
			case visits <- v:
				return true
			case <-ctx.Done():
				close(v.result)
				return false
			}
		})
	})
	for range r.d.o.Workers {
		goroutines.Go(func() {
			for v := range visits {
				v.result <- r.examine(ctx, v.ward)
			}
		})
	}
	for result := range order {
		f := <-result
		if ctx.Err() != nil {
			break
		}
		r.take(f)
	}
	if cause := context.Cause(r.ctx); cause != nil {
		return cause
	}
	stop()
	goroutines.Wait()
	return failure
}

// take tells what was found in a ward.
func (r *round) take(f finding) {
	r.report(f.verdicts...)
	if f.album != 0 {
		r.seen[f.album] = true
	}
	for _, t := range f.twins {
		r.twins.add(t)
	}
	if r.order.Thorough {
		r.patients = append(r.patients, f.patients...)
	}
	r.progress(func(s *Status) {
		s.Albums += f.albums
		s.Files += f.files
		if f.path != "" {
			s.Current = f.path
		}
	})
}

// examine looks at a ward. It runs in a goroutine of its own.
func (r *round) examine(ctx context.Context, w ward) finding {
	switch {
	case w.path == "":
		return finding{verdicts: w.verdicts}
	case w.video:
		return r.video(w.path)
	default:
		return r.album(ctx, w)
	}
}
