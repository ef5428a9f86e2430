package state

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a client sends is what it gets back, whether its numbers are numbers or
// texts, and the file holds it for the next start.
func TestConfigurationsComeBackAsTheyWereSent(t *testing.T) {
	base := t.TempDir()
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		s := mustOpenRapid(t, base+"/"+strconv.Itoa(run))
		want := DefaultRandy()
		sent := map[string]map[string]any{}
		for _, p := range want.bind() {
			if sent[p.section] == nil {
				sent[p.section] = map[string]any{}
			}
			switch field := p.field.(type) {
			case *bool:
				*field = rapid.Bool().Draw(t, p.key)
				sent[p.section][p.key] = *field
			case *int:
				*field = rapid.IntRange(1, 1e6).Draw(t, p.key)
				sent[p.section][p.key] = *field
				if rapid.Bool().Draw(t, "as text") {
					sent[p.section][p.key] = strconv.Itoa(*field)
				}
			}
		}
		text, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseRandy(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if err := s.SaveRandy(parsed); err != nil {
			t.Fatal(err)
		}
		want.limit()
		if got, err := s.Randy(); err != nil || got != want {
			t.Fatalf("%s is read back as %+v, %v", text, got, err)
		}
	})
}

func TestWebUIKeepsEveryPassword(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	for _, password := range []string{"50% = ü", "%", "%%", "%(url)s", "a;b #c", "[x]", `"quoted"`, ""} {
		w := DefaultWebUI()
		w.Stream.Password = password
		parsed := mustParse(t, ParseWebUI, w)
		must(t, s.SaveWebUI(parsed))
		if got, err := mustOpen(t, dir).WebUI(); err != nil || got != w {
			t.Errorf("password %q is read back as %q, %v", password, got.Stream.Password, err)
		}
	}
}

// Entries of another type than they should have, as the old server took them.
func TestValuesOfOtherTypes(t *testing.T) {
	for text, want := range map[string]Constraints{
		`{"NoDisabled":1,"NoHated":0,"NoBadFile":"yes","NoLiveMusic":"maybe","MinSongLength":" 12 ","MaxSongLength":"abc"}`:                             {true, false, true, true, 12, 600},
		`{"NoDisabled":null,"NoHated":[],"NoBadFile":{},"NoLiveMusic":false,"MinSongLength":1.5,"MaxSongLength":null}`:                                  {true, true, true, false, 120, 600},
		`{"NoDisabled":"off","NoHated":"False","NoBadFile":"NO","NoLiveMusic":0,"MinSongLength":-1,"MaxSongLength":"1` + strings.Repeat("0", 30) + `"}`: {false, false, false, false, -1, 600},
	} {
		config := members(t, DefaultRandy())
		config["Constraints"] = json.RawMessage(text)
		encoded, err := json.Marshal(config)
		must(t, err)
		got, err := ParseRandy(encoded)
		if err != nil || got.Constraints != want {
			t.Errorf("%s is read as %+v, %v; want %+v", text, got.Constraints, err, want)
		}
	}
	sent := members(t, DefaultWebUI())
	sent["Stream"] = json.RawMessage(`{"url":null,"username":17,"password":true}`)
	sent["WebUI"] = json.RawMessage(`{"videomode":"x","lyrics":5}`)
	want := DefaultWebUI()
	want.Stream.Username = "17"
	if got, err := ParseWebUI(mustMarshal(t, sent)); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A configuration with an entry missing is refused as a whole, whichever it is.
func TestIncompleteConfigurationsAreRefused(t *testing.T) {
	refused := func(what string, parse func(json.RawMessage) error, full map[string]json.RawMessage) {
		for section, keys := range full {
			whole := members(t, keys)
			for _, key := range slices.Sorted(maps.Keys(whole)) {
				part := maps.Clone(whole)
				delete(part, key)
				config := maps.Clone(full)
				config[section] = mustMarshal(t, part)
				var refusal *ConfigError
				err := parse(mustMarshal(t, config))
				if !errors.Is(err, ErrConfig) || !errors.As(err, &refusal) || refusal.Section != section || refusal.Key != key {
					t.Errorf("%s without %s.%s: %v", what, section, key, err)
				}
			}
			for _, other := range []string{"null", "5", `""`, "[]", "{}"} {
				config := maps.Clone(full)
				config[section] = json.RawMessage(other)
				if err := parse(mustMarshal(t, config)); !errors.Is(err, ErrConfig) {
					t.Errorf("%s with %s being %s: %v", what, section, other, err)
				}
			}
		}
		for _, config := range []string{"null", "5", `"x"`, "[]", "{}"} {
			if err := parse(json.RawMessage(config)); !errors.Is(err, ErrConfig) {
				t.Errorf("%s: %v", config, err)
			}
		}
	}
	refused("WebUI", func(m json.RawMessage) error { _, err := ParseWebUI(m); return err }, members(t, DefaultWebUI()))
	refused("Randy", func(m json.RawMessage) error { _, err := ParseRandy(m); return err }, members(t, DefaultRandy()))
}

func TestUnknownModesInTheFileBecomeTheDefault(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	w := DefaultWebUI()
	w.WebUI.VideoMode, w.WebUI.Lyrics = "x", "y"
	must(t, s.SaveWebUI(w))
	if got, err := s.WebUI(); err != nil || got != DefaultWebUI() {
		t.Errorf("got %+v, %v", got.WebUI, err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"meta":{"version":3}}`))
	f.Add([]byte(mustMarshal(f, DefaultWebUI())))
	f.Add([]byte(mustMarshal(f, DefaultRandy())))
	f.Fuzz(func(t *testing.T, config []byte) {
		if !json.Valid(config) {
			return
		}
		if w, err := ParseWebUI(config); err == nil {
			if again := mustParse(t, ParseWebUI, w); again != w {
				t.Fatalf("%+v became %+v", w, again)
			}
		}
		if r, err := ParseRandy(config); err == nil {
			if again := mustParse(t, ParseRandy, r); again != r {
				t.Fatalf("%+v became %+v", r, again)
			}
		}
	})
}

func members(t testing.TB, value any) (m map[string]json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(mustMarshal(t, value), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func mustMarshal(t testing.TB, value any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func mustParse[T any](t testing.TB, parse func(json.RawMessage) (T, error), value T) T {
	t.Helper()
	parsed, err := parse(mustMarshal(t, value))
	if err != nil {
		t.Fatalf("%+v: %v", value, err)
	}
	return parsed
}
