package maintenance

import (
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// hostile are paths that nobody may reach anything by. "out" is a link that leads
// out of the music directory.
var hostile = []string{
	"", ".", "..", "/", "/etc/passwd", "../data/music.db", "a/../../b", "Ann/../../data", "Ann/./2000 - One", "Ann//x", "Ann/", "out", "out/file",
	"Ann/out", "Ann/out/01 x.mp3", "Ann/2000 - One/\x00.mp3", "\xff\xfe", "Ann/\xff", "Ann/2000 - One/01 \xff.mp3",
	strings.Repeat("n", 256), "Ann/2000 - " + strings.Repeat("n", 256), "Ann/2000 - One/01 " + strings.Repeat("n", 256) + ".mp3", strings.Repeat("d/", 3000),
}

// everything is every method with a path and perhaps a second one.
var everything = map[string]func(k *Keeper, ctx context.Context, one, other string) error{
	"CreateArtist": func(k *Keeper, ctx context.Context, one, _ string) error {
		_, err := k.CreateArtist(ctx, one)
		return err
	},
	"CreateSong": func(k *Keeper, ctx context.Context, one, _ string) error {
		_, err := k.CreateSong(ctx, one)
		return err
	},
	"UpdateArtist":          func(k *Keeper, ctx context.Context, one, _ string) error { return k.UpdateArtist(ctx, 1, one) },
	"UpdateAlbum":           func(k *Keeper, ctx context.Context, one, _ string) error { return k.UpdateAlbum(ctx, 1, one) },
	"UpdateSong":            func(k *Keeper, ctx context.Context, one, _ string) error { return k.UpdateSong(ctx, 1, one) },
	"UpdateVideo":           func(k *Keeper, ctx context.Context, one, _ string) error { return k.UpdateVideo(ctx, 1, one) },
	"RenameArtistDirectory": (*Keeper).RenameArtistDirectory,
	"RenameAlbumDirectory":  (*Keeper).RenameAlbumDirectory,
	"RenameMusicFile":       (*Keeper).RenameMusicFile,
	"ChangeArtistDirectory": (*Keeper).ChangeArtistDirectory,
}

func TestNoHostilePathChangesAnything(t *testing.T) {
	h := newHome(t)
	outside := filepath.Join(h.dir, "outside")
	if err := os.MkdirAll(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "file"), []byte("not music"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"out", "Ann/out"} {
		if err := os.Symlink(outside, filepath.Join(h.dir, "music", link)); err != nil {
			t.Fatal(err)
		}
	}
	names := func() (all []string) {
		err := filepath.Walk(h.dir, func(name string, info os.FileInfo, err error) error {
			if err == nil && !strings.Contains(name+"/", "/data/") {
				all = append(all, name+" "+info.ModTime().String())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	files, rows := names(), h.rows()
	for name, call := range everything {
		for _, bad := range hostile {
			for _, good := range []string{"Ann", "Ann/2000 - One", "Ann/2000 - One/01 First.mp3", "Ann/1999 - Clip.mp4"} {
				if err := call(h.Keeper, t.Context(), bad, good); err == nil {
					t.Errorf("%s(%.40q, %q) was done", name, bad, good)
				}
				if strings.HasPrefix(name, "Update") || strings.HasPrefix(name, "Create") {
					continue // they have no second path
				}
				if err := call(h.Keeper, t.Context(), good, bad); err == nil {
					t.Errorf("%s(%q, %.40q) was done", name, good, bad)
				}
			}
		}
	}
	if after := names(); !slices.Equal(files, after) {
		t.Errorf("the files have changed:\n%q\n%q", files, after)
	}
	if after := h.rows(); rows != after {
		t.Errorf("the rows have changed:\n%s\n%s", rows, after)
	}
}

// Whatever is asked for, in whatever order: every content of the collection is
// still there once, no row is without its file, and rows agree with each other.
func TestAnyChangesKeepFilesAndRowsTogether(t *testing.T) {
	made := 0
	settled := t.TempDir()
	settle(t, settled)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "home")
		if err == nil {
			err = os.CopyFS(dir, os.DirFS(settled))
		}
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		h := moveIn(t, dir)
		defer h.leave()
		want := contents(h.tree())
		artist := rapid.SampledFrom([]string{"Ann", "Bob", "Cid", "stray.mp3", "..", "Ann. 2"})
		album := rapid.SampledFrom([]string{"2000 - One", "2001 - Two. v1.5", "2000 - Three", "2005 - New", "No year", "1999 - Clip.mp4", "1998 - Clap.webm"})
		song := rapid.SampledFrom([]string{"01 First.mp3", "02 Second.flac", "2-01 B.flac", "1-01 A.mp3", "Loose.mp3", "07 Any.mp3", "00 notes.txt", "."})
		place := rapid.Custom(func(rt *rapid.T) string {
			elements := []string{artist.Draw(rt, "artist"), album.Draw(rt, "album"), song.Draw(rt, "song")}
			return strings.Join(elements[:rapid.IntRange(1, 3).Draw(rt, "depth")], "/")
		})
		method := rapid.SampledFrom(slices.Sorted(maps.Keys(everything)))
		for range 8 {
			name, one, other := method.Draw(rt, "method"), place.Draw(rt, "one"), place.Draw(rt, "other")
			if strings.HasPrefix(name, "Rename") && rapid.Bool().Draw(rt, "a neighbour") {
				other = path.Join(path.Dir(one), path.Base(other))
			}
			if strings.HasPrefix(name, "Update") {
				continue // a row may be sent where no file is, as documented
			}
			rows, tree := h.rows(), h.tree()
			err := everything[name](h.Keeper, t.Context(), one, other)
			if err == nil {
				made++
			}
			if err != nil && (rows != h.rows() || !maps.Equal(tree, h.tree())) {
				rt.Fatalf("%s(%q, %q) failed (%v), but changed something", name, one, other, err)
			}
			if got := contents(h.tree()); !slices.Equal(got, want) {
				rt.Fatalf("%s(%q, %q) changed the contents", name, one, other)
			}
			h.consistent()
			if t.Failed() {
				rt.Fatalf("after %s(%q, %q)", name, one, other)
			}
		}
	})
	if made < 20 {
		t.Errorf("only %d changes were made", made)
	}
}
