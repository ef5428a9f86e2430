package wire

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

type everyArgument struct {
	ID       ID       `json:"id"`
	List     ListID   `json:"list"`
	Int      Int      `json:"int"`
	Bool     Bool     `json:"bool"`
	Text     Text     `json:"text"`
	Any      Any      `json:"any" type:"string or int"`
	MaybeInt MaybeInt `json:"maybeint"`
	MaybeID  MaybeID  `json:"maybeid"`
	Named    NamedID  `json:"named"`
	MaybeAny MaybeAny `json:"maybeany"`
}

// The JSON values that the recorded scenarios use as wrong arguments.
var oddValues = []string{`-1`, `0`, `7`, `"7"`, `"abc"`, `""`, `null`, `1.0`, `true`, `[1]`, `{"a":1}`, `10000000000000000000000000`}

func TestArgumentTypes(t *testing.T) {
	accepted := map[string][]string{
		"id":       {`-1`, `0`, `7`, `"7"`},
		"list":     {`-1`, `0`, `7`, `"7"`, `""`, `null`},
		"int":      {`-1`, `0`, `7`},
		"bool":     {`true`},
		"text":     {`"7"`, `"abc"`, `""`},
		"any":      oddValues,
		"maybeint": oddValues,
		"maybeid":  {`-1`, `0`, `7`, `"7"`, `null`},
		"named":    {`-1`, `0`, `7`, `"7"`, `"abc"`, `""`},
		"maybeany": oddValues,
	}
	base := map[string]string{"id": `1`, "list": `1`, "int": `1`, "bool": `false`, "text": `"x"`, "any": `1`, "named": `1`}
	schema := NewSchema[everyArgument]()
	for name, good := range accepted {
		for _, value := range oddValues {
			arguments := map[string]json.RawMessage{}
			for k, v := range base {
				arguments[k] = json.RawMessage(v)
			}
			arguments[name] = json.RawMessage(value)
			raw, _ := json.Marshal(arguments)
			_, err := schema.Decode(raw)
			want := false
			for _, g := range good {
				want = want || g == value
			}
			var typed *ArgumentError
			if (err == nil) != want || err != nil && (!errors.As(err, &typed) || typed.Name != name) {
				t.Errorf("%s = %s: %v, accepted should be %v", name, value, err, want)
			}
		}
	}
}

func TestMissingArguments(t *testing.T) {
	schema := NewSchema[everyArgument]()
	if _, err := schema.Decode(json.RawMessage(`{"id":1,"list":1,"int":1,"bool":true,"text":"","named":1}`)); !errors.Is(err, ErrMissing) {
		t.Errorf("without any: %v", err)
	}
	for _, raw := range []string{`null`, `[]`, `7`, `"x"`} {
		var typed *ArgumentError
		if _, err := schema.Decode(json.RawMessage(raw)); !errors.As(err, &typed) || typed.Name != "" {
			t.Errorf("arguments %s: %v", raw, err)
		}
	}
	if _, err := NewSchema[struct{}]().Decode(json.RawMessage(`null`)); err != nil {
		t.Errorf("a function without arguments refused null: %v", err)
	}
}

func TestIDKeepsWhatTheClientSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		raw := strconv.FormatInt(n, 10)
		if rapid.Bool().Draw(t, "quoted") {
			raw = `"` + raw + `"`
		}
		a, err := NewSchema[struct {
			ID ID `json:"songid"`
		}]().Decode(json.RawMessage(`{"songid":` + raw + `}`))
		if err != nil || a.ID.Value != n || string(a.ID.Raw) != raw {
			t.Fatalf("%s became %d, %s (%v)", raw, a.ID.Value, a.ID.Raw, err)
		}
	})
}

func TestNamedIDOfNoNumberIsUnknown(t *testing.T) {
	a, err := NewSchema[struct {
		ID NamedID `json:"songid"`
	}]().Decode(json.RawMessage(`{"songid":"7up"}`))
	if err != nil || a.ID.Value != 0 || string(a.ID.Raw) != `"7up"` {
		t.Errorf("got %d, %s, %v", a.ID.Value, a.ID.Raw, err)
	}
}

func TestWhatAnAnyHolds(t *testing.T) {
	for text, want := range map[string]struct {
		isID, isNumber bool
		id             int64
		number         float64
	}{
		`7`: {true, true, 7, 7}, `"7"`: {true, false, 7, 0}, `-2`: {true, true, -2, -2}, `1.5`: {false, true, 0, 1.5},
		`1e2`: {false, true, 0, 100}, `1e999`: {}, `"x"`: {}, `""`: {}, `null`: {}, `true`: {}, `[1]`: {}, `{"a":1}`: {}, ``: {},
	} {
		id, isID := Any(text).ID()
		number, isNumber := Any(text).Number()
		if isID != want.isID || isID && id != want.id || isNumber != want.isNumber || isNumber && number != want.number {
			t.Errorf("%s holds the id %d, %v and the number %g, %v", text, id, isID, number, isNumber)
		}
		if Any(text).IsNull() != (text == "null") {
			t.Errorf("%s is null or not", text)
		}
	}
}

func TestAWrongStructIsRefusedWhenTheTableIsBuilt(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a field that is no argument was accepted")
		}
	}()
	NewSchema[struct {
		Name string `json:"name"`
	}]()
}
