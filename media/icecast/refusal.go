package icecast

import (
	"errors"
	"fmt"
	"net/http"
)

// RefusedError says that the server was reached and does not want this source. It
// will not, as long as nobody changes something.
type RefusedError struct {
	Mount  string
	Status int
	Said   string // the server's words, shortened and quoted
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the Icecast server refuses the mount %s: %s; it said %s", e.Mount, e.remedy(), e.Said)
}

func (e *RefusedError) remedy() string {
	switch e.Status {
	case http.StatusUnauthorized:
		return "user name or password are wrong, set them to those of a source on the server"
	case http.StatusForbidden, http.StatusConflict:
		return "another source uses it, or the server takes no further source or no such format; choose another mount, or end the other source"
	case http.StatusNotFound:
		return "there is no such place; is this the port of an Icecast server?"
	default:
		if e.Status >= 300 && e.Status < 400 {
			return "it wants us to go elsewhere, which is not done; set host, port and TLS to the place it names"
		}
		return "look at the server's own log"
	}
}

// errMethod says that the server does not know how we introduce ourselves.
var errMethod = errors.New("the server does not know this method")

// verdict is what an answer means for a source that used a method: nil that its
// sound is wanted; errMethod; a *RefusedError; or another error, after which
// trying again may help.
//
// 200 instead of 100 to a PUT is taken for a yes: servers before Icecast 2.4.1 and
// some that are not Icecast answer so and wait for the sound.
func (a answer) verdict(mount string, m method) error {
	switch a.status {
	case http.StatusContinue, http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return nil
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusExpectationFailed, http.StatusHTTPVersionNotSupported:
		return fmt.Errorf("%w %s: it said %v", errMethod, m, a)
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return fmt.Errorf("the server has no time now: it said %v", a)
	}
	if a.status >= 500 || a.status < 300 {
		return fmt.Errorf("the server failed: it said %v", a)
	}
	return &RefusedError{Mount: mount, Status: a.status, Said: a.String()}
}
