package state

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var queueColumns = []string{"EntryID", "SongID", "IsRandom"}

func TestCSVWriting(t *testing.T) {
	got := FormatCSV(queueColumns, [][]Cell{
		{Text("168493523207840521806064336792025247758"), Number(42), Text("False")},
		{Text(`a"b\c`), Number(-1), Text("")},
	})
	const want = "\"EntryID\",\"SongID\",\"IsRandom\"\r\n" +
		"\"168493523207840521806064336792025247758\",42,\"False\"\r\n" +
		"\"a\\\"b\\\\c\",-1,\"\"\r\n"
	if string(got) != want {
		t.Errorf("written %q, want %q", got, want)
	}
	if got := string(FormatCSV([]string{"SongID", "TimeStamp"}, nil)); got != "\"SongID\",\"TimeStamp\"\r\n" {
		t.Errorf("empty table written %q", got)
	}
}

func TestCSVReading(t *testing.T) {
	const header = "\"EntryID\",\"SongID\",\"IsRandom\"\r\n"
	row := func(id string, song int64, random string) []Cell { return []Cell{Text(id), Number(song), Text(random)} }
	for name, c := range map[string]struct {
		file    string
		rows    [][]Cell
		damaged []int
	}{
		"empty file":           {"", nil, nil},
		"header only":          {header, nil, nil},
		"plain line feeds":     {"\"EntryID\",\"SongID\",\"IsRandom\"\n\"1\",2,\"True\"\n", [][]Cell{row("1", 2, "True")}, nil},
		"no final line end":    {header + "\"1\",2,\"True\"", [][]Cell{row("1", 2, "True")}, nil},
		"other column order":   {"\"SongID\",\"More\",\"IsRandom\",\"EntryID\"\r\n2,\"x\",\"True\",\"1\"\r\n", [][]Cell{row("1", 2, "True")}, nil},
		"empty lines":          {"\r\n" + header + "\r\n\"1\",2,\"True\"\r\n\r\n", [][]Cell{row("1", 2, "True")}, nil},
		"quotes":               {header + "\"a\"\"b\\\"c\\\\\",2,\"True\"\r\n", [][]Cell{row(`a"b"c\`, 2, "True")}, nil},
		"comma and line break": {header + "\"a,\r\nb\",2,\"True\"\r\nx\r\n", [][]Cell{row("a,\r\nb", 2, "True")}, []int{4}},
		"empty number":         {header + "\"1\",,\"True\"\r\n\"2\",2,\"True\"\r\n", [][]Cell{row("2", 2, "True")}, []int{2}},
		"unquoted text":        {header + "\"1\",2,True\r\n\"2\",2,\"True\"\r\n", [][]Cell{row("2", 2, "True")}, []int{2}},
		"not a number":         {header + "\"1\",NaN,\"True\"\r\n\"2\",1e999,\"True\"\r\n", nil, []int{2, 3}},
		"missing field":        {header + "\"1\",2\r\n\"2\",2,\"True\"\r\n", [][]Cell{row("2", 2, "True")}, []int{2}},
		"truncated":            {header + "\"1\",2,\"True\"\r\n\"2\",2,\"Tr", [][]Cell{row("1", 2, "True")}, []int{3}},
		"open quote":           {header + "\"1,2,True\r\n3,4,5\r\n", [][]Cell{{Number(3), Number(4), Number(5)}}, []int{2}},
		"text behind quote":    {header + "\"1\"x,2,\"True\"\r\n", nil, []int{2}},
		"no header":            {"\"1\",2,\"True\"\r\n", nil, []int{1}},
		"garbage":              {"\x00\xff\x01", nil, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, damage := ParseCSV([]byte(c.file), queueColumns)
			var lines []int
			for _, d := range damage {
				lines = append(lines, d.Line)
			}
			if !reflect.DeepEqual(rows, c.rows) || !slices.Equal(lines, c.damaged) {
				t.Errorf("rows %v, damage %v; want %v, %v", rows, damage, c.rows, c.damaged)
			}
		})
	}
}

func TestCells(t *testing.T) {
	for text, want := range map[string]int64{"42": 42, "42.0": 42, "4.2e1": 42, "-7": -7, "9007199254740993": 9007199254740993} {
		if got, ok := (Cell{text: text, number: true}).Int(); !ok || got != want {
			t.Errorf("%s is read as %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"42.5", "1e300"} {
		if got, ok := (Cell{text: text, number: true}).Int(); ok {
			t.Errorf("%s is read as %d", text, got)
		}
	}
	if _, ok := Text("42").Int(); ok {
		t.Error("a text is read as a number")
	}
	if _, ok := Number(42).Text(); ok {
		t.Error("a number is read as a text")
	}
}

func anyTable(t *rapid.T) (columns []string, rows [][]Cell) {
	columns = rapid.SliceOfNDistinct(rapid.String(), 1, 5, rapid.ID).Draw(t, "columns")
	cell := rapid.Custom(func(t *rapid.T) Cell {
		if rapid.Bool().Draw(t, "number") {
			return Number(rapid.Int64().Draw(t, "n"))
		}
		return Text(string(rapid.SliceOf(rapid.Byte()).Draw(t, "text")))
	})
	return columns, rapid.SliceOf(rapid.SliceOfN(cell, len(columns), len(columns))).Draw(t, "rows")
}

func TestCSVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := anyTable(t)
		file := FormatCSV(columns, rows)
		got, damage := ParseCSV(file, columns)
		if len(damage) > 0 || len(got) != len(rows) || (len(rows) > 0 && !reflect.DeepEqual(got, rows)) {
			t.Fatalf("%q: read %v, damage %v, want %v", file, got, damage, rows)
		}
	})
}

// Losing the end of a file, as an older server could when it was killed, costs
// at most the row that was cut.
func TestCSVTruncation(t *testing.T) {
	rows := [][]Cell{{Text("1"), Number(11), Text("True")}, {Text("22"), Number(2), Text("False")}, {Text("333"), Number(3), Text("True")}}
	file := FormatCSV(queueColumns, rows)
	for n := len(FormatCSV(queueColumns, nil)); n <= len(file); n++ {
		got, _ := ParseCSV(file[:n], queueColumns)
		whole := bytes.Count(file[:n], []byte("\n")) - 1
		if len(got) < whole || len(got) > whole+1 || !reflect.DeepEqual(got[:whole], rows[:whole]) && whole > 0 {
			t.Errorf("%d of %d bytes: read %v", n, len(file), got)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add(FormatCSV(queueColumns, [][]Cell{{Text("1"), Number(2), Text("True")}}))
	f.Add([]byte("\"EntryID\",\"SongID\",\"IsRandom\"\n\"a\"\"\\\"\",4.0,\"x\ny\"\n,,\n\"\n\\"))
	f.Add([]byte("\"IsRandom\",\"EntryID\",\"SongID\"\r\r1,2\r\n3,4,5,6"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _ := ParseCSV(data, queueColumns)
		for _, row := range rows {
			if len(row) != len(queueColumns) {
				t.Fatalf("row %v", row)
			}
		}
		again, damage := ParseCSV(FormatCSV(queueColumns, rows), queueColumns)
		if len(damage) > 0 || len(again) != len(rows) || (len(rows) > 0 && !reflect.DeepEqual(again, rows)) {
			t.Fatalf("%q is read as %v, written and read again as %v, damage %v", data, rows, again, damage)
		}
	})
}
