package conn

import (
	"testing"
)

// What the engine promises does not depend on TLS. Here are the tests, of those that
// pass without it on both transports, that are about what TLS could spoil: orders, ends, limits
// and large messages.
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
		"PageThatNobodyReads":                   TestPageThatNobodyReads,
	} {
		t.Run(name, test)
	}
}
