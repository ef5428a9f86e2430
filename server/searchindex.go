package server

import "sync"

// searchIndex remembers which names the search cache was built from, so that it
// is rebuilt when they changed and not on every search.
type searchIndex struct {
	building sync.Mutex
	names    uint64 // guarded by building
}

// rebuildSearch makes the search cache of the present catalogue.
func (s *Server) rebuildSearch() {
	s.searchable.building.Lock()
	defer s.searchable.building.Unlock()
	s.buildLocked()
}

// freshenSearch rebuilds the search cache if a name has changed since. Of several
// searches one rebuilds; the others use the old cache meanwhile.
func (s *Server) freshenSearch() {
	if !s.searchable.building.TryLock() {
		return
	}
	defer s.searchable.building.Unlock()
	if s.o.Library.Catalogue().Names() != s.searchable.names {
		s.buildLocked()
	}
}

func (s *Server) buildLocked() {
	catalogue := s.o.Library.Catalogue()
	s.o.Search.Rebuild(catalogue)
	s.searchable.names = catalogue.Names()
}
