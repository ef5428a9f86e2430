package library

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// An upgrade step brings a file from the version before to its version: it
// creates tables and appends columns that the new version has introduced. What
// is there already, as an interrupted upgrade of the old server leaves it, is
// kept.
type step struct {
	version int
	tables  []string
	columns map[string][]string // of tables that exist
}

// upgrade brings the file to the version of its schema, after a backup, in one
// transaction: after a kill the old version is still there, or the new one.
func (db *database) upgrade(ctx context.Context, s schema, from int, now time.Time, log *slog.Logger) error {
	var backup string
	err := db.transact(ctx, func(tx *sql.Tx) (err error) {
		if backup, err = db.backup(ctx, now); err != nil {
			return fmt.Errorf("no backup could be made, so the file is left as it is: %w", err)
		}
		for _, step := range s.steps {
			if step.version <= from {
				continue
			}
			if err := step.run(ctx, tx, s); err != nil {
				return fmt.Errorf("upgrade to version %d: %w", step.version, err)
			}
		}
		if s.repair != nil {
			if err := s.repair(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.reorder(ctx, tx); err != nil {
			return err
		}
		if err := s.complete(ctx, tx, db.path); err != nil {
			return err
		}
		for _, ix := range s.indexes { // the tables are those of the schema by now
			if _, err := tx.ExecContext(ctx, ix.create()); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE meta SET value = ? WHERE key = 'version'", s.version)
		return err
	})
	if err != nil {
		return fileError(db.path, err)
	}
	log.Info("database upgraded", "file", db.path, "from", from, "to", s.version, "backup", backup)
	return nil
}

func (st step) run(ctx context.Context, tx *sql.Tx, s schema) error {
	for _, name := range st.tables {
		present, err := columnsOf(ctx, tx, name)
		if err != nil {
			return err
		}
		if len(present) > 0 {
			continue
		}
		if _, err := tx.ExecContext(ctx, s.table(name).create()); err != nil {
			return err
		}
	}
	for name, added := range st.columns {
		present, err := columnsOf(ctx, tx, name)
		if err != nil {
			return err
		}
		for _, c := range s.table(name).columns {
			if !slices.Contains(added, c.name) || slices.Contains(present, c.name) {
				continue
			}
			if _, err := tx.ExecContext(ctx, "ALTER TABLE "+name+" ADD COLUMN "+c.name+" "+c.is); err != nil {
				return err
			}
		}
	}
	return nil
}

// reorder makes every table canonical whose columns are not exactly those of the
// schema, in its order. The old server reads rows by position, so columns that
// very old versions have left in between would make it misread them; the backup
// keeps what they hold. A table that lacks a column is left to the checks.
func (s schema) reorder(ctx context.Context, tx *sql.Tx) error {
	for _, t := range s.tables {
		present, err := columnsOf(ctx, tx, t.name)
		if err != nil {
			return err
		}
		wanted := t.columnNames()
		if slices.Equal(present, wanted) || slices.ContainsFunc(wanted, func(c string) bool { return !slices.Contains(present, c) }) {
			continue
		}
		if err := t.rebuild(ctx, tx, strings.Join(wanted, ", ")); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return nil
}

// rebuild makes the table again and fills it with these expressions over the old
// one, none of which leaves it empty. The highest id ever given stays known.
func (t tableSchema) rebuild(ctx context.Context, tx *sql.Tx, expressions string) error {
	old := t.name + "beforeupgrade"
	statements := []string{"ALTER TABLE " + t.name + " RENAME TO " + old, t.create()}
	if expressions != "" {
		statements = append(statements, "INSERT INTO "+t.name+" ("+strings.Join(t.columnNames(), ", ")+") SELECT "+expressions+
			" FROM "+old+" ORDER BY rowid")
	}
	statements = append(statements,
		// The entry goes by the name of the table, and disappears with it.
		"DELETE FROM sqlite_sequence WHERE name = '"+t.name+"' AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '"+old+"')",
		"UPDATE sqlite_sequence SET name = '"+t.name+"' WHERE name = '"+old+"'",
		"DROP TABLE "+old)
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (t tableSchema) columnNames() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

func (s schema) table(name string) tableSchema {
	i := slices.IndexFunc(s.tables, func(t tableSchema) bool { return t.name == name })
	return s.tables[i]
}
