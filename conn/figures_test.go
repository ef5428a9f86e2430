package conn

import (
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"musicdb/fsm"
)

// However connections come and go while the figures are read: who has started and not
// ended is in exactly one state, and when all is still the figures are those of the
// connections that are there.
func TestOccupancyIsExactWhenItIsRead(t *testing.T) {
	s := serve(t, Options{})
	const answers = 153 // bytes of the 101 and the echo
	stop := make(chan struct{})
	var guests sync.WaitGroup
	for range 4 {
		guests.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				nc, err := net.Dial("tcp", s.addr)
				if err != nil {
					t.Error(err)
					return
				}
				nc.SetDeadline(time.Now().Add(patience))
				nc.Write(cat([]byte(openingRequest), text("hello"))) // the answer tells whether it came
				if _, err := io.ReadFull(nc, make([]byte, answers)); err != nil {
					t.Error(err)
				}
				nc.Close()
			}
		})
	}
	moved := uint64(0)
	for moved < 100 && !t.Failed() {
		runtime.Gosched()
		for _, source := range s.Sources() {
			f := source.Figures()
			moved = max(moved, f.Ended)
			if inside := occupied(f); inside != int64(f.Started-f.Ended) {
				t.Fatalf("%s: %d have started, %d have ended, and %d are in a state", f.Machine, f.Started, f.Ended, inside)
			}
		}
	}
	close(stop)
	guests.Wait()
	idle := open(t, s.addr)
	defer idle.Close()
	idle.send(text("last"))
	idle.expect(`text "last"`)
	for s.Len() > 1 { // the others are about to end
		runtime.Gosched()
	}
	for _, source := range s.Sources()[:2] {
		if inside := occupied(source.Figures()); inside != 1 {
			t.Errorf("%s: %d are in a state, one is there", source.Describe().Name, inside)
		}
	}
}

func occupied(f fsm.Figures) (sum int64) {
	for _, n := range f.Occupancy {
		sum += n
	}
	return sum
}

// The time in a state is that of all visits, those that last included, to the tick.
func TestTimeInStateIsRight(t *testing.T) {
	synthetic(t, Options{OpenTimeout: time.Hour}, func(t *testing.T, s *server) {
		adopted := []*client{adopt(t, s, ""), adopt(t, s, "")}
		<-time.After(2 * time.Second)
		adopted[0].send([]byte(openingRequest))
		adopted[0].head()
		<-time.After(3 * time.Second)
		for _, step := range []struct {
			state State
			want  time.Duration
		}{{Handshaking, 2*2*time.Second + 3*time.Second}, {Active, 3 * time.Second}, {Calling, 0}} {
			if got := s.Sources()[0].Figures().TimeIn[step.state]; got != step.want {
				t.Errorf("%v in %s, want %v", got, Lifecycle.StateName(step.state), step.want)
			}
		}
		for _, c := range adopted {
			c.Close()
		}
		synctest.Wait()
		<-time.After(time.Second)
		if got := s.Sources()[0].Figures().TimeIn[Active]; got != 3*time.Second {
			t.Errorf("%v in Active after its end", got)
		}
	})
}
