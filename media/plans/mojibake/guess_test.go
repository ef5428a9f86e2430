package mojibake_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"musicdb/media/plans/mojibake"
)

// asLatin1 is the damage: bytes of an encoding, each taken for a character.
func asLatin1(t testing.TB, text string, in encoding.Encoding) string {
	t.Helper()
	bytes := []byte(text)
	if in != nil {
		var err error
		if bytes, err = in.NewEncoder().Bytes(bytes); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	}
	runes := make([]rune, len(bytes))
	for i, b := range bytes {
		runes[i] = rune(b)
	}
	return string(runes)
}

var samples = []struct {
	meant mojibake.Encoding
	in    encoding.Encoding
	texts []string
}{
	{mojibake.UTF8, nil, []string{
		"Björk", "Motörhead", "Sigur Rós", "Ágætis byrjun", "Größenwahn", "Кино", "Группа крови", "夢の中へ", "東京事変", "周杰伦", "Café del Mar", "Beyoncé",
	}},
	{mojibake.CP1251, charmap.Windows1251, []string{
		"Кино", "Группа крови", "Звезда по имени Солнце", "Аквариум", "Алиса", "Наутилус Помпилиус", "ДДТ Осень", "Земфира", "Прощай, Америка",
		"Океан Ельзи", "Виктор Цой", "Пачка сигарет", "Мумий Тролль", "Владивосток 2000", "Сплин - Выхода нет",
	}},
	{mojibake.ShiftJIS, japanese.ShiftJIS, []string{
		"夢の中へ", "上を向いて歩こう", "東京事変", "椎名林檎", "宇多田ヒカル", "スピッツ", "ロビンソン", "天城越え", "川の流れのように", "キラキラ", "はっぴいえんど",
	}},
	{mojibake.GBK, simplifiedchinese.GBK, []string{
		"周杰伦", "青花瓷", "月亮代表我的心", "邓丽君", "甜蜜蜜", "中国人", "王菲", "红豆", "陈奕迅", "十年", "一无所有", "崔健",
	}},
}

// A single name or title is enough for most, all of an album for each.
func TestMistakenEncodingsAreRecognised(t *testing.T) {
	t.Parallel()
	for _, s := range samples {
		right := 0
		damaged := make([]string, len(s.texts))
		for i, text := range s.texts {
			damaged[i] = asLatin1(t, text, s.in)
			got, found := mojibake.Guess(damaged[i])
			if found && got.Encoding == s.meant && got.Texts[0] == text {
				right++
			} else {
				t.Logf("%v: %q read as %q is taken for %+v, %v", s.meant, text, damaged[i], got, found)
			}
		}
		if right*10 < len(s.texts)*8 {
			t.Errorf("%v: %d of %d single texts are recognised", s.meant, right, len(s.texts))
		}
		got, found := mojibake.Guess(damaged...)
		if !found || got.Encoding != s.meant || !slices.Equal(got.Texts, s.texts) || got.Confidence < 0.75 || got.Confidence > 1 {
			t.Errorf("%v: all together are %+v, %v", s.meant, got, found)
		}
	}
}

// What people write in Latin-1 is right as it is.
func TestWesternTextsAreLeftAlone(t *testing.T) {
	t.Parallel()
	western := []string{
		"Plain", "", "Björk", "Motörhead", "Sigur Rós", "Ágætis byrjun", "Größenwahn", "Mötley Crüe", "Beyoncé", "Sébastien Tellier", "À la recherche",
		"Ça plane pour moi", "Déjà vu", "Señorita", "Für Elise", "Ænima", "Blå dör", "Øde ø", "Café", "L’été indien", "Hüsker Dü", "Queensrÿche", "Änglar",
		"Élégie", "Ünal", "ÄÖÜ äöü ß", "¿Qué?", "«Ouvertüre»", "Maanam – Óddech", "Já é", "10° below", "Ñu", "Naïve", "Übermensch & Söhne", "Ö",
	}
	for _, text := range western {
		if got, found := mojibake.Guess(text); found {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
	if got, found := mojibake.Guess(western...); found {
		t.Errorf("together they are taken for %+v", got)
	}
	for _, text := range []string{"Кино", "夢の中へ", "周杰伦", "juno 👩‍🚀"} { // read right
		if got, found := mojibake.Guess(text); found {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

func TestRightTextsAmongWrongOnesStay(t *testing.T) {
	t.Parallel()
	wrong := asLatin1(t, "Группа крови", charmap.Windows1251)
	got, found := mojibake.Guess("Live", wrong, "夢")
	if want := []string{"Live", "Группа крови", "夢"}; !found || !slices.Equal(got.Texts, want) {
		t.Errorf("%q, %v, want %q", got.Texts, found, want)
	}
}

// Any text beyond Latin-1 is restored from its UTF-8 bytes, and what is restored
// is not doubted again.
func TestUTF8IsRestored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abc äöüßéКиногруппа夢の中へ周杰伦👩"))).Draw(t, "text")
		var damaged strings.Builder
		for _, b := range []byte(text) {
			damaged.WriteRune(rune(b))
		}
		got, found := mojibake.Guess(damaged.String())
		if found != (damaged.String() != text) {
			t.Fatalf("%q: found %v", text, found)
		}
		if found && (got.Encoding != mojibake.UTF8 || got.Texts[0] != text) {
			t.Fatalf("%q became %+v", text, got)
		}
	})
}

func FuzzGuess(f *testing.F) {
	for _, s := range samples {
		for _, text := range s.texts {
			f.Add(asLatin1(f, text, s.in))
		}
	}
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		got, found := mojibake.Guess(text, text)
		if !found {
			return
		}
		if len(got.Texts) != 2 || got.Texts[0] == text || got.Texts[0] != got.Texts[1] || !utf8.ValidString(got.Texts[0]) {
			t.Fatalf("%q became %q", text, got.Texts)
		}
		if got.Confidence < 0.5 || got.Confidence > 1 {
			t.Fatalf("%q: confidence %v", text, got.Confidence)
		}
	})
}
