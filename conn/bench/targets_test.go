package main

import (
	"testing"

	"musicdb/conn/bench/load"
	"musicdb/conn/bench/peers"
)

func measured(name string, us ...float64) results {
	c := chapter{mode: mode{name: name}}
	who := []peers.Peer{{Name: "musicdb", Ours: true}, {Name: "floor", Floor: true}, {Name: "a"}, {Name: "b"}}
	for i, x := range us {
		e := &entry{peer: who[i]}
		if x > 0 {
			e.runs = []load.Result{{CPU: x + 1}, {CPU: x}, {CPU: x + 2}}
		}
		c.entries = append(c.entries, e)
	}
	return results{c}
}

func TestVerdicts(t *testing.T) {
	echo := target{"echo", "", "", cpu, 0, 0.75, 1.10}
	fixed := target{"echo", "", "", cpu, 5, 0, 0}
	bare := target{"echo", "", "", cpu, 0, 0.5, 0}
	for name, c := range map[string]struct {
		target
		us      []float64 // ours, floor, others; 0: no result
		judged  bool
		limit   float64
		reached bool
	}{
		"better than the best":       {echo, []float64{6, 1, 10, 8}, true, 6, true},
		"not better enough":          {echo, []float64{6.1, 1, 10, 8}, true, 6, false},
		"the floor leaves no room":   {echo, []float64{7.7, 7, 10, 8}, true, 7.7, true},
		"above the floor":            {echo, []float64{7.8, 7, 10, 8}, true, 7.7, false},
		"without a floor":            {echo, []float64{6, 0, 10, 8}, true, 6, true},
		"one other has failed":       {echo, []float64{6, 1, 0, 8}, true, 6, true},
		"no other":                   {echo, []float64{6, 1}, false, 0, false},
		"ours has failed":            {echo, []float64{0, 1, 10, 8}, false, 0, false},
		"a value":                    {fixed, []float64{5, 1, 10, 8}, true, 5, true},
		"above a value":              {fixed, []float64{5.1, 1, 10, 8}, true, 5, false},
		"a value needs no others":    {fixed, []float64{5}, true, 5, true},
		"the floor does not count":   {bare, []float64{4.1, 7, 10, 8}, true, 4, false},
		"half of the best is enough": {bare, []float64{4, 7, 10, 8}, true, 4, true},
	} {
		t.Run(name, func(t *testing.T) {
			v, judged := c.judge(measured("echo", c.us...))
			if judged != c.judged {
				t.Fatalf("judged: %v", judged)
			}
			if judged && (v.reached != c.reached || v.limit < c.limit-1e-9 || v.limit > c.limit+1e-9) {
				t.Errorf("reached %v at limit %v, want %v at %v", v.reached, v.limit, c.reached, c.limit)
			}
		})
	}
	if _, judged := echo.judge(measured("rate", 1, 1, 1, 1)); judged {
		t.Error("a mode that was not run is judged")
	}
}

// Every target is about a mode that exists.
func TestTargetsHaveModes(t *testing.T) {
	for _, x := range targets {
		if _, err := modeNamed(x.mode); err != nil {
			t.Errorf("%s: %v", x.what, err)
		}
	}
}
