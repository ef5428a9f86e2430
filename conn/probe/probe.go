package probe

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"
)

// A connection asks one question and gets one answer.
const (
	questionTime = time.Minute // for both, a profile included
	longProfile  = 50          // seconds
	longQuestion = 64          // bytes
)

// Serve answers questions until l is closed: a line with a command, answered until the
// connection ends.
//
//	stat         memory figures as a JSON object of integers
//	gc           the same after collecting garbage and returning memory to the system
//	cpu SECONDS  a CPU profile of the next seconds, at most 50, for go tool pprof
//	heap         a heap profile
//
// What it cannot do is answered with a line that begins with "error: ".
func Serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.SetDeadline(time.Now().Add(questionTime))
		line, err := bufio.NewReader(io.LimitReader(c, longQuestion)).ReadString('\n')
		if err == nil {
			err = answer(c, strings.Fields(line))
		}
		if err != nil {
			fmt.Fprintf(c, "error: %v\n", err)
		}
		c.Close()
	}
}

func answer(w io.Writer, words []string) error {
	command := strings.Join(words, " ")
	switch {
	case command == "stat":
		return json.NewEncoder(w).Encode(memoryFigures())
	case command == "gc":
		start := time.Now()
		debug.FreeOSMemory()
		figures := memoryFigures()
		figures["gc_us"] = uint64(time.Since(start).Microseconds())
		return json.NewEncoder(w).Encode(figures)
	case command == "heap":
		return pprof.Lookup("heap").WriteTo(w, 0)
	case len(words) == 2 && words[0] == "cpu":
		seconds, err := strconv.Atoi(words[1])
		if err != nil || seconds < 1 || seconds > longProfile {
			return fmt.Errorf("%q is no number of seconds from 1 to %d", words[1], longProfile)
		}
		if err := pprof.StartCPUProfile(w); err != nil {
			return err
		}
		<-time.After(time.Duration(seconds) * time.Second)
		pprof.StopCPUProfile()
		return nil
	default:
		return fmt.Errorf("%q is no command; there are stat, gc, cpu SECONDS and heap", command)
	}
}

// memoryFigures are counts and bytes.
func memoryFigures() map[string]uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return map[string]uint64{
		"mallocs":      m.Mallocs,
		"total_alloc":  m.TotalAlloc,
		"heap_alloc":   m.HeapAlloc,
		"heap_objects": m.HeapObjects,
		"stack_inuse":  m.StackInuse,
		"gcs":          uint64(m.NumGC),
		"goroutines":   uint64(runtime.NumGoroutine()),
	}
}
