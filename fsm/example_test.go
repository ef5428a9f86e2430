package fsm_test

import (
	"context"
	"fmt"

	"musicdb/fsm"
)

type (
	lamp   uint8
	toggle uint8
)

const (
	dark lamp = iota
	lit
	broken
)

const (
	press toggle = iota
	burn
)

// A machine is data; the runners, the drawing and the figures come from it.
func Example() {
	lamps := fsm.MustDefine("lamp", "A lamp that can burn out.", dark,
		[]fsm.StateDoc[lamp]{
			{State: dark, Name: "Dark", Doc: "No current flows."},
			{State: lit, Name: "Lit", Doc: "Current flows."},
			{State: broken, Name: "Broken", Doc: "The filament is gone.", Terminal: true},
		},
		[]fsm.EventDoc[toggle]{
			{Event: press, Name: "Press", Doc: "The switch is pressed.", By: "a person"},
			{Event: burn, Name: "Burn", Doc: "The filament gives way.", By: "physics"},
		},
		[]fsm.Row[lamp, toggle]{
			{From: dark, On: press, To: lit},
			{From: lit, On: press, To: dark},
			{From: lit, On: burn, To: broken},
		})

	// One instance with effects:
	runner := fsm.NewRunner(lamps, nil, fsm.Effects[lamp, toggle]{
		Enter: map[lamp]fsm.Effect[lamp, toggle]{
			lit: func(context.Context, fsm.Transition[lamp, toggle]) error { fmt.Println("light!"); return nil },
		},
	})
	fmt.Println(runner.Fire(context.Background(), burn, nil))
	fmt.Println(runner.Fire(context.Background(), press, nil))

	// Many instances without, five bytes each:
	ledger := fsm.NewLedger(lamps)
	street := make([]fsm.Instance[lamp], 1000)
	for id := range street {
		now := fsm.Now()
		ledger.Start(&street[id], uint32(id), now)
		if _, err := ledger.Fire(&street[id], uint32(id), press, now); err != nil {
			fmt.Println(err)
		}
	}
	ledger.Publish()
	fmt.Println(ledger.Figures().Occupancy)

	// Output:
	// lamp: event Burn is not allowed in state Dark
	// light!
	// <nil>
	// [0 1000 0]
}
