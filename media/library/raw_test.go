package library_test

import (
	"compress/gzip"
	"database/sql"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// raw opens a database file beside the library, as any other program would.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	source := url.URL{Scheme: "file", Path: path}
	db, err := sql.Open("sqlite3", source.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// run executes statements in a file, and closes it again.
func run(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := raw(t, path)
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// query returns the result as text: columns by blank, NULL as "-", a row a line.
func query(t failer, path, statement string, args ...any) string {
	t.Helper()
	source := url.URL{Scheme: "file", Path: path}
	db, err := sql.Open("sqlite3", source.String())
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer db.Close()
	rows, err := db.Query(statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatalf("%v", err)
	}
	var lines []string
	for rows.Next() {
		values := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%v", err)
		}
		var words []string
		for _, v := range values {
			if !v.Valid {
				v.String = "-"
			}
			words = append(words, v.String)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v", err)
	}
	return strings.Join(lines, "\n")
}

// unpack puts the databases that MusicDB 8.2 has written into dir.
func unpack(t testing.TB, dir string) {
	t.Helper()
	for _, name := range []string{"music.db", "tracker.db"} {
		packed, err := os.Open(filepath.Join("testdata", "musicdb8-"+name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		content, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), all, 0o664); err != nil {
			t.Fatal(err)
		}
	}
}

func sorted(lines []string) []string {
	slices.Sort(lines)
	return lines
}
