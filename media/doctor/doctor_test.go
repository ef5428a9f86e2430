package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"musicdb/fsm/fsmtest"
	"musicdb/media/files"
	"musicdb/media/library"
)

func TestBothRunnersAgree(t *testing.T) { fsmtest.Agree(t, definition) }

// well is a small healthy house.
func well(t testing.TB) *house {
	h := newHouse(t)
	for _, rel := range []string{"A/2000 - A/01 One.mp3", "A/2000 - A/02 Two.mp3", "B/2000 - B/01 One.flac"} {
		h.song(rel)
	}
	h.enter()
	return h
}

func TestTheLifeOfAnExamination(t *testing.T) {
	t.Parallel()
	h := well(t)
	h.change("A/2000 - A/02 Two.mp3", func([]byte) []byte { return nil })
	d := h.doctor()
	if s := d.Status(); s.State != Idle || s.Verdicts != 0 {
		t.Fatalf("%+v", s)
	}
	states, done := []State{}, make(chan struct{})
	unsubscribe := d.Subscribe(func(s Status) {
		if len(states) == 0 || states[len(states)-1] != s.State {
			states = append(states, s.State)
		}
		if s.State == Done {
			close(done)
		}
	})
	must(t, d.Start(t.Context(), Order{Thorough: true}))
	if err := d.Start(t.Context(), Order{}); !errors.Is(err, ErrBusy) && d.Status().State != Done {
		t.Errorf("a second examination: %v", err)
	}
	<-done
	unsubscribe()
	if want := []State{Looking, Listening, Done}; !slices.Equal(states[max(0, len(states)-3):], want) && !slices.Equal(states, want[1:]) {
		t.Errorf("states %v", states)
	}
	d.running.Wait()
	s := d.Status()
	if s.Files != 3 || s.Albums != 2 || s.Verdicts != 1 || s.Kept != 1 || s.Counts[Damaged] != 1 || s.Listened.Songs != 2 || s.Listened.OfSongs != 2 || s.Ended.Before(s.Began) {
		t.Errorf("%+v", s)
	}
	if page, kept := d.Verdicts(0, 10); kept != 1 || len(page) != 1 || page[0].Path != "A/2000 - A/02 Two.mp3" || page[0].ID == 0 {
		t.Errorf("%v of %d", page, kept)
	}
	for _, c := range [][2]int{{1, 10}, {-5, 0}, {7, 7}, {0, -1}} {
		if page, _ := d.Verdicts(c[0], c[1]); len(page) != 0 {
			t.Errorf("%v: %v", c, page)
		}
	}
	must(t, d.Close())
	if err := d.Start(t.Context(), Order{}); !errors.Is(err, ErrClosed) || d.Status().State != Closed {
		t.Errorf("behind the end: %v, %v", err, d.Status().State)
	}
}

// An examination ends at once when somebody cancels it, and the next one begins anew.
func TestCancelling(t *testing.T) {
	t.Parallel()
	h := well(t)
	h.put("A/2000 - A/readme.exe", nil)
	d := h.doctor()
	status, err := d.Diagnose(t.Context(), Order{}, func(Verdict) { d.Cancel() })
	if !errors.Is(err, context.Canceled) || status.State != Cancelled || status.Verdicts == 0 {
		t.Errorf("%+v, %v", status, err)
	}
	if d.Cancel() {
		t.Error("nothing was cancelled")
	}
	why := errors.New("the daemon ends")
	ctx, end := context.WithCancelCause(t.Context())
	if status, err = d.Diagnose(ctx, Order{Thorough: true}, func(Verdict) { end(why) }); !errors.Is(err, why) || status.State != Cancelled {
		t.Errorf("%+v, %v", status, err)
	}
	if got := diagnose(t, d, Order{}); len(got) != 1 || got[0].Illness != Unsupported {
		t.Errorf("%v", got)
	}
}

func TestWhatCannotBeExamined(t *testing.T) {
	t.Parallel()
	h := well(t)
	d := h.doctor(func(o *Options) { o.Tool = nil })
	for _, c := range []struct {
		order Order
		want  error
	}{
		{Order{Path: "../etc"}, files.ErrPath}, {Order{Path: "/etc"}, files.ErrPath}, {Order{Path: "C"}, fs.ErrNotExist},
		{Order{Path: "A/2000 - A/01 One.mp3/x"}, nil}, {Order{Thorough: true}, ErrDeaf},
	} {
		status, err := d.Diagnose(t.Context(), c.order, nil)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, %v", c.order, status, err)
		}
	}
	must(t, os.RemoveAll(h.music))
	if status, err := d.Diagnose(t.Context(), Order{}, nil); !errors.As(err, new(*files.RootError)) && status.Counts[MusicAway] != 1 {
		t.Errorf("a music directory that is gone: %+v, %v", status, err)
	}
}

// A disk that is not mounted is one fault, and not the loss of every file.
func TestAnUnmountedDiskIsOneFault(t *testing.T) {
	t.Parallel()
	h := well(t)
	for _, artist := range []string{"A", "B"} {
		must(t, os.RemoveAll(h.music+"/"+artist))
	}
	got := diagnose(t, h.doctor(), Order{})
	if len(got) != 1 || got[0].Illness != MusicAway || got[0].Certainty != Likely || !strings.Contains(got[0].Remedy, "mount") {
		t.Errorf("%v", got)
	}
}

func TestDamagedDatabases(t *testing.T) {
	t.Parallel()
	h := well(t)
	name := h.data + "/tracker.db"
	content, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, append(content[:len(content)-4096], make([]byte, 4096)...), 0o644))
	got := diagnose(t, h.doctor(), Order{})
	if len(got) == 0 || got[0].Illness != DatabaseDamaged || got[0].Subject != SubjectDatabase || got[0].Path != "tracker.db" {
		t.Errorf("%v", got)
	}
	for kind := library.FaultDamaged; kind <= library.FaultValue; kind++ {
		if faultIllness[kind] == 0 {
			t.Errorf("fault %d is no illness", kind)
		}
	}
}

func TestEveryIllnessHasANameAndARemedy(t *testing.T) {
	seen := map[string]bool{}
	for _, i := range Illnesses() {
		text, err := i.MarshalText()
		var back Illness
		if err != nil || back.UnmarshalText(text) != nil || back != i || seen[string(text)] || i.Is() == "" || illnesses[i].remedy == "" {
			t.Errorf("%d: %q, %v", i, text, err)
		}
		seen[string(text)] = true
	}
	if err := new(Illness).UnmarshalText([]byte("plague")); err == nil || Illness(0).String() != "illness 0" || Illness(99).Is() == "" {
		t.Error("an unknown illness")
	}
	for s := Idle; s <= Closed; s++ {
		var back State
		if text, _ := s.MarshalText(); back.UnmarshalText(text) != nil || back != s || !strings.EqualFold(s.String(), definition.StateName(s)) {
			t.Errorf("state %d is %q", s, text)
		}
	}
}
