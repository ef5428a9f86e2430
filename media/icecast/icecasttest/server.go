package icecasttest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Password is the one of sources, unless SetPassword has changed it.
const Password = "hack&me <ünsecret>"

// patience is how long a server may take to start.
const patience = 20 * time.Second

// Server is one Icecast. It is ended with its test.
type Server struct {
	Port       uint16 // plain
	SecurePort uint16 // TLS
	CAFile     string // the certificate (PEM), for localhost and 127.0.0.1, signed by itself

	t        testing.TB
	dir      string
	password string
	process  *exec.Cmd     // nil while it is killed
	ended    chan struct{} // closed when process has ended
	said     string        // what was wrong with the last status
}

// Start starts a server.
func Start(t testing.TB) *Server {
	t.Helper()
	// Not t.TempDir, into which only its owner may look.
	dir, err := os.MkdirTemp("", "icecast-test-")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, dir: dir, password: Password}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("the end of the server's log:\n%s", s.Log())
		}
		_ = os.RemoveAll(dir)
	})
	s.CAFile = filepath.Join(dir, "certificate.pem")
	err = errors.Join(os.Chmod(dir, 0o755), os.Mkdir(s.logs(), 0o777), os.Chmod(s.logs(), 0o777),
		makeCertificate(s.CAFile, filepath.Join(dir, "both.pem")))
	if err != nil {
		t.Fatal(err)
	}
	s.Port, s.SecurePort = freePort(t), freePort(t)
	s.Restart()
	return s
}

func (s *Server) logs() string { return filepath.Join(s.dir, "log") }

// Log is what the server has written last.
func (s *Server) Log() string {
	const most = 4000
	text, err := os.ReadFile(filepath.Join(s.logs(), "error.log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}

// Restart starts a server that was killed, with the same ports, and returns when it
// answers.
func (s *Server) Restart() {
	s.t.Helper()
	file := filepath.Join(s.dir, "icecast.xml")
	if err := os.WriteFile(file, s.configuration(), 0o644); err != nil {
		s.t.Fatal(err)
	}
	// Icecast 2.4 hangs now and then before it takes its first connection.
	for late := time.Now().Add(patience); ; {
		s.launch(file)
		err := s.answers()
		if err == nil {
			return
		}
		s.Kill()
		if time.Now().After(late) {
			s.t.Fatalf("the Icecast server does not start: %v\n%s", err, s.Log())
		}
	}
}

func (s *Server) launch(file string) {
	s.t.Helper()
	s.process = exec.Command("icecast2", "-c", file)
	s.process.Dir = s.dir
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 { // it does not run as root
		const nobody = 65534
		s.process.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	if err := s.process.Start(); err != nil {
		s.t.Fatalf("icecast2 is needed, make test installs it: %v", err)
	}
	process, ended := s.process, make(chan struct{})
	s.ended = ended
	go func() {
		defer close(ended)
		_ = process.Wait() // it was killed, or has crashed
	}()
}

// Revive starts a server again that has ended by itself, and tells whether it has:
// Icecast 2.4 crashes now and then while sources come and go.
func (s *Server) Revive() (crashed bool) {
	s.t.Helper()
	if s.process == nil {
		return false
	}
	select {
	case <-s.ended:
		s.t.Logf("the Icecast server has ended by itself (%v) and is started again", s.process.ProcessState)
		s.process = nil
		s.Restart()
		return true
	default:
		return false
	}
}

// answers waits a while for an answer to a request.
func (s *Server) answers() error {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience/4)
	defer cancel()
	retry := time.NewTicker(10 * time.Millisecond)
	defer retry.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL("/status-json.xsl"), nil)
		if err != nil {
			return err
		}
		response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return err
		}
	}
}

// Kill ends the server as a power cut does. A server that is not running is left.
func (s *Server) Kill() {
	if s.process != nil {
		_ = s.process.Process.Kill()
		<-s.ended
		s.process = nil
	}
}

// SetPassword kills the server and starts it with another password for sources.
func (s *Server) SetPassword(password string) {
	s.t.Helper()
	s.Kill()
	s.password = password
	s.Restart()
}

// PID is the number of its process. The server must be running.
func (s *Server) PID() int { return s.process.Process.Pid }

// Freeze lets the server do nothing at all, with its sockets open, until Thaw.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw undoes Freeze.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(which syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(which); err != nil {
		s.t.Fatal(err)
	}
}

func address(port uint16) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))) }

func freePort(t testing.TB) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// URL is where a mount, or a page, is.
func (s *Server) URL(path string) string { return fmt.Sprintf("http://%s%s", address(s.Port), path) }
