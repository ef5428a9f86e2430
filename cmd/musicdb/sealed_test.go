package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sealedCommand makes the test binary start another program that may not make
// memory executable, as systemd does for a unit with MemoryDenyWriteExecute=.
const sealedCommand = "run-sealed"

// runSealed becomes the program, with the filter of system calls. It returns only
// if that fails.
func runSealed(command []string) error {
	runtime.LockOSThread()    // the filter is the thread's, and the program becomes this thread
	const argument = 16 + 2*8 // offset of the third argument's lower half in seccomp_data
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_MPROTECT, Jt: 1},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_MMAP, Jt: 2, Jf: 5},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: argument},
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.PROT_EXEC, Jt: 4, Jf: 3},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: argument},
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: unix.PROT_EXEC | unix.PROT_WRITE},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.PROT_EXEC | unix.PROT_WRITE, Jt: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(syscall.EPERM)},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&program)), 0, 0); err != nil {
		return err
	}
	return syscall.Exec(command[0], command, os.Environ())
}

// Where memory may not be made executable the server starts, reads the tags of its
// music all the same, and says at once what sound needs.
func TestWithoutExecutableMemory(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	env := environment(data)
	env[0] = "PATH=/nonexistent" // no ffmpeg is installed
	c := launchProgram(t, exec.Command(self, sealedCommand, name, "serve"), t.TempDir(), nil, env).waitReady()
	c.waitLog("outcome=filled")
	for _, says := range []string{"there will be no sound", `remedy="install ffmpeg"`, "problems=0"} {
		if !strings.Contains(c.text(), says) {
			t.Errorf("%q is not in the log:\n%s", says, c.text())
		}
	}
	song := c.dial(data).ask("GetSong", map[string]any{"songid": 1})
	if !strings.Contains(song, `"playtime":`) || strings.Contains(song, `"playtime":0,`) || strings.Contains(song, `"bitrate":0,`) {
		t.Errorf("the tags were not read: %s", song)
	}
	c.waitLog("may not make memory executable")
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	if code := c.end(); code != 0 {
		t.Errorf("exit code %d\n%s", code, c.text())
	}
}

// With an installed ffmpeg nothing is missing there.
func TestWithoutExecutableMemoryButWithFfmpeg(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	c := launchProgram(t, exec.Command(self, sealedCommand, name, "serve"), t.TempDir(), nil, environment(t.TempDir(), "MUSICDB_STREAM_START=play")).waitReady()
	c.waitLog("outcome=filled")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.page()+"stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	listening := &http.Client{Transport: &http.Transport{}}
	defer listening.CloseIdleConnections()
	answer, err := listening.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.CopyN(io.Discard, answer.Body, 128<<10); err != nil { // three seconds
		t.Errorf("%d bytes of the stream: %v\n%s", n, err, c.text())
	}
	if strings.Contains(c.text(), "level=ERROR") {
		t.Error(c.text())
	}
}

// The unit has what the one of MusicDB 8 is documented to have.
func TestTheUnit(t *testing.T) {
	unit := content(t, filepath.Join("systemd", "musicdb.service"))
	for _, line := range []string{
		"Type=notify", "NotifyAccess=main", "User=musicdb", "Group=musicdb", "After=network.target icecast.service", "Wants=icecast.service",
		"Restart=on-failure", "RestartSec=10s", "ProtectSystem=full", "ProtectHome=yes", "PrivateTmp=yes", "MemoryDenyWriteExecute=yes",
		"NoNewPrivileges=yes", "RestrictRealtime=yes", "SystemCallFilter=~@mount @clock @cpu-emulation @reboot @swap @obsolete",
		"ExecStart=/usr/bin/musicdb serve --config /etc/musicdb.ini",
	} {
		if !strings.Contains("\n"+unit, "\n"+line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
}
