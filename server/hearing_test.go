package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A stream that is wanted and has nothing that could be sent is not ready, says why,
// and is counted; what is paused is only paused.
func TestSilenceThatIsHeardIsNotReady(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true, hearing: true}) // the songs have no files
	c := d.dial()
	d.readiness(http.StatusServiceUnavailable, `^The stream is paused\.\n$`)
	must(request(t, c, "AddSongToQueue", map[string]any{"songid": 1, "position": "last"}))(t)
	must(request(t, c, "SetAudioStreamState", map[string]any{"state": "play"}))(t)
	d.readiness(http.StatusServiceUnavailable,
		`^Listeners miss sound: there is no song that can be sent\. .*The last one that could not be played is .+: .+\.\n$`)
	_, metrics := d.get("/metrics")
	for _, line := range []string{
		`musicdb_machine_instances{machine="hearing",state="Songless"} 1`, `musicdb_hearing_level_dbfs{at="in",format="mp3"} -120`,
		`musicdb_hearing_heals_total{cause="encoder",format="mp3"} 0`, `musicdb_hearing_missed_seconds_total{cause="decoder",format="mp3"} 0`,
	} {
		if !strings.Contains(metrics, "\n"+line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if !regexp.MustCompile(`\nmusicdb_hearing_missed_seconds_total\{cause="queue",format="mp3"\} (0\.[1-9]|[1-9])`).MatchString(metrics) {
		t.Error("the silence is not counted")
	}
	must(request(t, c, "SetAudioStreamState", map[string]any{"state": "pause"}))(t)
	d.readiness(http.StatusServiceUnavailable, `^The stream is paused\.\n$`)
}

// readiness waits until /readyz answers with a status and a text.
func (d *daemon) readiness(status int, pattern string) {
	d.t.Helper()
	wanted := regexp.MustCompile(pattern)
	limit := time.After(patience)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		answer, body := d.get("/readyz")
		if answer.StatusCode == status && wanted.MatchString(body) {
			return
		}
		select {
		case <-look.C:
		case <-limit:
			d.t.Fatalf("/readyz says %s %q, want %d %s", answer.Status, body, status, pattern)
		}
	}
}
