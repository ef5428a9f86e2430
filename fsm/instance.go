package fsm

import "encoding/binary"

// Instance is one machine of many: a byte of state and four bytes of time, without padding, inside the owner's record. Its zero
// value is no instance: it refuses every event until a ledger starts it. One goroutine owns it.
type Instance[S ~uint8] struct {
	row   uint8 // state plus one; 0: not started, or ended
	stamp [4]byte
}

// State is the state the instance is in. Of an instance that is not live it is 255, which is no state of any machine.
func (in *Instance[S]) State() S { return S(in.row - 1) }

// Live reports whether the instance was started and has not ended.
func (in *Instance[S]) Live() bool { return in.row != 0 }

// Entered is when the instance came into its state.
func (in *Instance[S]) Entered() Tick { return Tick(binary.LittleEndian.Uint32(in.stamp[:])) }

func (in *Instance[S]) set(row uint8, now Tick) {
	in.row = row
	binary.LittleEndian.PutUint32(in.stamp[:], uint32(now))
}
