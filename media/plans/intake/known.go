package intake

import "context"

// known returns the paths of songs in the library that are the same recording.
func (p *Planner) known(ctx context.Context, content string) (paths []string) {
	if p.o.Known == nil {
		return nil
	}
	at, err := p.o.Known(ctx, content)
	if err != nil {
		return nil // a doubt that cannot be looked into is none
	}
	catalogue := p.o.Library.Catalogue()
	for _, rel := range at {
		if _, exists := catalogue.SongByPath(rel); exists {
			paths = append(paths, rel)
		}
	}
	return paths
}
