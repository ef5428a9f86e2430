package asyncapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

type row struct {
	ID     int64    `json:"id"`
	Name   string   `json:"name"`
	Origin *string  `json:"origin"`
	Share  float64  `json:"share"`
	Next   *row     `json:"next,omitempty"`
	Notes  []string `json:"notes"`
	hidden int
	Left   int `json:"-"`
	inner
}

type inner struct {
	Echo  json.RawMessage  `json:"echo"`
	ByTag map[string][]row `json:"bytag"`
	Plain struct {
		On bool `json:"on"`
	} `json:"plain"`
	Mode string `json:"mode" type:"decimal string|null"`
}

func api() API {
	return API{
		Title: "Test", Version: "1",
		Functions: []Function{
			{Name: "Get", Area: "Rows", Doc: "reads", Result: reflect.TypeFor[[]row](), Arguments: []Argument{
				{"id", "int|decimal string|null", true}, {"rows", "Row[]", false}, {"any", "any", true}, {"*", "any", false},
			}},
			{Name: "Set", Area: "Rows", Doc: "writes", BroadcastsAs: "Get"},
			{Name: "Nothing", Area: "Rows", Doc: "does nothing"},
		},
		Events: []Event{{"notification", "Test:Rows", "onChanged", "changed", nil}},
	}
}

// payload compiles the schema of a message.
func payload(t *testing.T, document []byte, message string) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("d.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("d.json#/components/messages/" + message + "/payload")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestPayloadsAreDescribedToTheField(t *testing.T) {
	document, err := Document(api())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(row{Notes: []string{}, Next: &row{Notes: []string{"n"}, inner: inner{ByTag: map[string][]row{}}}, inner: inner{ByTag: map[string][]row{"x": {}}, Mode: "1"}, hidden: 1})
	if err != nil {
		t.Fatal(err)
	}
	whole := strings.ReplaceAll(string(text), `"mode":""`, `"mode":null`)
	request := func(arguments string) string {
		return `{"method":"call","fncname":"Get","fncsig":1,"arguments":` + arguments + `,"pass":[],"key":"k"}`
	}
	result := func(arguments string) string {
		return `{"method":"response","fncname":"Get","fncsig":1,"arguments":` + arguments + `,"pass":[]}`
	}
	for _, c := range []struct {
		message, text string
		right         bool
	}{
		{"Get.result", result("[]"), true},
		{"Get.result", result("[" + whole + "]"), true},
		{"Get.result", result("null"), false},
		{"Get.result", result("[{}]"), false},
		{"Get.result", result("[" + strings.Replace(whole, `"notes":[]`, `"notes":null`, 1) + "]"), false},
		{"Get.result", result("[" + strings.Replace(whole, `"bytag":{"x":[]}`, `"bytag":{"x":null}`, 1) + "]"), false},
		{"Get.result", result("[" + strings.Replace(whole, `"plain":{"on":false}`, `"plain":{}`, 1) + "]"), false},
		{"Get.result", result("[" + strings.Replace(whole, `"mode":"1"`, `"mode":"x"`, 1) + "]"), false},
		{"Get.result", result("[" + strings.Replace(whole, `"id":0`, `"id":0.5`, 1) + "]"), false},
		{"Get.result", result("[" + strings.Replace(whole, `{"id":0`, `{"left":1,"id":0`, 1) + "]"), false},
		{"Get.result", strings.Replace(result("[]"), "response", "notification", 1), false},
		{"Get.request", request(`{"id":1,"any":{}}`), true},
		{"Get.request", request(`{"id":"-12","any":1,"more":1}`), true},
		{"Get.request", request(`{"id":null,"any":null,"rows":[` + whole + `]}`), true},
		{"Get.request", request(`{"id":1}`), false},
		{"Get.request", request(`{"id":1.5,"any":1}`), false},
		{"Get.request", request(`{"id":"x","any":1}`), false},
		{"Get.request", request(`{"id":1,"any":1,"rows":[{}]}`), false},
		{"Get.request", request(`null`), false},
		{"Nothing.request", strings.Replace(request(`null`), "Get", "Nothing", 1), true},
		{"Nothing.result", strings.Replace(result(`null`), "Get", "Nothing", 1), true},
		{"Nothing.result", strings.Replace(result(`1`), "Get", "Nothing", 1), false},
		{"Test-Rows.onChanged", `{"method":"notification","fncname":"Test:Rows","fncsig":"onChanged","arguments":null,"pass":null}`, true},
		{"Test-Rows.onChanged", `{"method":"notification","fncname":"Test:Rows","fncsig":"onChanged","arguments":1,"pass":null}`, false},
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(c.text))
		if err != nil {
			t.Fatalf("%v: %s", err, c.text)
		}
		if err := payload(t, document, c.message).Validate(value); (err == nil) != c.right {
			t.Errorf("%s: %s: %v", c.message, c.text, err)
		}
	}
}

func TestAForcedBroadcastAnswersUnderTheGettersName(t *testing.T) {
	text, err := Document(api())
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Operations map[string]struct {
			Reply struct {
				Messages []struct {
					Ref string `json:"$ref"`
				}
			}
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if got := d.Operations["Set"].Reply.Messages; len(got) != 1 || got[0].Ref != "#/channels/musicdb/messages/Get.result" {
		t.Errorf("got %v", got)
	}
	if bytes.Contains(text, []byte("Set.result")) {
		t.Error("a result that is never sent is described")
	}
}

func TestEqualInputGivesEqualDocuments(t *testing.T) {
	first, err := Document(api())
	second, err2 := Document(api())
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(first, second) {
		t.Errorf("they differ (%v)", err)
	}
}

func TestWhatCannotBeDescribedIsAnError(t *testing.T) {
	type Row struct{ X int } // has the name of row
	var unsupported *UnsupportedError
	for _, kind := range []reflect.Type{
		reflect.TypeFor[time.Time](), reflect.TypeFor[chan int](), reflect.TypeFor[[]byte](), reflect.TypeFor[netip.Addr](), reflect.TypeFor[struct {
			N int `json:"n,string"`
		}](),
		reflect.TypeFor[map[float64]int](), reflect.TypeFor[[]func()](),
		reflect.TypeFor[struct{ *row }](), reflect.TypeFor[struct {
			A row
			B Row
		}](),
	} {
		a := api()
		a.Functions[0].Result = kind
		if _, err := Document(a); !errors.As(err, &unsupported) {
			t.Errorf("%v: %v", kind, err)
		}
		a = api()
		a.Events[0].Arguments = kind
		if _, err := Document(a); !errors.As(err, &unsupported) {
			t.Errorf("event with %v: %v", kind, err)
		}
	}
	a := api()
	a.Functions[1].Arguments = []Argument{{"x", "int|nonsense", true}}
	if _, err := Document(a); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("got %v", err)
	}
}
