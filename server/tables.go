package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"musicdb/media/library"
	"musicdb/server/wire"
)

type getTablesArgs struct {
	Tables wire.Any `json:"tables" type:"string[]"`
}

// getTables returns whole tables, hidden and disabled rows included. Of a list the
// unknown names are ignored; a text asks for every table whose name it contains.
func (s *Server) getTables(_ context.Context, a getTablesArgs) (map[string]any, error) {
	wanted, err := tableNames(a.Tables)
	if err != nil {
		return nil, err
	}
	c := s.o.Library.Catalogue()
	tables := map[string]any{}
	if wanted("artists") {
		tables["artists"] = c.Artists()
	}
	if wanted("albums") {
		tables["albums"] = c.Albums()
	}
	if wanted("songs") {
		_, _, songs := c.NumberOf()
		tables["songs"] = slices.AppendSeq(make([]library.Song, 0, songs), c.Songs())
	}
	if wanted("tags") {
		tables["tags"] = c.Tags()
	}
	return tables, nil
}

// tableNames tells which tables an argument asks for.
func tableNames(tables wire.Any) (wanted func(name string) bool, err error) {
	if text, ok := tables.Text(); ok {
		return func(name string) bool { return strings.Contains(text, name) }, nil
	}
	var names []any
	if err := json.Unmarshal(tables, &names); err != nil || names == nil {
		return nil, &wire.ArgumentError{Name: "tables", Wants: "string[]", Cause: wire.ErrType}
	}
	return func(name string) bool { return slices.Contains(names, any(name)) }, nil
}
