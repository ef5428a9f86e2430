package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/state"
)

// keyCases has, for every key of the file, values that are right, as they are
// shown, and values that are wrong, with what their refusal says. "" on the right
// of a right value: it is shown as it is written.
var keyCases = map[string]struct{ good, bad map[string]string }{
	"meta version":         {some("7", "", "6", ""), some("seven", "7", "", "number", "-1", "number")},
	"musicdb username":     {some("musicdb", "", "a b", ""), nil},
	"musicdb groupname":    {some("audio", ""), nil},
	"directories music":    {some("/srv/a  b/ü", "", "/", ""), nil},
	"directories data":     {some("/srv/x", ""), nil},
	"log logfile":          {some("stdout", "", "/var/log/musicdb/x.log", "", "/dev/null", ""), some("", "journal")},
	"log loglevel":         {some("debug", "DEBUG", "Warning", "WARNING", "CRITICAL", "", "error", "ERROR"), some("", "DEBUG, INFO, WARNING or ERROR", "30", "DEBUG")},
	"log debugfile":        {some("/dev/null", "", "/var/log/x", "", "", "(empty)"), nil},
	"log ignore":           {some("requests, PIL", "", "a,b", "a, b"), nil},
	"debug disablestats":   switches,
	"debug disabletracker": switches,
	"debug disableai":      switches,
	"debug disabletagging": switches,
	"debug disableicecast": switches,
	"debug disablevideos":  switches,
	"websocket bind":       {some("0.0.0.0", "", "::1", "", "localhost", ""), some("music.example", "IP address", "", "IP address")},
	"websocket port":       {some("1", "", "0", "", "65535", ""), some("65536", "0 to 65535", "-1", "0 to 65535", "", "0 to 65535", "9000 ; inline", "0 to 65535")},
	"websocket tls":        {some("auto", "", "on", "", "off", ""), some("yes", "auto, on or off")},
	"websocket cert":       {some("/etc/ssl/x.pem", ""), nil},
	"websocket key":        {some("/etc/ssl/x.key", ""), nil},
	"websocket apikey":     {some("secret", "(set, not shown)"), nil},
	"websocket opentimeout": {some("1", "", "3600", ""),
		some("0", "1 to 3600", "3601", "1 to 3600", "1.5", "1 to 3600", "10 s", "1 to 3600")},
	"websocket closetimeout": {some("5", ""), some("0", "1 to 3600", "", "1 to 3600")},
	"websocket deflate":      switches,
	"http bind":              {some("192.0.2.1", ""), some("home", "IP address")},
	"http port":              {some("80", ""), some("http", "0 to 65535")},
	"http tls":               {some("off", ""), some("maybe", "auto, on or off")},
	"http webui":             {some("/usr/share/webapps/musicdb", ""), nil},
	"http password":          {some("50% of it", "(set, not shown)"), nil},
	"http origins":           {some("a.example,b.example", "a.example, b.example", "", "(empty)"), nil},
	"limits connections":     {some("1", "", "10000000", ""), some("0", "1 to 10000000", "10000001", "1 to 10000000", "many", "1 to 10000000", "", "1 to 10000000")},
	"limits httpconnections": {some("500", ""), some("-1", "1 to 10000000")},
	"limits peraddress":      {some("1", ""), some("1k", "1 to 10000000")},
	"limits handshakesize":   {some("1024", "1 KiB", "1 MiB", ""), some("1023", "KiB", "2 MiB", "1 KiB to 1 MiB", "16 KB", "KiB", "", "KiB")},
	"limits messagesize":     {some("1MiB", "1 MiB", "1 GiB", "", "65537", "65537 bytes"), some("16", "KiB", "2 KiB", "64 KiB to 1 GiB", "2 GiB", "64 KiB to 1 GiB", "-1 MiB", "KiB", "1.5 MiB", "KiB")},
	"limits strangersize":    {some("64 kib", "64 KiB", "16 MiB", ""), some("1 KiB", "4 KiB to", "17 MiB", "messagesize")},
	"limits buffered":        {some("1 GiB", "", "16 MiB", "", "512 GiB", ""), some("15 MiB", "messagesize", "1023 KiB", "1 MiB to")},
	"limits rate":            {some("0", "", "1000", "", "10000000", ""), some("999", "1000 to", "-5", "no limit", "", "no limit", "fast", "no limit")},
	"limits idletime":        {some("0", "", "3600", ""), some("-1", "0 for no limit", "1h", "seconds")},
	"limits outbox":          {some("64 KiB", ""), some("1 KiB", "64 KiB to 1 GiB", "99999999999999999999", "KiB", "9999999 GiB", "KiB")},
	"uploads allow":          {some("artwork,albumfile , video", "artwork, albumfile, video", "", "(empty)"), some("artwork, songs", "artwork, albumfile and video", "albumfiles", "called albumfile")},
	"tracker cuttime":        {some("0", "", "30", ""), some("-1", "minutes", "half", "minutes")},
	"tracker trackrandom":    switches,
	"Icecast port":           {some("8000", ""), some("0", "1 to 65535", "x", "1 to 65535")},
	"Icecast user":           {some("source", ""), nil},
	"Icecast password":       {some("a%b", "(set, not shown)", "", "(empty)"), nil},
	"Icecast mountname":      {some("/stream", "", "/a/b.mp3", ""), some("stream", "slash", "/a b", "blanks", "", "slash")},
	"Icecast host": {some("radio.example", "", "192.0.2.1", "", "::1", "", "[::1]", "", "fe80::1%eth0", ""),
		some("http://radio.example", "without http://", "", "without http://", "a b", "without http://",
			"radio:8000", "port", "192.0.2.1:8000", "port", "[::1]:8000", "port", "[radio]", "brackets", "[::1", "brackets", ":8000", "port")},
	"Icecast mounts":            {some("/a.opus opus,/b flac", "/a.opus opus, /b flac", "", "(empty)"), some("/a", "format", "/a wav", "format", "a mp3", "slash", "/a mp3, /a opus", "twice", "/stream opus", "mountname")},
	"Icecast protocol":          {some("auto", "", "put", "", "source", ""), some("PUT", "auto, put or source")},
	"Icecast tls":               {some("off", "", "on", "", "unverified", ""), some("auto", "off, on or unverified")},
	"Icecast ca":                {some("/etc/ssl/ca.pem", ""), nil},
	"Icecast name":              {some("Wohnzimmer ü", ""), nil},
	"Icecast description":       {some("all day", ""), nil},
	"Icecast genre":             {some("various", ""), nil},
	"Icecast url":               {some("https://radio.example/", ""), nil},
	"Icecast public":            switches,
	"music ignoreartists":       {some("lost+found / .git", "", "a/b", "a / b"), nil},
	"music ignorealbums":        {some("", "(empty)", " / ", "(empty)"), nil},
	"music ignoresongs":         {some("README", ""), nil},
	"music autoimport":          {some("empty", "", "on", "", "off", ""), some("often", "empty, on or off")},
	"music sweep":               {some("0", "", "5", ""), some("-1", "0 to 525600", "5m", "0 to 525600")},
	"albumcover scales":         {some("150,200", "150, 200", "150, 150", "150"), some("150px", "150px", "0", "1 to 4096", "5000", "1 to 4096")},
	"videoframes frames":        {some("1", "", "99", ""), some("0", "1 to 99", "100", "1 to 99")},
	"videoframes previewlength": {some("3", ""), some("0", "1 to 3600", "3s", "1 to 3600")},
	"videoframes scales":        {some("150x83", "", "50x27,150x83", "50x27, 150x83"), some("150", "150x83", "0x5", "150x83", "1x2x3", "150x83", "150×83", "150x83")},
	"stream start":              {some("resume", "", "play", "", "paused", ""), some("stop", "resume, play or paused")},
	"stream formats":            {some("opus", "", "FLAC,aac", "flac, aac", "", "(empty)", "mp3", ""), some("ogg", "mp3, opus, aac and flac")},
	"stream opusbitrate":        {some("32", "", "320", ""), some("31", "32 to 320", "160k", "32 to 320")},
	"stream aacbitrate":         {some("192", ""), some("321", "32 to 320")},
	"stream burst":              {some("0.1", "", "2.5", "", "10", ""), some("0", "0.1 to 10", "10.5", "0.1 to 10", "2s", "0.1 to 10", "NaN", "0.1 to 10")},
	"stream crossfade":          {some("0", "", "12", ""), some("13", "0 to 12", "-1", "0 to 12", "2.5", "no crossfade")},
	"stream selfhearing":        switches,
	"stream silencelimit":       {some("1", "", "2", "", "3600", ""), some("0", "1 to 3600", "1.5", "1 to 3600", "3601", "1 to 3600")},
	"stream loudness":           {some("off", "", "track", "", "album", ""), some("on", "off, track or album")},
	"stream preamp":             {some("0", "", "-15", "", "15", "", "2.5", ""), some("15.5", "-15 to 15", "-16", "-15 to 15", "3 dB", "-15 to 15", "NaN", "-15 to 15")},
	"stream measureloudness":    switches,
	"tasks workers":             {some("1", "", "99", ""), some("0", "1 to 99", "100", "1 to 99")},
	"queue historydays":         {some("0", "", "36500", ""), some("-1", "0 to 36500", "36501", "0 to 36500", "a week", "0 to 36500")},
	"queue maxentries":          {some("1", "", "10000000", ""), some("0", "1 to 10000000", "all", "1 to 10000000")},
	"queue historyrows":         {some("1", "", "10000000", ""), some("0", "1 to 10000000", "all", "1 to 10000000")},
	"extern configtemplate":     {some("/x.ini", ""), nil},
	"extern statedir":           {some(".mdbstate", ""), nil},
	"extern configfile":         {some("config.ini", ""), nil},
	"extern songmap":            {some("songmap.csv", ""), nil},
}

var switches = struct{ good, bad map[string]string }{
	some("True", "true", "1", "true", "yes", "true", "ON", "true", "False", "false", "0", "false", "No", "false", "off", "false"),
	some("", "yes, true", "t", "yes, true", "2", "yes, true", "enabled", "no, false"),
}

func some(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func TestEveryKeyOfTheFile(t *testing.T) {
	clearSettings(t)
	seen := 0
	eachSetting(reflect.ValueOf(new(Config)).Elem(), prefix, func(l leaf) {
		c, known := keyCases[l.section+" "+l.key]
		if !known {
			t.Errorf("[%s] %s is not tried", l.section, l.key)
			return
		}
		seen++
		for value, shown := range c.good {
			s, err := load(configuration(t, fmt.Sprintf("\n[%s]\n%s = %s\n", l.section, l.key, value)))
			if err != nil {
				t.Errorf("%v", err)
				continue
			}
			if shown == "" {
				shown = value
			}
			got := fmt.Sprint(s.leaf(l.variable).value.Interface())
			if shown == "(empty)" {
				shown = ""
			}
			if got != shown {
				t.Errorf("[%s] %s = %s is shown as %q, want %q", l.section, l.key, value, got, shown)
			}
			if want := s.File + ":3, [" + l.section + "] " + l.key; s.origin(s.leaf(l.variable)) != want {
				t.Errorf("it comes from %s, want %s", s.origin(s.leaf(l.variable)), want)
			}
		}
		for value, says := range c.bad {
			_, err := load(configuration(t, fmt.Sprintf("\n[%s]\n%s = %s\n", l.section, l.key, value)))
			if err == nil {
				t.Errorf("[%s] %s = %s is accepted", l.section, l.key, value)
				continue
			}
			for _, part := range []string{"musicdb.ini:3: [" + l.section + "] " + l.key + " is ", fmt.Sprintf("%q", value), says} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("[%s] %s = %s: %q is not in: %v", l.section, l.key, value, part, err)
				}
			}
		}
	})
	if seen != len(keyCases) {
		t.Errorf("%d of %d cases are of keys that exist", seen, len(keyCases))
	}
}

// Settings that are written by the writer of our own files come back, whatever
// they are.
func TestWrittenSettingsComeBack(t *testing.T) {
	clearSettings(t)
	rapid.Check(t, func(t *rapid.T) {
		var file state.INI
		want := map[string]string{}
		eachSetting(reflect.ValueOf(new(Config)).Elem(), prefix, func(l leaf) {
			if !rapid.Bool().Draw(t, "set "+l.key) {
				return
			}
			good := []string{}
			for value := range keyCases[l.section+" "+l.key].good {
				good = append(good, value)
			}
			value := rapid.SampledFrom(good).Draw(t, l.key)
			if l.value.Kind() == reflect.String && keyCases[l.section+" "+l.key].bad == nil {
				value = strings.TrimSpace(rapid.StringMatching(`[ -~äöü🎵]{0,20}`).Draw(t, l.key+" text"))
			}
			if err := file.Set(l.section, l.key, value); err != nil {
				t.Fatal(err)
			}
			decoded := reflect.New(l.value.Type()).Elem()
			if err := (leaf{value: decoded}).set(value); err != nil {
				t.Fatal(err)
			}
			want[l.variable] = fmt.Sprintf("%#v", decoded.Interface())
		})
		s := &Settings{File: "musicdb.ini", origins: map[string]origin{}}
		if problems := s.readINI(file.Bytes()); len(problems) > 0 || len(s.Warnings) > 0 {
			t.Fatalf("%s: %v %v", file.Bytes(), problems, s.Warnings)
		}
		for variable, value := range want {
			if got := fmt.Sprintf("%#v", s.leaf(variable).value.Interface()); got != value {
				t.Fatalf("%s: %s is %s, want %s", file.Bytes(), variable, got, value)
			}
		}
	})
}

// Whatever a file contains: it is read without a panic, each problem says where,
// no secret is shown, and a file without problems has a value for everything.
func FuzzConfigurationFile(f *testing.F) {
	f.Add([]byte(installation(f, "/srv/music", "/srv/data", "9000")))
	f.Add([]byte("[websocket]\nport = x\nport = 1\n[websocket]\n[http]\npassword = %(s)s SECRET\n  SECRET\n\xff"))
	f.Add([]byte("\xef\xbb\xbf[DEFAULT]\r\nport: 1\r\n[Icecast]\r\npassword=SECRET\r\n[music]\nignoresongs = a / b\n  c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Settings{File: "musicdb.ini", origins: map[string]origin{}}
		problems := s.readINI(data)
		for _, p := range append(problems, s.Warnings...) {
			if p.File != "musicdb.ini" || p.Line < 0 || p.Line > len(data)+1 || p.What == "" {
				t.Errorf("%#v", p)
			}
		}
		if _, err := s.finish(problems); err != nil {
			var all SettingErrors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Errorf("%#v", err)
			}
			return
		}
		var out strings.Builder
		if err := printSettings(&out, s); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []Secret{s.HTTP.Password, s.Icecast.Password, s.WebSocket.APIKey} {
			if strings.Contains(string(secret), "SECRET") && strings.Contains(out.String(), string(secret)) {
				t.Errorf("a secret is shown:\n%s", out.String())
			}
		}
		if s.WebSocket.Cert == "" || s.Directories.Data == "" || s.HTTP.TLS == "" {
			t.Errorf("%+v", s.Config)
		}
	})
}
