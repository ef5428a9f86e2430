package sound

import (
	"testing"

	"go.uber.org/goleak"

	"musicdb/fsm/fsmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBothRunnersAgree(t *testing.T) { fsmtest.Agree(t, listening) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
