package main

import (
	"crypto/sha1" //nolint:gosec // the checksum of the protocol
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"musicdb/server/client"
)

const killChunk = 409_600

// parcel is a file that a client uploads.
type parcel struct {
	id   string
	kind string
	name string
	data []byte
	sent int // bytes of which the server has said that it has them
}

func (p *parcel) announce(to *client.Client) error {
	sum := sha1.Sum(p.data) //nolint:gosec // see above
	var id string
	return ask(to, "InitiateUpload", map[string]any{"taskid": p.id, "mimetype": "", "contenttype": p.kind, "filesize": len(p.data),
		"checksum": hex.EncodeToString(sum[:]), "filename": p.name}, &id)
}

// send brings what the server does not have, and waits until it is prepared.
func (p *parcel) send(to *client.Client) error {
	for p.sent < len(p.data) {
		next := min(p.sent+killChunk, len(p.data))
		var nothing any
		if err := ask(to, "UploadChunk", map[string]any{"taskid": p.id, "offset": p.sent, "chunkdata": hex.EncodeToString(p.data[p.sent:next])}, &nothing); err != nil {
			return err
		}
		p.sent = next
	}
	state, err := waitTask(to, p.id, "readyforintegration")
	if err == nil && state != "readyforintegration" {
		err = errors.New("the upload is " + state)
	}
	return err
}

// waitTask waits until a task is in a state, has failed, or is gone.
func waitTask(to *client.Client, id, wanted string) (state string, err error) {
	again := time.NewTicker(3 * time.Millisecond)
	defer again.Stop()
	for until := time.Now().Add(patience); time.Now().Before(until); <-again.C {
		var all []taskNow
		if err := ask(to, "GetTasks", nil, &all); err != nil {
			return "", err
		}
		state = ""
		for _, one := range all {
			if one.ID == id {
				state = one.State
			}
		}
		if state == "" || state == wanted || strings.HasSuffix(state, "failed") || state == "invalidcontent" {
			return state, nil
		}
	}
	return state, errors.New("the task stays " + state)
}

func (y *yard) parcel(kind, name string, data []byte) *parcel {
	y.names++
	return &parcel{id: fmt.Sprintf("parcel-%d", y.names), kind: kind, name: name, data: data}
}

// now is the state of a task, and how much of its upload is there.
func (y *yard) now(id string) (state string, offset int) {
	y.t.Helper()
	for _, one := range y.tasks() {
		if one.ID == id {
			return one.State, one.Offset
		}
	}
	return "no task", 0
}

// noise is different with each call, so that no two files are the same.
func (y *yard) noise(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(y.dice.Uint32())
	}
	return data
}

// upload brings three megabytes. What was acknowledged is there after a kill.
func (y *yard) upload(string) *deed {
	p := y.parcel("albumfile", "Booklet.pdf", y.noise(3_000_000))
	return &deed{do: func(c *client.Client) error {
		if err := p.announce(c); err != nil {
			return err
		}
		return p.send(c)
	}, again: func(c *client.Client) error {
		state, offset := y.now(p.id)
		if state == "no task" {
			if err := p.announce(c); err != nil {
				return err
			}
		}
		if p.sent = offset; state == "readyforintegration" {
			return nil
		}
		return p.send(c)
	}, leave: func(collection) {}, where: func(y *yard) string { return y.stored(p.id) }, became: func(y *yard, _ bool) string {
		state, offset := y.now(p.id)
		if offset < p.sent {
			y.t.Errorf("of %d bytes that were acknowledged %d are left", p.sent, offset)
		}
		return state + ", goes on"
	}}
}

// integration brings an upload into the music directory.
func (y *yard) integration(artist string) *deed {
	p := y.parcel("albumfile", "Booklet.pdf", y.noise(4_000_000))
	y.must(p.announce(y.user))
	y.must(p.send(y.user))
	target := y.one("albums", artist) + "/" + y.name() + ".pdf"
	if y.dice.IntN(2) == 0 {
		target = artist + "/" + y.albumName() + "/" + y.name() + ".pdf"
	}
	do := func(c *client.Client) error {
		var id any
		if err := ask(c, "InitiateContentIntegration", map[string]any{"taskid": p.id, "musicpath": target}, &id); err != nil || id != p.id {
			return errors.Join(err, fmt.Errorf("the answer is %v", id))
		}
		state, err := waitTask(c, p.id, "")
		if err == nil && state != "" {
			err = errors.New("the integration is " + state)
		}
		return err
	}
	return &deed{roots: []string{artist}, do: do, again: do, where: func(y *yard) string { return y.stored(p.id) }, became: func(y *yard, done bool) string {
		state, _ := y.now(p.id)
		if done != (state == "no task") {
			y.t.Errorf("the file is in the music directory: %v, and its task: %s", done, state)
		}
		return state
	}, leave: func(c collection) {
		if dir := path.Dir(target); c.files[dir] == (lying{}) {
			c.files[dir] = lying{mode: fs.ModeDir | 0o775}
		}
		c.files[target] = lying{0o664, fmt.Sprintf("%x", sha256.Sum256(p.data))}
	}}
}

// cover makes an uploaded picture the cover of an album.
func (y *yard) cover(artist string) *deed {
	picture, err := os.ReadFile(y.sounds[len(y.sounds)-1])
	y.must(err)
	p := y.parcel("artwork", "cover.png", append(picture, y.noise(10)...))
	y.must(p.announce(y.user))
	y.must(p.send(y.user))
	album := y.one("albums", artist)
	do := func(c *client.Client) error {
		if state, err := stateOf(c, p.id); err != nil || state == "" {
			return err // or it was done before
		}
		var id any
		if err := ask(c, "InitiateContentIntegration", map[string]any{"taskid": p.id, "musicpath": album}, &id); err != nil || id != p.id {
			return errors.Join(err, fmt.Errorf("the answer is %v", id))
		}
		state, err := waitTask(c, p.id, "")
		if err == nil && state != "" {
			err = errors.New("the cover is " + state)
		}
		return err
	}
	return &deed{roots: []string{artist}, do: do, again: do, where: func(y *yard) string { return y.stored(p.id) }, became: func(y *yard, _ bool) string {
		state, _ := y.now(p.id)
		if row := y.look().rows["albums/"+album]; state == "no task" && row["artworkpath"] == "default.jpg" {
			y.t.Errorf("the task of the cover is gone, and %q has none", album)
		}
		return state
	}, leave: func(c collection) { c.rows["albums/"+album]["artworkpath"] = anything{} }}
}

func stateOf(to *client.Client, id string) (string, error) {
	var all []taskNow
	err := ask(to, "GetTasks", nil, &all)
	for _, one := range all {
		if one.ID == id {
			return one.State, err
		}
	}
	return "", err
}

// imports has the old function import an album.
func (y *yard) imports(artist string) *deed {
	album := artist + "/" + y.albumName()
	y.album(album)
	var id string
	do := func(c *client.Client) error {
		if err := ask(c, "InitiateMusicImport", map[string]any{"contenttype": "album", "contentpath": album}, &id); err != nil {
			return err
		}
		state, err := waitTask(c, id, "")
		if err == nil && state != "" {
			err = errors.New("the import is " + state)
		}
		return err
	}
	return &deed{roots: []string{artist}, do: do, again: do, where: func(y *yard) string {
		if id == "" {
			return "not answered"
		}
		return y.stored(id)
	}, became: func(y *yard, done bool) string {
		if state, _ := y.now(id); id != "" && done != (state == "no task") {
			y.t.Errorf("%q was imported: %v, and its task: %s", album, done, state)
		}
		return wholeOrNot(y, done)
	}, leave: func(c collection) {
		c.enter(album)
		c.share(album)
	}}
}

// share gives an album that has entered the permissions of one.
func (c collection) share(album string) {
	for p, it := range c.files {
		if p == album {
			c.files[p] = lying{mode: fs.ModeDir | 0o775}
		} else if path.Dir(p) == album {
			c.files[p] = lying{0o664, it.sum}
		}
	}
}
