package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/goccy/go-graphviz"
)

// turn guards the library's one WebAssembly module.
var turn sync.Mutex

// ErrSyntax is returned for text that is not in Graphviz' language.
var ErrSyntax = errors.New("render: not a graph in the DOT language")

// SVG lays a graph out with the dot engine and returns the picture. Its size is fixed in points; a page scales it down where
// it is too wide.
func SVG(ctx context.Context, dot string) ([]byte, error) {
	turn.Lock()
	defer turn.Unlock()
	graph, err := graphviz.ParseBytes([]byte(dot))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	if graph == nil {
		return nil, ErrSyntax
	}
	defer func() { _ = graph.Close() }()
	viz, err := graphviz.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("render: start Graphviz: %w", err)
	}
	defer func() { _ = viz.Close() }()
	var out bytes.Buffer
	if err := viz.Render(ctx, graph, graphviz.SVG, &out); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return clean(out.Bytes()), nil
}
