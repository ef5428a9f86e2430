package loudness

import (
	"bytes"
	"os"
	"strconv"
)

// busyShare is the share of all processors that others may use. The child would
// get only what they leave, but it also warms the machine, and takes room in
// caches and memory from what is at work.
const busyShare = 2.0 / 3

// load tells whether others have used most of the machine since the last time it
// was asked. What ran with a lowered priority, as our own child, does not count:
// it would have given way.
type load struct{ others, all uint64 }

// busy asks the kernel. Where it tells nothing, nothing is busy.
func (l *load) busy() bool {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return false
	}
	now, ok := parseLoad(text)
	before := *l
	*l = now
	return ok && now.busySince(before)
}

// busySince compares two readings. The first one of all tells nothing.
func (l load) busySince(before load) bool {
	if before.all == 0 || l.all <= before.all || l.others < before.others {
		return false
	}
	return float64(l.others-before.others) > busyShare*float64(l.all-before.all)
}

// parseLoad reads the first line of /proc/stat (proc(5)): "cpu", then the ticks of
// all processors: user, nice, system, idle, iowait, irq, softirq, steal. Waiting
// for disks counts as used, because our child would wait for them, too.
func parseLoad(text []byte) (load, bool) {
	const nice, idle, kinds = 1, 3, 8
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < kinds+1 || string(fields[0]) != "cpu" {
		return load{}, false
	}
	var l load
	for i, field := range fields[1 : kinds+1] {
		ticks, err := strconv.ParseUint(string(field), 10, 48)
		if err != nil {
			return load{}, false
		}
		l.all += ticks
		if i != nice && i != idle {
			l.others += ticks
		}
	}
	return l, true
}
