package conn

import (
	"crypto/tls"
	"errors"
	"testing"
	"time"
)

// What the engine promises does not depend on TLS. Here are the tests, of those that pass
// without it on both transports, that are about what TLS could spoil: orders, ends,
// limits and large messages.
func TestTheSameOverTLS(t *testing.T) {
	defer func() { tlsUnderTest = nil }()
	tlsUnderTest = &TLS{Config: selfSigned(t), Sniff: true}
	for name, test := range map[string]func(*testing.T){
		"EchoAndClose":                          TestEchoAndClose,
		"LostWhileTheSessionWorks":              TestLostWhileTheSessionWorks,
		"PushesAfterSentFollowTheAnswer":        TestPushesAfterSentFollowTheAnswer,
		"PushesOfACallPrecedeItsAnswer":         TestPushesOfACallPrecedeItsAnswer,
		"Answers":                               TestAnswers,
		"MessagesWaitForEachOtherAndPingsDoNot": TestMessagesWaitForEachOtherAndPingsDoNot,
		"NewClientMissesNothing":                TestNewClientMissesNothing,
		"SlowReaderIsEvicted":                   TestSlowReaderIsEvicted,
		"EchoesAreNotMixedUp":                   TestEchoesAreNotMixedUp,
		"AnswersAreNotEvicted":                  TestAnswersAreNotEvicted,
		"LimitOfConnections":                    TestLimitOfConnections,
		"CloseByTheSession":                     TestCloseByTheSession,
		"ShutdownSaysGoodbye":                   TestShutdownSaysGoodbye,
		"ShutdownDoesNotWaitForEver":            TestShutdownDoesNotWaitForEver,
		"AbnormalEndsAreLogged":                 TestAbnormalEndsAreLogged,
		"LostConnectionsAreNoWarnings":          TestLostConnectionsAreNoWarnings,
		"TheLogMayBePushed":                     TestTheLogMayBePushed,
		"Page":                                  TestPage,
		"PingsOfAStranger":                      TestPingsOfAStranger,
		"AnEndTogetherWithTheLastBytesIsSeen":   TestAnEndTogetherWithTheLastBytesIsSeen,
		"PartsOnTheWire":                        TestPartsOnTheWire,
		"SharedBodiesAreNotCopiedPerClient":     TestSharedBodiesAreNotCopiedPerClient,
		"BroadcastsComeInOneOrder":              TestBroadcastsComeInOneOrder,
		"RemovedFromBroadcastsLivesOn":          TestRemovedFromBroadcastsLivesOn,
		"SessionAdmits":                         TestSessionAdmits,
		"CheckOrigin":                           TestCheckOrigin,
		"AStrangerSendsLittle":                  TestAStrangerSendsLittle,
		"CompressedMessages":                    TestCompressedMessages,
		"HostileClientsMeetADocumentedLife":     TestHostileClientsMeetADocumentedLife,
		"PageThatNobodyReads":                   TestPageThatNobodyReads,
	} {
		t.Run(name, test)
	}
}

// tlsOpen is what a TLS handshake adds to the times of hostile clients: most of them
// should come to its end.
const tlsOpen = 100 * time.Millisecond

// hostileTLS is a hostile client that speaks TLS, as long as it likes.
type hostileTLS struct {
	*tls.Conn
	tcp hostile
}

// CloseWrite ends TLS, and what lies below it.
func (c *hostileTLS) CloseWrite() error { return errors.Join(c.Conn.CloseWrite(), c.tcp.CloseWrite()) }

func (c *hostileTLS) SetLinger(seconds int) error { return c.tcp.SetLinger(seconds) }

// Close says farewell only if that takes no time.
func (c *hostileTLS) Close() error { return c.tcp.Close() }
