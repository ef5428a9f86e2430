package server_test

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// inDrawing selects in the drawing of the machine that is shown on the page.
func inDrawing(selector string) string {
	return `[...document.querySelectorAll(".machine:not([hidden]) .drawing ` + selector + `")]`
}

func TestLifecyclePageShowsTheConnection(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	fence(t, d.dial())
	fence(t, d.dial())
	b := browse(t, "http://"+d.HTTPAddr().String()+"/lifecycle#connection")
	active := inDrawing(".node.here") + `.map((n) => n.querySelector(".badge text").textContent).join()`
	b.until(active + ` === "2"`)
	c := d.dial()
	fence(t, c)
	b.until(active + ` === "3"`)
	b.until(inDrawing(".tally") + `.some((e) => parseInt(e.textContent) >= 3)`)
	// Every machine can be looked at, with its drawing.
	b.until(`document.querySelectorAll("#tabs button").length === document.querySelectorAll(".drawing svg").length`)
	for _, complaint := range b.complaints() {
		t.Errorf("the console complains: %s", complaint)
	}
}

// An engineer clicks a state, sees who is in it, and follows one of them: the way that
// it took is drawn, goes on as it goes on, and stays when it has ended.
func TestLifecyclePageFollowsOneConnection(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{})
	first, second := d.dial(), d.dial()
	fence(t, first)
	b := browse(t, "http://"+d.HTTPAddr().String()+"/lifecycle#connection")
	b.until(inDrawing(".node.offered") + `.length > 0`)
	node := func(name string) string {
		return inDrawing(".node") + `.find((n) => n.querySelector("text").textContent === "` + name + `")`
	}
	click := func(state string) {
		do(b, chromedp.Evaluate[chromedp.Void](node(state)+`.dispatchEvent(new MouseEvent("click"))`))
	}
	click("Active")
	listed := `[...document.querySelectorAll("#connections tr")].map((r) => [...r.cells].map((c) => c.textContent))`
	b.until(listed + `.length === 2`)
	row := func(column int) string {
		return do(b, chromedp.Evaluate[string](fmt.Sprintf(`%s[0][%d]`, listed, column)))
	}
	for column, want := range map[int]string{0: "#1", 2: "Active", 5: "Empty", 6: "0 B", 7: "1"} {
		if got := row(column); got != want {
			t.Errorf("column %d is %q, want %q", column, got, want)
		}
	}
	if address := row(1); !strings.HasPrefix(address, "127.0.0.1:") {
		t.Errorf("the connection comes from %q", address)
	}
	do(b, chromedp.Evaluate[chromedp.Void](`document.querySelector("#connections tr").click()`))
	walked := inDrawing(".edge.walked text") + `.map((e) => e.textContent)`
	for _, edge := range []string{"GreetReturned", "Establish", "Message", "RespondOne"} {
		b.until(walked + `.includes("` + edge + `")`)
	}
	if wrong := do(b, chromedp.Evaluate[bool](walked+`.includes("RespondAll")`)); wrong {
		t.Error("the way leads over an edge that was never taken")
	}
	b.until(node("Active") + `.classList.contains("at")`)
	if name := os.Getenv("SCREENSHOT"); name != "" {
		if err := os.WriteFile(name, do(b, chromedp.CaptureScreenshot()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Abort(); err != nil {
		t.Fatal(err)
	}
	b.until(listed + `.length === 1 && document.querySelector("#trace").textContent.includes("#1 has ended")`)
	fence(t, second)
	b.until(listed + `[0][7] === "1"`)
	if steps := do(b, chromedp.Evaluate[bool](walked+`.includes("Establish")`)); !steps {
		t.Error("the way of a connection that has ended is not drawn any more")
	}
	crowd := make([]net.Conn, 130)
	for i := range crowd {
		crowd[i] = must(net.Dial("tcp", d.WebSocketAddr().String()))(t)
	}
	click("Handshaking")
	b.until(listed + `.length === 100 && document.querySelector("#sightings-note").textContent === "the oldest 100 of those in this state"`)
	for _, c := range crowd {
		_ = c.Close()
	}
	b.until(listed + `.length === 0 && document.querySelector("#sightings-note").textContent.startsWith("No connection")`)
	do(b, chromedp.Evaluate[chromedp.Void](`document.querySelector("#sightings-close").click()`))
	b.until(walked + `.length === 0`)
	for _, complaint := range b.complaints() {
		t.Errorf("the console complains: %s", complaint)
	}
}
