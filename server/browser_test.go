package server_test

import (
	"context"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"musicdb/media/library"
)

// tab is a page in a fresh Chromium.
type tab struct {
	t    *testing.T
	ctx  context.Context
	stop func() // ends the subscription to the console
	said chan []string
}

// browse opens a page.
func browse(t *testing.T, address string) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("the tests of the pages need Chromium: make test installs it")
	}
	allocator, free := chromedp.NewExecAllocator(t.Context(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("ignore-certificate-errors", true), chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1366, 768))
	ctx, end := chromedp.NewContext(allocator)
	b := &tab{t: t, ctx: ctx, said: make(chan []string, 1)}
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the browser's end
		end()
		free()
	})
	listening, stop := context.WithCancel(ctx)
	b.stop = stop
	console := chromedp.Console(listening)
	go func() {
		var complaints []string
		for m, err := range console {
			if err != nil {
				break
			}
			if m.IsException() || m.Type == "error" || m.Type == "warning" {
				complaints = append(complaints, m.Text+" "+m.URL)
			}
		}
		b.said <- complaints
	}()
	do(b, chromedp.Navigate(address))
	return b
}

// complaints are the errors, warnings and exceptions of the console until now.
func (b *tab) complaints() []string {
	b.stop()
	return <-b.said
}

// do runs an action within the patience of a test.
func do[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	// The first action starts the browser, which must outlive the action's time.
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("1")); err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// until waits until a JavaScript expression is true.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(50*time.Millisecond))); err != nil {
		b.t.Fatalf("waiting for %s: %v\n%s", expression, err, do(b, chromedp.Text("body")))
	}
}

// A person opens the page, finds a song, adds two, skips one, and sees it all.
func TestPlayerPage(t *testing.T) {
	t.Parallel()
	d := startDaemon(t, daemonOptions{streaming: true, covers: true})
	b := browse(t, "http://"+d.HTTPAddr().String()+"/")
	b.until(`document.querySelector("#link").dataset.state === "open"`)
	b.until(`document.querySelector("#title").textContent === "Nothing is playing"`)
	do(b, chromedp.SendKeys("#search-text", "Thunder Iron"))
	add := `[...document.querySelectorAll("#found .row")].find((r) => r.querySelector(".row-title").textContent === "Thunder Iron")?.querySelectorAll("button")[1]`
	b.until(add + ` !== undefined`)
	for range 2 {
		do(b, chromedp.Evaluate[chromedp.Void](add+`.click()`))
	}
	b.until(`document.querySelector("#title").textContent === "Thunder Iron"`)
	b.until(`document.querySelectorAll("#queue .row").length === 1`)
	b.until(`document.querySelector("#cover").naturalWidth > 0`)
	// On a laptop everything down to the buttons is seen, also below a long title.
	do(b, chromedp.Evaluate[chromedp.Void](`document.querySelector("#title").textContent = "Prelude for an Empty House"`))
	if below := do(b, chromedp.Evaluate[float64](`document.querySelector("#listen").getBoundingClientRect().bottom - innerHeight`)); below > 0 {
		t.Errorf("the buttons reach %v px below the window", below)
	}
	do(b, chromedp.Click("#skip"))
	b.until(`document.querySelectorAll("#queue .row").length === 0`)
	if entries := d.queue.Entries(); len(entries) != 1 {
		t.Errorf("the queue has %d entries, want the one that was not skipped", len(entries))
	}
	// Music that enters later is found by the search that is on the page already.
	do(b, chromedp.Evaluate[chromedp.Void](`document.querySelector("#search-text").value = "Zephyr Quay"; document.querySelector("#search-text").oninput()`))
	b.until(`!document.querySelector("#found").textContent.includes("Thunder Iron")`)
	found := `[...document.querySelectorAll("#found .row-title")].some((e) => e.textContent === "Zephyr Quay")`
	must(d.library.AddAlbum(t.Context(), library.NewAlbum{ArtistName: "Late", ArtistPath: "Late", Name: "Later", Path: "Late/Later",
		Songs: []library.NewSong{{Name: "Zephyr Quay", Path: "Late/Later/01 Zephyr Quay.mp3", Number: 1, CD: 1, Playtime: 60}}}))(t)
	d.refresh <- syscall.SIGUSR1
	b.until(found)
	// No song of the installation satisfies the settings: a wish for a random one is
	// answered with the reason. With others, the mark of a random song has its own.
	do(b, chromedp.Click("#random"))
	b.until(`document.querySelector("#random-note").textContent.includes("shorter than MinSongLength")`)
	c := d.dial()
	reply(t, c, "SaveRandyConfiguration", randySent)
	do(b, chromedp.Click("#random"))
	b.until(`document.querySelector("#queue .row-badge")?.textContent === "random"`)
	do(b, chromedp.Evaluate[chromedp.Void](`document.querySelector("#queue .row-badge").dispatchEvent(new PointerEvent("pointerenter"))`))
	b.until(`document.querySelector("#queue .row-badge").title.includes("with equal chances")`)
	for _, c := range b.complaints() {
		t.Errorf("the console complains: %s", c)
	}
}
