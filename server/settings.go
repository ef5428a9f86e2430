package server

import (
	"context"
	"encoding/json"

	"musicdb/media/state"
	"musicdb/server/wire"
)

// webUIConfig is the configuration that user interfaces share, and randyConfig that
// of the random selection: arguments and results of the functions below.
type (
	webUIConfig state.WebUI
	randyConfig state.Randy
)

type saveWebUIArgs struct {
	Config wire.Any `json:"config" type:"WebUIConfig"`
}

type saveRandyArgs struct {
	Config wire.Any `json:"config" type:"RandyConfig"`
}

func (s *Server) loadWebUIConfiguration(context.Context, none) (webUIConfig, error) {
	config, err := s.o.State.WebUI()
	return webUIConfig(config), err
}

// saveWebUIConfiguration answers with what is stored then. A configuration with
// something missing changes nothing.
func (s *Server) saveWebUIConfiguration(ctx context.Context, a saveWebUIArgs) (webUIConfig, error) {
	config, err := state.ParseWebUI(json.RawMessage(a.Config))
	if err != nil {
		return webUIConfig{}, err
	}
	if err := s.o.State.SaveWebUI(config); err != nil {
		return webUIConfig{}, err
	}
	return s.loadWebUIConfiguration(ctx, none{})
}

func (s *Server) loadRandyConfiguration(context.Context, none) (randyConfig, error) {
	config, err := s.o.State.Randy()
	return randyConfig(config), err
}

// saveRandyConfiguration does the same for the random selection, which uses it from
// its next choice on.
func (s *Server) saveRandyConfiguration(ctx context.Context, a saveRandyArgs) (randyConfig, error) {
	config, err := state.ParseRandy(json.RawMessage(a.Config))
	if err != nil {
		return randyConfig{}, err
	}
	if err := s.chooseBy(s.o.State.SaveRandy(config)); err != nil {
		return randyConfig{}, err
	}
	return s.loadRandyConfiguration(ctx, none{})
}
