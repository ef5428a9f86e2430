package plans

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// offer proposes a plan that makes a directory.
func (h *house) offer(t *testing.T, name string) int64 {
	t.Helper()
	p, err := h.Propose(context.Background(), Plan{Kind: Repair, Title: name, Path: name, Operations: []Operation{{MakeDirectory: &MakeDirectory{name}}}})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// TestOldPlansAreForgotten: a flood of offers leaves what can be undone, everybody is
// told of an offer that is gone, and what package maintenance notes is bounded, too.
func TestOldPlansAreForgotten(t *testing.T) {
	ctx := context.Background()
	h := settle(t, furnish(t))
	h.o.Keep = 5
	var forgotten []int64
	defer h.Subscribe(func(p Plan) {
		if p.State == Forgotten {
			forgotten = append(forgotten, p.ID)
			if p.Title == "" {
				t.Errorf("plan %d is told without its title", p.ID)
			}
		}
	})()
	applied, rejected := h.offer(t, "Applied"), h.offer(t, "Rejected")
	if _, err := h.Apply(ctx, applied, "", nil); err != nil {
		t.Fatal(err)
	}
	first := h.offer(t, "First")
	if _, err := h.Reject(ctx, rejected, ""); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		h.offer(t, fmt.Sprintf("Offer %d", i))
	}
	if !slices.Equal(forgotten, []int64{rejected}) {
		t.Errorf("forgotten are %v, want the rejected one, %d", forgotten, rejected)
	}
	h.offer(t, "Last")
	if _, err := h.Get(ctx, first); !errors.Is(err, ErrUnknown) || !slices.Contains(forgotten, first) {
		t.Errorf("the oldest offer: %v, forgotten are %v", err, forgotten)
	}
	for i := range 12 {
		if _, err := h.rooms.CreateArtist(ctx, fmt.Sprintf("Artist %d", i)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if _, err := h.Undo(ctx, applied, "", false, nil); err != nil {
				t.Errorf("what was applied is there no more: %v", err)
			}
		}
	}
	for range 2 {
		if _, err := h.List(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := h.List(ctx); err != nil || len(list) != 10 {
		t.Errorf("%d plans are kept, %v; want 5 that can be undone and 5 others", len(list), err)
	}
}
