package server

import (
	"net/http"
	"strings"
	"time"

	"musicdb/diagrams"
	"musicdb/fsm"
)

// machineFigures is one machine on the live page.
type machineFigures struct {
	Name    string         `json:"name"`
	File    string         `json:"file"` // of its drawing, without extension
	Doc     string         `json:"doc"`
	Started uint64         `json:"started"`
	Ended   uint64         `json:"ended"`
	Refused uint64         `json:"refused"`
	States  []stateFigures `json:"states"`
	Edges   []edgeFigures  `json:"edges"`
}

type stateFigures struct {
	ID      string  `json:"id"` // of its element in the drawing
	Name    string  `json:"name"`
	Doc     string  `json:"doc"`
	Layer   string  `json:"layer"`
	Now     int64   `json:"now"`     // instances in the state
	Visits  uint64  `json:"visits"`  // how often an instance came there
	Seconds float64 `json:"seconds"` // spent there by all instances
	Mean    float64 `json:"mean"`    // seconds per visit, those that last included; 0 without one
}

type edgeFigures struct {
	ID    string `json:"id"` // of its arrow; several edges may share one
	From  string `json:"from"`
	On    string `json:"on"`
	To    string `json:"to"`
	Count uint64 `json:"count"`
	// Rate is how often the edge was taken per second of late (see rates).
	Rate float64 `json:"rate"`
}

// figures are all machines of the daemon as they are now, sources of the same
// machine added up. Rates are left to rates.
func (s *Server) figures() []machineFigures {
	var list []machineFigures
	index := map[string]int{}
	for _, source := range s.Sources() {
		d, f := source.Describe(), source.Figures()
		i, known := index[d.Name]
		if !known {
			i = len(list)
			index[d.Name] = i
			list = append(list, describe(d))
		}
		list[i].add(d, f)
	}
	for i := range list {
		list[i].average()
	}
	return list
}

func describe(d fsm.Description) machineFigures {
	m := machineFigures{Name: d.Name, File: d.FileName(), Doc: d.Doc}
	for i, state := range d.States {
		m.States = append(m.States, stateFigures{ID: d.StateID(i), Name: state.Name, Doc: state.Doc, Layer: state.Layer.Name})
	}
	for i, e := range d.Edges {
		m.Edges = append(m.Edges, edgeFigures{ID: d.EdgeID(i), From: d.States[e.From].Name, On: d.Events[e.On].Name, To: d.States[e.To].Name})
	}
	return m
}

func (m *machineFigures) add(d fsm.Description, f fsm.Figures) {
	m.Started += f.Started
	m.Ended += f.Ended
	m.Refused += f.Refused
	for i := range min(len(m.States), len(f.Occupancy)) {
		m.States[i].Now += f.Occupancy[i]
	}
	for i := range min(len(m.States), len(f.TimeIn)) {
		m.States[i].Seconds += f.TimeIn[i].Seconds()
	}
	m.States[d.Initial].Visits += f.Started
	for i := range min(len(m.Edges), len(f.Edges)) {
		m.Edges[i].Count += f.Edges[i]
		m.States[d.Edges[i].To].Visits += f.Edges[i]
	}
}

func (m *machineFigures) average() {
	for i := range m.States {
		if state := &m.States[i]; state.Visits > 0 {
			state.Mean = state.Seconds / float64(state.Visits)
		}
	}
}

// serveFigures serves the figures of all machines. over is the time in seconds that
// the rates stand for.
func (s *Server) serveFigures(w http.ResponseWriter, _ *http.Request) {
	list := s.figures()
	over := s.rates.fill(list, time.Now())
	serveJSON(w, http.StatusOK, struct {
		Over     float64          `json:"over"`
		Machines []machineFigures `json:"machines"`
	}{over.Seconds(), list})
}

// serveDrawing serves the generated drawing of a machine.
func (s *Server) serveDrawing(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	content, err := diagrams.FS.ReadFile(name)
	if err != nil || !strings.HasSuffix(name, ".svg") {
		http.NotFound(w, r)
		return
	}
	serveBytes(w, r, "image/svg+xml", content)
}
