package main

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Listeners that come and go are heard by nobody.
var crowdFaults = []fault{
	{name: "200 listeners come and go", silence: unheard, times: 6, strike: func(s *show) { s.comeAndGo(200) }},
}

// comeAndGo lets a crowd listen, each for a moment of its own; every tenth goes without
// having read a byte.
func (s *show) comeAndGo(n int) {
	s.t.Helper()
	url := s.server().page() + "stream"
	transport := &http.Transport{DisableKeepAlives: true}
	var crowd sync.WaitGroup
	for i := range n {
		stays := s.upTo(2 * time.Second)
		crowd.Go(func() {
			ctx, cancel := context.WithTimeout(s.t.Context(), stays+100*time.Millisecond)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
			if err != nil {
				s.t.Error(err)
				return
			}
			response, err := transport.RoundTrip(r)
			if err != nil {
				if ctx.Err() == nil {
					s.t.Error(err)
				}
				return
			}
			defer response.Body.Close()
			if i%10 == 0 {
				<-ctx.Done()
				return
			}
			_, _ = io.Copy(io.Discard, response.Body) // until it goes
		})
	}
	crowd.Wait()
}
