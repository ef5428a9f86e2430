package server

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"musicdb/media/library"
)

// anything draws a value of a type with every field filled, so that no field of a row
// can be forgotten by the function that writes it.
func anything(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Int64:
		v.SetInt(rapid.OneOf(rapid.Int64(), rapid.Int64Range(-2, 2)).Draw(t, "int"))
	case reflect.Float64:
		v.SetFloat(rapid.Float64Range(-1e30, 1e30).Draw(t, "float"))
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"<Ä & \"B\">\n", "a\xff\u2028"})).Draw(t, "string"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "present") {
			v.Set(reflect.New(v.Type().Elem()))
			anything(t, v.Elem())
		}
	case reflect.Slice:
		switch {
		case v.Type() == reflect.TypeFor[json.RawMessage]():
			v.SetBytes([]byte(rapid.SampledFrom([]string{"1", `"1"`, "null"}).Draw(t, "raw")))
		case rapid.IntRange(0, 9).Draw(t, "nil") > 0:
			v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "length"), 2))
			for i := range v.Len() {
				anything(t, v.Index(i))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Field(i)
			if !field.CanSet() { // an embedded struct of a lower-case type
				field = reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem()
			}
			anything(t, field)
		}
	default:
		t.Fatalf("no way to draw a %v", v.Type())
	}
}

// standard is what encoding/json writes, without the escapes for HTML.
func standard(t *rapid.T, value any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// What is written without reflection is, byte by byte, what encoding/json writes.
func TestResultsAreWhatTheirTypesSay(t *testing.T) {
	for _, result := range []any{albumInfo{}, songInfo{}, findings{}, tagSet{}, []library.Artist{}, []albumEntry{}, []library.Video{}} {
		kind := reflect.TypeOf(result)
		t.Run(kind.String(), rapid.MakeCheck(func(t *rapid.T) {
			value := reflect.New(kind)
			anything(t, value.Elem())
			got, err := appendResult([]byte("before"), value.Elem().Interface())
			want := append([]byte("before"), standard(t, value.Interface())...)
			if kind == reflect.TypeFor[[]library.Video]() {
				got, want = canonical(t, got[6:]), canonical(t, want[6:]) // written by encoding/json with escapes
			}
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%v\ngot  %s\nwant %s", err, got, want)
			}
		}))
	}
}

func canonical(t *rapid.T, text []byte) []byte {
	var value any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return standard(t, value)
}
