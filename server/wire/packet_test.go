package wire

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const secret = "c2VjcmV0IGtleSBmb3IgdGhlIHRlc3RzIG9mIHdpcmU="

func packet(method, fncname, fncsig, arguments, pass, key string) string {
	return `{"method":` + method + `,"fncname":` + fncname + `,"fncsig":` + fncsig +
		`,"arguments":` + arguments + `,"pass":` + pass + `,"key":` + key + `}`
}

func TestDecodeChecksInTheDocumentedOrder(t *testing.T) {
	good := packet(`"request"`, `"Bounce"`, `"s"`, `null`, `null`, `"`+secret+`"`)
	for name, c := range map[string]struct {
		message string
		want    error
	}{
		"empty":                        {``, ErrNotJSON},
		"blank":                        {`   `, ErrNotJSON},
		"half":                         {`{`, ErrNotJSON},
		"byte order mark":              {"\ufeff" + good, ErrNotJSON},
		"two documents":                {good + good, ErrNotJSON},
		"NaN":                          {packet(`"request"`, `"Bounce"`, `""`, `NaN`, `null`, `""`), ErrNotJSON},
		"control character in string":  {packet(`"request"`, `"Bounce"`, `""`, "\"a\tb\"", `null`, `""`), ErrNotJSON},
		"leading zero":                 {packet(`"request"`, `"Bounce"`, `""`, "01", `null`, `""`), ErrNotJSON},
		"array":                        {`[1,2]`, ErrNotObject},
		"string":                       {`"text"`, ErrNotObject},
		"null":                         {`null`, ErrNotObject},
		"wrong key, wrong method":      {packet(`"no"`, `5`, `""`, `null`, `null`, `"wrong"`), ErrWrongKey},
		"key of another type":          {packet(`"request"`, `"Bounce"`, `""`, `null`, `null`, `0`), ErrWrongKey},
		"empty key":                    {packet(`"request"`, `"Bounce"`, `""`, `null`, `null`, `""`), ErrWrongKey},
		"method in capitals":           {packet(`"REQUEST"`, `5`, `""`, `null`, `null`, `"`+secret+`"`), ErrMethod},
		"method of the server":         {packet(`"response"`, `"Bounce"`, `""`, `null`, `null`, `"`+secret+`"`), ErrMethod},
		"method not a string":          {packet(`["request"]`, `"Bounce"`, `""`, `null`, `null`, `"`+secret+`"`), ErrMethod},
		"function name not a string":   {packet(`"call"`, `5`, `""`, `null`, `null`, `"`+secret+`"`), ErrFunction},
		"good":                         {good, nil},
		"good with line end":           {good + "\n", nil},
		"good with a key more":         {strings.Replace(good, `{`, `{"more":1,`, 1), nil},
		"good with an escaped name":    {strings.Replace(good, `"method"`, `"\u006dethod"`, 1), nil},
		"name in other capitals":       {strings.Replace(good, `"method"`, `"Method"`, 1), &MissingKeyError{"method"}},
		"nothing":                      {`{}`, &MissingKeyError{"method"}},
		"all but the key, wrong types": {`{"method":1,"fncname":1,"fncsig":1,"arguments":1,"pass":1}`, &MissingKeyError{"key"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(c.message), NewKey(secret))
			var missing, wantMissing *MissingKeyError
			if errors.As(c.want, &wantMissing) {
				if !errors.As(err, &missing) || *missing != *wantMissing {
					t.Fatalf("got %v, want %v", err, c.want)
				}
				return
			}
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Fatalf("the error tells the key: %v", err)
			}
		})
	}
}

func TestServerWithoutKeyAcceptsNothing(t *testing.T) {
	for _, sent := range []string{``, secret} {
		if (Key{}).Matches(sent) || NewKey("").Matches(sent) {
			t.Errorf("the zero key matches %q", sent)
		}
	}
}

// What a client sends as fncsig, arguments of Bounce and pass comes back to the
// last digit, whatever number, escape or depth it holds.
func TestEchoIsExact(t *testing.T) {
	for _, value := range []string{
		`12345678901234567890`, `123456789012345678901234567890`, `1e400`, `1.10`, `-0.0`,
		`"\ud83d"`, `"\u0000"`, `{"a":1,"a":2}`, `""`, `[ 1 , 2 ]`, "\"\u2028</script>\"",
		strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	} {
		r, err := Decode([]byte(packet(`"request"`, `"Bounce"`, value, value, value, `"`+secret+`"`)), NewKey(secret))
		if err != nil {
			t.Fatalf("%.40s: %v", value, err)
		}
		out := Packet{MethodResponse, r.Function, r.Signature, r.Arguments, r.Pass}.Encode()
		want := `{"method":"response","fncname":"Bounce","fncsig":` + value + `,"arguments":` + value + `,"pass":` + value + `}`
		if string(out) != want {
			t.Errorf("got  %.200s\nwant %.200s", out, want)
		}
	}
}

func TestPacketHasExactlyFiveKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Packet{
			Method:    rapid.SampledFrom([]string{MethodResponse, MethodBroadcast, MethodNotification}).Draw(t, "method"),
			Function:  rapid.String().Draw(t, "function"),
			Signature: rapid.SampledFrom([]json.RawMessage{nil, Null, []byte(`"x"`), []byte(`{"a":[1]}`)}).Draw(t, "sig"),
		}
		var got map[string]json.RawMessage
		if err := json.Unmarshal(p.Encode(), &got); err != nil {
			t.Fatalf("%s: %v", p.Encode(), err)
		}
		for _, key := range keyNames[:keyKey] {
			if _, ok := got[key]; !ok {
				t.Errorf("no %q in %s", key, p.Encode())
			}
		}
		if len(got) != 5 {
			t.Errorf("%d keys in %s", len(got), p.Encode())
		}
		var name string
		if err := json.Unmarshal(got["fncname"], &name); err != nil || name != p.Function {
			t.Errorf("function %q came out as %q (%v)", p.Function, name, err)
		}
	})
}

// eachMember against encoding/json, which is the slow and independent judge.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : 1 , "b":[{"}":"\""}], "\u0061":null } `, `{"a":{"b":{"c":[]}},"d":"\\"}`, `[1]`, `"x"`, `{"":""}`, `{"a":-1.5e3}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if !json.Valid(message) {
			return
		}
		got := map[string]string{}
		isObject := eachMember(message, func(name, value []byte) { got[string(name)] = string(value) })
		var want map[string]json.RawMessage
		err := json.Unmarshal(message, &want)
		if isObject != (err == nil && want != nil) {
			t.Fatalf("object: got %v, want %v (%v)", isObject, want != nil, err)
		}
		// Names with broken escapes may collapse differently; their number is what can be compared.
		for name, value := range want {
			if v, ok := got[name]; ok && v != string(value) {
				t.Fatalf("%q: got %s, want %s", name, v, value)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(packet(`"request"`, `"Bounce"`, `"s"`, `{"songid":7}`, `null`, `"`+secret+`"`)))
	f.Add([]byte(`{"method":"request"}`))
	f.Add([]byte(`{"key":"` + secret + `"`))
	f.Fuzz(func(t *testing.T, message []byte) {
		r, err := Decode(message, NewKey(secret))
		if err != nil {
			return
		}
		for _, raw := range []json.RawMessage{r.Signature, r.Arguments, r.Pass} {
			if !json.Valid(raw) {
				t.Fatalf("accepted a packet whose part %q is not JSON", raw)
			}
		}
	})
}

func TestDecodeAllocatesLittle(t *testing.T) {
	message := []byte(packet(`"request"`, `"GetSong"`, `"UpdateSong"`, `{"songid":7}`, `null`, `"`+secret+`"`))
	key := NewKey(secret)
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := Decode(message, key); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 6 {
		t.Errorf("%v allocations for a small packet, at most 6 are budgeted", allocs)
	}
}

func BenchmarkDecode(b *testing.B) {
	message := []byte(packet(`"request"`, `"GetSong"`, `"UpdateSong"`, `{"songid":7}`, `null`, `"`+secret+`"`))
	key := NewKey(secret)
	b.ReportAllocs()
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		r, err := Decode(message, key)
		if err != nil || r.Function != "GetSong" {
			b.Fatal(r, err)
		}
	}
}
