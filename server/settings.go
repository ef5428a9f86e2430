package server

import (
	"context"
	"encoding/json"

	"musicdb/media/state"
	"musicdb/server/wire"
)

// saveWebUIArgs and saveRandyArgs hold a configuration, always the complete one.
type saveWebUIArgs struct {
	Config wire.Any `json:"config" type:"WebUIConfig"`
}

type saveRandyArgs struct {
	Config wire.Any `json:"config" type:"RandyConfig"`
}

func (s *Server) loadWebUIConfiguration(context.Context, none) (state.WebUI, error) {
	return s.o.State.WebUI()
}

// saveWebUIConfiguration answers with what is stored then. A configuration with
// something missing changes nothing.
func (s *Server) saveWebUIConfiguration(_ context.Context, a saveWebUIArgs) (state.WebUI, error) {
	config, err := state.ParseWebUI(json.RawMessage(a.Config))
	if err != nil {
		return state.WebUI{}, err
	}
	if err := s.o.State.SaveWebUI(config); err != nil {
		return state.WebUI{}, err
	}
	return s.o.State.WebUI()
}

func (s *Server) loadRandyConfiguration(context.Context, none) (state.Randy, error) {
	return s.o.State.Randy()
}

// saveRandyConfiguration does the same for the random selection, which uses it from
// its next choice on.
func (s *Server) saveRandyConfiguration(_ context.Context, a saveRandyArgs) (state.Randy, error) {
	config, err := state.ParseRandy(json.RawMessage(a.Config))
	if err != nil {
		return state.Randy{}, err
	}
	if err := s.o.State.SaveRandy(config); err != nil {
		return state.Randy{}, err
	}
	return s.o.State.Randy()
}
