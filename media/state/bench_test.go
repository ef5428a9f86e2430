package state

import (
	"fmt"
	"testing"
)

func BenchmarkWriteCSV(b *testing.B) {
	for _, n := range []int{2, 1000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			s := mustOpen(b, b.TempDir())
			rows := make([][]Cell, n)
			for i := range rows {
				rows[i] = []Cell{Text("168493523207840521806064336792025247758"), Number(int64(i)), Text("False")}
			}
			b.ReportAllocs()
			for b.Loop() {
				must(b, s.WriteCSV("songqueue.csv", queueColumns, rows))
			}
		})
	}
}

func BenchmarkChoice(b *testing.B) {
	s := mustOpen(b, b.TempDir())
	for i := range 30 {
		must(b, s.SetGenre(fmt.Sprint("genre ", i), true))
	}
	b.ReportAllocs()
	for b.Loop() {
		if !s.Choice().GenreActive("genre 7") {
			b.Fatal("selection lost")
		}
	}
}
